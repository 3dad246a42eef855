/** Tells which condition of the filter leaves nothing, and offers to drop it. */

import { cleanFilter, describePart, dropPart } from '../filter/filter-parts.js';
import { formatCount } from '../format.js';
import { filter, shownSet } from '../state.js';

export function EmptyResult() {
  const found = shownSet.value;
  if (found.state !== 'found' || found.set.triangles > 0) return null;
  const shown = cleanFilter(filter.value);
  return (
    <div class="notice banner empty" role="status">
      <h2>No triangle is left</h2>
      <ul class="culprits">
        {found.set.removedBy.map((part) => {
          const what = describePart(shown, part);
          return (
            <li key={`${part.name} ${part.index}`}>
              <span>
                <code>{what}</code> leaves none{part.left > 0 && ` of ${formatCount(part.left)}`}
              </span>
              <button
                type="button"
                aria-label={`Drop ${what}`}
                onClick={() => {
                  filter.value = dropPart(shown, part);
                }}
              >
                Drop
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
