/** Which triangles are shown: the filter of an export, live. */

import { ChoiceRows } from '../filter/choice-rows.js';
import { isEmpty } from '../filter/filter-parts.js';
import { fitToResult, Result, toggleRest } from '../filter/result.js';
import { addShape, ShapeRows } from '../filter/shape-rows.js';
import { SqlRows, WhereRows } from '../filter/text-rows.js';
import { filter, hidesRest, mesh, shownSet } from '../state.js';

export function FilterPanel() {
  const hasFilter = !isEmpty(filter.value);
  const hasResult = shownSet.value.state === 'found' && shownSet.value.set.triangles > 0;
  return (
    <>
      <WhereRows />
      <SqlRows />
      <ShapeRows />
      <ChoiceRows />
      <AddButtons />
      <Result />
      {hasFilter && (
        <>
          <label title="H">
            <input type="checkbox" checked={hidesRest.value} onChange={toggleRest} />
            Hide the rest
          </label>
          <div class="buttons">
            <button type="button" disabled={!hasResult} title="Show all that is found" onClick={fitToResult}>
              Fit result
            </button>
            <button
              type="button"
              title="Show all triangles"
              onClick={() => {
                filter.value = {};
              }}
            >
              Clear
            </button>
          </div>
        </>
      )}
    </>
  );
}

function AddButtons() {
  const { parts, sources, components, saved, drop, sample, limit, where } = filter.value;
  const { partCount = 0, sourceCount = 0 } = mesh.value ?? {};
  const set = (change: Partial<typeof filter.value>) => {
    filter.value = { ...filter.value, ...change };
  };
  const choices: readonly [title: string, isShown: boolean, add: () => void][] = [
    ['Condition', (where?.length ?? 0) > 0, () => set({ where: [...(where ?? []), ''] })],
    ['Box', true, () => addShape('box')],
    ['Sphere', true, () => addShape('sphere')],
    ['Plane', true, () => addShape('plane')],
    ['Part', partCount > 0 && parts === undefined, () => set({ parts: [] })],
    ['Source', sourceCount > 1 && sources === undefined, () => set({ sources: [] })],
    ['Component', components === undefined, () => set({ components: [] })],
    ['Saved', saved === undefined && mesh.value?.isDatabase === true, () => set({ saved: [] })],
    ['Leave out', drop === undefined, () => set({ drop: [] })],
    ['Sample', sample === undefined, () => set({ sample: { share: 0.1, seed: 0 } })],
    ['Limit', limit === undefined, () => set({ limit: 1000 })],
  ];
  return (
    <fieldset class="add">
      <legend class="hidden">Add to the filter</legend>
      {choices
        .filter(([, isShown]) => isShown)
        .map(([title, , add]) => (
          <button key={title} type="button" onClick={add} disabled={mesh.value === undefined}>
            + {title}
          </button>
        ))}
    </fieldset>
  );
}
