/** The layout of the page. Panels and overlays are components of their own files, listed in panels/panels.ts. */

import { Help } from './overlays/help.js';
import { Header } from './panels/header.js';
import { PanelColumn } from './panels/panel-column.js';
import { PANELS } from './panels/panels.js';
import { StatusBar } from './panels/status-bar.js';
import { Stage } from './stage.js';

export function App() {
  const bottom = PANELS.filter(({ place }) => place === 'bottom');
  return (
    <div class="app">
      <Header />
      <PanelColumn place="left" label="Display" />
      <Stage />
      <PanelColumn place="right" label="Facts" />
      {bottom.length > 0 && (
        <section class="bottom" aria-label="Queries">
          {bottom.map(({ id, Panel }) => (
            <Panel key={id} />
          ))}
        </section>
      )}
      <StatusBar />
      <Help />
    </div>
  );
}
