/** A bar of a round length, in the units of the mesh, at the distance that the camera looks at. */

import { formatLength } from '../format.js';
import { frameOf } from '../pose.js';
import { drawn, moved, scene } from '../state.js';

/** The longest bar, in pixels. */
const PIXELS_MAX = 140;

export function ScaleBar() {
  // Changes with each move of the camera.
  void moved.value;
  if (drawn.value === undefined || scene.value === undefined || drawn.value.bounds === null) return null;
  const perPixel = scene.value.unitsPerPixel * frameOf(drawn.value).size;
  const length = roundDown(perPixel * PIXELS_MAX);
  if (!(length > 0)) return null;
  return (
    <div class="scale" title="In the units of the source">
      <div class="bar" style={{ width: `${length / perPixel}px` }} />
      <span>{formatLength(length)}</span>
    </div>
  );
}

/** The greatest of 1, 2 and 5 times a power of ten that is not above the value. */
export function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([5, 2].find((step) => step * power <= value) ?? 1) * power;
}
