/** Whether a mesh is where the former one was, so that the camera may stay. Nothing here touches the page. */

import type { WireBounds } from '../src/view/wire/messages.js';

/** The most that a side of the box may have moved, as a share of the size. */
const SHARE = 0.01;

/** Whether two boxes around meshes are nearly the same; null stands for no triangles. */
export function isAlike(one: WireBounds | null, other: WireBounds | null): boolean {
  if (one === null || other === null) return false;
  const axes = [0, 1, 2];
  const most = SHARE * Math.max(...axes.map((axis) => one.max[axis]! - one.min[axis]!));
  return axes.every(
    (axis) =>
      Math.abs(one.min[axis]! - other.min[axis]!) <= most &&
      Math.abs(one.max[axis]! - other.max[axis]!) <= most,
  );
}
