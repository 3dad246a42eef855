/** Directions of the camera, and what is drawn. */

import type { Direction } from '../scene/camera-rig.js';
import { scene, showsEdges } from '../state.js';

const DIRECTIONS: readonly { readonly direction: Direction; readonly title: string }[] = [
  { direction: 'front', title: 'Front' },
  { direction: 'back', title: 'Back' },
  { direction: 'left', title: 'Left' },
  { direction: 'right', title: 'Right' },
  { direction: 'top', title: 'Top' },
  { direction: 'bottom', title: 'Bottom' },
];

export function ViewPanel() {
  return (
    <>
      <div class="buttons">
        {DIRECTIONS.map(({ direction, title }, k) => (
          <button
            key={direction}
            type="button"
            title={`View from ${title.toLowerCase()} (${k + 1})`}
            onClick={() => scene.value?.rig.fit(direction)}
          >
            {title}
          </button>
        ))}
      </div>
      <button
        class="wide"
        type="button"
        title="Show the complete mesh (F)"
        onClick={() => scene.value?.rig.fit()}
      >
        Fit
      </button>
      <label title="W">
        <input
          type="checkbox"
          checked={showsEdges.value}
          onChange={() => {
            showsEdges.value = !showsEdges.value;
          }}
        />
        Wireframe
      </label>
    </>
  );
}
