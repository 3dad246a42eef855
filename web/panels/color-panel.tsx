/** How triangles are colored. */

import { formatLength } from '../format.js';
import type { ColorMode } from '../scene/material.js';
import { color, column, columnRange, isComputing, isLit, mesh, up } from '../state.js';

const CHOICES: readonly { readonly mode: ColorMode; readonly title: string }[] = [
  { mode: 'plain', title: 'One color' },
  { mode: 'height', title: 'Height' },
  { mode: 'direction', title: 'Direction' },
  { mode: 'tiles', title: 'Tiles' },
  { mode: 'column', title: 'Column' },
];

export function ColorPanel() {
  return (
    <>
      <fieldset class="choices">
        <legend class="hidden">Color by</legend>
        {CHOICES.map(({ mode, title }) => (
          <label key={mode}>
            <input
              type="radio"
              name="color"
              checked={color.value === mode}
              onChange={() => {
                color.value = mode;
              }}
            />
            {mode === 'height' ? `${title} (${up.value})` : title}
          </label>
        ))}
      </fieldset>
      {color.value === 'column' && <ColumnChoice />}
      <Legend />
      <label>
        <input
          type="checkbox"
          checked={isLit.value}
          onChange={() => {
            isLit.value = !isLit.value;
          }}
        />
        Shading
      </label>
    </>
  );
}

function ColumnChoice() {
  return (
    <select
      aria-label="Column"
      value={column.value}
      onChange={({ currentTarget }) => {
        column.value = currentTarget.value;
      }}
    >
      {(mesh.value?.columns ?? []).map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** The scale of colors with the values at its ends. */
function Legend() {
  const [low, high] = endsOf();
  if (low === undefined) return null;
  return (
    <div class="legend">
      <span class="viridis" aria-hidden="true" />
      <span>{low}</span>
      <span>{high}</span>
    </div>
  );
}

function endsOf(): [low?: string, high?: string] {
  const { bounds = null } = mesh.value ?? {};
  if (color.value === 'height' && bounds !== null) {
    const axis = up.value === 'y' ? 1 : 2;
    return [formatLength(bounds.min[axis]), formatLength(bounds.max[axis])];
  }
  if (color.value !== 'column') return [];
  if (isComputing.value) return ['computing', ''];
  const range = columnRange.value;
  if (range === undefined || range.low === null || range.high === null) return ['no values', ''];
  return [formatLength(range.low), formatLength(range.high)];
}
