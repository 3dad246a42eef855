/** The start of the page. */

import { render } from 'preact';
import { App } from './app.js';
import { stayConnected } from './connect.js';
import { keepFlaws } from './flaws.js';
import { keepInspection } from './inspect.js';
import { listenToKeys } from './keys.js';
import { keepFragment, takeFragment } from './state.js';
import { takeToken } from './token.js';

takeToken();
takeFragment();
keepFragment();
keepInspection();
keepFlaws();
listenToKeys();
render(<App />, document.getElementById('app')!);
void stayConnected();
