/** The start of the page. */

import { render } from 'preact';
import { App } from './app.js';
import { keepColumn, keepNormals } from './columns.js';
import { stayConnected } from './connect.js';
import { followFilter } from './filter/find-set.js';
import { keepFlaws } from './flaws.js';
import { keepInspection } from './inspect.js';
import { listenToKeys } from './keys.js';
import { keepSection } from './section.js';
import { keepResult } from './sql/run-sql.js';
import { keepFragment, takeFragment } from './state.js';
import { takeToken } from './token.js';

takeToken();
takeFragment();
keepFragment();
keepColumn();
keepNormals();
keepInspection();
keepFlaws();
keepSection();
keepResult();
listenToKeys();
followFilter();
render(<App />, document.getElementById('app')!);
void stayConnected();
