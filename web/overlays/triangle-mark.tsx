/** The outline of a triangle over the picture; a ring if it is too small to be seen. */

import { Vector3 } from 'three';
import { toScene } from '../pose.js';
import { marked, mesh, moved, scene } from '../state.js';

/** Smaller triangles get a ring of this radius, in pixels. */
const RING = 12;

export function TriangleMark() {
  void moved.value;
  const picture = scene.value;
  if (picture === undefined || mesh.value === undefined || marked.value.length === 0) return null;
  const { camera } = picture.rig;
  const { clientWidth, clientHeight } = picture.element;
  const places = marked.value.map((corner) => {
    const place = toScene({ position: corner, target: corner }, mesh.value!).target;
    const { x, y, z } = new Vector3(...place).project(camera);
    return { x: ((x + 1) / 2) * clientWidth, y: ((1 - y) / 2) * clientHeight, isSeen: Math.abs(z) < 1 };
  });
  if (!places.every(({ isSeen }) => isSeen)) return null;
  const middle = {
    x: places.reduce((sum, { x }) => sum + x / places.length, 0),
    y: places.reduce((sum, { y }) => sum + y / places.length, 0),
  };
  const isSmall = places.every(({ x, y }) => Math.hypot(x - middle.x, y - middle.y) < RING);
  return (
    <svg class="mark" aria-hidden="true">
      <polygon points={places.map(({ x, y }) => `${x},${y}`).join(' ')} />
      {isSmall && <circle cx={middle.x} cy={middle.y} r={RING} />}
    </svg>
  );
}
