/** Finds the box around all vertices from the rows themselves, since the values in `sources` may be outdated. */
import type { MeshRows } from '../../database/rows/selection.js';
import type { Bounds } from '../../mesh.js';
import type { Pace } from '../run/pace.js';
import type { Stage } from '../run/progress.js';

/** Returns the box, or undefined without vertices, and the number of vertices. */
export async function findBounds(
  rows: MeshRows,
  pace: Pace,
  stage: Stage,
): Promise<{ readonly bounds: Bounds | undefined; readonly vertices: number }> {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  let vertices = 0;
  for (const { count, ids, positions } of rows.positionsOf()) {
    for (let axis = 0; axis < 3; axis++) {
      for (let k = axis; k < 3 * count; k += 3) {
        const value = positions[k]!;
        if (value < min[axis]!) min[axis] = value;
        if (value > max[axis]!) max[axis] = value;
      }
    }
    vertices += count;
    await pace.pause(stage, ids[count - 1]!, rows.vertexRange);
  }
  return { bounds: vertices === 0 ? undefined : { min, max }, vertices };
}
