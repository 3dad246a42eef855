/** The distance that is measured, beside its line. */

import { formatLength } from '../format.js';
import { measure, middleOfMeasure } from '../inspect.js';
import { pointToMesh } from '../pose.js';
import { isCutAway } from '../section-plane.js';
import { ends, mesh, moved, scene, section } from '../state.js';

export function MeasureLabel() {
  // Changes with each move of the camera.
  void moved.value;
  const middle = middleOfMeasure();
  const at = middle && scene.value?.rig.project(middle);
  const found = measure(ends.value);
  if (at === undefined || found === undefined) return null;
  if (isCutAway(pointToMesh(middle!, mesh.value!), section.value)) return null;
  const place = { left: `${50 + 50 * at.right}%`, top: `${50 - 50 * at.up}%` };
  return (
    <div class="measure-label" style={place} aria-hidden="true">
      {formatLength(found.distance)}
    </div>
  );
}
