/** How triangles are colored. */

import type { ColorMode } from '../scene/material.js';
import { color, isLit } from '../state.js';

const CHOICES: readonly { readonly mode: ColorMode; readonly title: string }[] = [
  { mode: 'plain', title: 'One color' },
  { mode: 'height', title: 'Height (z)' },
  { mode: 'direction', title: 'Direction' },
  { mode: 'tiles', title: 'Tiles' },
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
            {title}
          </label>
        ))}
      </fieldset>
      {color.value === 'height' && (
        <div class="legend" aria-hidden="true">
          <span>low</span>
          <span class="viridis" />
          <span>high</span>
        </div>
      )}
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
