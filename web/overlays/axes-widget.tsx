/** The directions of x, y and z on the screen. */

import { Vector3 } from 'three';
import { drawn, moved, scene } from '../state.js';

const SIZE = 72;
const LENGTH = 25;

const AXES = [
  { name: 'x', vector: [1, 0, 0] },
  { name: 'y', vector: [0, 1, 0] },
  { name: 'z', vector: [0, 0, 1] },
] as const;

export function AxesWidget() {
  void moved.value;
  if (scene.value === undefined || drawn.value === undefined) return null;
  const { matrixWorldInverse } = scene.value.rig.camera;
  const arrows = AXES.map(({ name, vector }) => {
    const { x, y, z } = new Vector3(...vector).transformDirection(matrixWorldInverse);
    return { name, x: SIZE / 2 + LENGTH * x, y: SIZE / 2 - LENGTH * y, z };
  });
  // The one that points away is behind the others.
  arrows.sort((a, b) => a.z - b.z);
  return (
    <svg class="axes" width={SIZE} height={SIZE} viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
      {arrows.map(({ name, x, y }) => (
        <g key={name} class={`axis-${name}`}>
          <line x1={SIZE / 2} y1={SIZE / 2} x2={x} y2={y} />
          <circle cx={x} cy={y} r="7.5" />
          <text x={x} y={y}>
            {name}
          </text>
        </g>
      ))}
    </svg>
  );
}
