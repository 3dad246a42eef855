/** How triangles are colored. */

import type { ColumnLabels } from '../../src/view/wire/messages.js';
import { formatCount, formatLength } from '../format.js';
import { cssColor, labelColor } from '../label-colors.js';
import type { ColorMode } from '../scene/material.js';
import {
  color,
  column,
  columnRange,
  hasNormals,
  isComputing,
  isLit,
  isSmooth,
  mesh,
  scaleEnds,
  up,
} from '../state.js';
import { ColorScale } from './color-scale.js';

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
      {hasNormals.value && (
        <label title="Shade smoothly by the normals of vertices">
          <input
            type="checkbox"
            checked={isSmooth.value}
            disabled={!isLit.value}
            onChange={() => {
              isSmooth.value = !isSmooth.value;
            }}
          />
          Normals of the source
        </label>
      )}
    </>
  );
}

function ColumnChoice() {
  const choices = mesh.value?.columns.filter(({ kind }) => kind !== 'normal') ?? [];
  return (
    <select
      aria-label="Column"
      value={column.value}
      onChange={({ currentTarget }) => {
        column.value = currentTarget.value;
        scaleEnds.value = {};
      }}
    >
      {choices.map(({ name, kind }) => (
        <option key={name} value={name}>
          {kind === 'color' ? 'color of the source' : name}
        </option>
      ))}
    </select>
  );
}

/** The scale of colors with the values at its ends, or the colors of the largest labels. */
function Legend() {
  const { kind, labels, least } = columnRange.value ?? {};
  if (color.value === 'column' && !isComputing.value && kind === 'label') return <Labels {...labels!} />;
  if (color.value === 'column' && !isComputing.value && kind === 'color') {
    return least === null ? <p class="quiet">The source has no colors.</p> : null;
  }
  if (color.value === 'column' && !isComputing.value && kind === 'number')
    return <ColorScale range={columnRange.value!} />;
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

function Labels({ labels, count }: ColumnLabels) {
  const word = column.value;
  if (count === 0) return <p class="quiet">{`No triangle has a ${word}.`}</p>;
  return (
    <ul class="list labels" aria-label={`Colors by ${word}`}>
      {labels.map(({ id, name, triangles }) => (
        <li key={id}>
          <span class="swatch" style={{ background: cssColor(labelColor(id)) }} aria-hidden="true" />
          <span class="name">{name === '' ? `${word} ${id}` : name}</span>
          <span class="number">{formatCount(triangles)}</span>
        </li>
      ))}
      {count > labels.length && <li class="quiet">and {formatCount(count - labels.length)} more</li>}
    </ul>
  );
}

function endsOf(): [low?: string, high?: string] {
  const { bounds = null } = mesh.value ?? {};
  if (color.value === 'height' && bounds !== null) {
    const axis = up.value === 'y' ? 1 : 2;
    return [formatLength(bounds.min[axis]), formatLength(bounds.max[axis])];
  }
  return color.value === 'column' && isComputing.value ? ['computing', ''] : [];
}
