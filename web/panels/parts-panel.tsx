/** The parts of the mesh with their triangles. */

import { formatCount } from '../format.js';
import { mesh } from '../state.js';

/** The most parts in the list. */
const LISTED = 200;

/** Moves the focus to a part in the list. */
export function revealPart(id: number): void {
  const entry = document.getElementById(`part-${id}`);
  entry?.closest('details')?.setAttribute('open', '');
  entry?.scrollIntoView({ block: 'center' });
  entry?.focus();
}

export function PartsPanel() {
  const { parts = [], partCount = 0 } = mesh.value ?? {};
  if (partCount === 0) return <p class="quiet">No named parts.</p>;
  return (
    <ul class="list">
      {parts.slice(0, LISTED).map(({ id, name, triangles }) => (
        <li key={id} id={`part-${id}`} tabIndex={-1}>
          <span class="name">{name === '' ? '(no name)' : name}</span>
          <span class="number">{formatCount(triangles)}</span>
        </li>
      ))}
      {partCount > LISTED && <li class="quiet">and {formatCount(partCount - LISTED)} more</li>}
    </ul>
  );
}
