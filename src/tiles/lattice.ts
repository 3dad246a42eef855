/**
 * The integer lattice of a mesh's tiles: 2^20 steps along the longest side of the box around all triangles. The same
 * position has the same lattice point in all tiles, so tiles meet without gaps.
 */

import type { Bounds } from '../mesh.js';
import { highOf, LATTICE_BITS, lowOf } from './morton.js';

/** The largest coordinate of a lattice point. */
const LAST = 2 ** LATTICE_BITS - 1;

/** The place of lattice points: `origin[axis] + step x coordinate`, in the units of the mesh. */
export interface LatticeFrame {
  readonly origin: readonly [x: number, y: number, z: number];
  /** Positive, also if the mesh has no extent. */
  readonly step: number;
}

/** Returns the lattice for a box with finite corners. */
export function frameOf({ min, max }: Bounds): LatticeFrame {
  let step = 0;
  // Dividing first keeps the difference of the largest numbers finite.
  for (let axis = 0; axis < 3; axis++) step = Math.max(step, max[axis]! / LAST - min[axis]! / LAST);
  if (step === 0) step = [0, 1, 2].some((axis) => max[axis]! > min[axis]!) ? Number.MIN_VALUE : 1;
  return { origin: [min[0], min[1], min[2]], step };
}

/** Returns the place of a lattice coordinate along an axis: 0 for x, 1 for y, 2 for z. */
export function placeOf({ origin, step }: LatticeFrame, axis: number, steps: number): number {
  const offset = step * steps;
  if (Number.isFinite(offset)) return origin[axis]! + offset;
  // The largest numbers: only the sum is finite.
  return 4 * (origin[axis]! / 4 + (step / 4) * steps);
}

export class Lattice {
  /** Both sides of a difference are scaled by this, so that it is finite. */
  private readonly scale: number;
  private readonly unit: number;
  private readonly from: Float64Array;

  constructor(frame: LatticeFrame) {
    const { origin, step } = frame;
    this.scale = step > Number.MAX_VALUE / 2 ** (LATTICE_BITS + 1) ? 1 / 4 : 1;
    this.unit = step * this.scale;
    this.from = Float64Array.from(origin, (value) => value * this.scale);
  }

  /** Writes the keys of `count` positions, three coordinates each from `from` on, as pairs of words. */
  copyKeys(positions: Float64Array, from: number, count: number, keys: Float64Array): void {
    const { scale, unit } = this;
    const [fromX, fromY, fromZ] = this.from as unknown as [number, number, number];
    for (let k = 0, at = from; k < count; k++, at += 3) {
      const x = clamp((positions[at]! * scale - fromX) / unit);
      const y = clamp((positions[at + 1]! * scale - fromY) / unit);
      const z = clamp((positions[at + 2]! * scale - fromZ) / unit);
      keys[2 * k] = highOf(x, y, z);
      keys[2 * k + 1] = lowOf(x, y, z);
    }
  }
}

/** Rounds to the nearest lattice coordinate. */
function clamp(value: number): number {
  return value >= LAST ? LAST : value <= 0 ? 0 : Math.floor(value + 0.5);
}
