/** A column of panels beside the picture; on a small screen, a sheet over it. */

import { sheet } from '../state.js';
import { PANELS } from './panels.js';

export function PanelColumn({ place, label }: { readonly place: 'left' | 'right'; readonly label: string }) {
  const isOpen = sheet.value === place;
  return (
    <aside class={`column ${place}${isOpen ? ' open' : ''}`} id={`column-${place}`} aria-label={label}>
      {PANELS.filter((panel) => panel.place === place).map(({ id, title, Panel }) => (
        <details key={id} class="panel" open>
          <summary>{title}</summary>
          <div class="panel-body">
            <Panel />
          </div>
        </details>
      ))}
    </aside>
  );
}
