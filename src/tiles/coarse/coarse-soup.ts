/**
 * A coarse mesh of triangles whose box is not known in advance: the cube of its cells doubles in size whenever a corner is
 * outside. To show a mesh while its source is read.
 */

import type { Bounds } from '../../mesh.js';
import type { LatticeFrame } from '../lattice.js';
import { highOf, LATTICE_BITS } from '../morton.js';
import { CoarseMesh } from './coarse-mesh.js';

/** Steps along the cube, of which each cell has several. */
const STEPS = 1024;
/** Lattice steps in one of these. */
const STEP_BITS = LATTICE_BITS - 10;
/** The first cube is larger than its triangles: the next ones are often near them. */
const MARGIN = 1.25;
/** After so many, the corners are too far apart for a picture. */
const DOUBLINGS_MAX = 60;

export class CoarseSoup {
  private readonly mesh = new CoarseMesh();
  private readonly min: [number, number, number] = [Infinity, Infinity, Infinity];
  private readonly max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  private readonly origin: [number, number, number] = [0, 0, 0];
  private size = 0;
  private doublings = 0;

  /** Whether there is something to show. */
  get hasMesh(): boolean {
    return this.mesh.seen > 0 && this.doublings <= DOUBLINGS_MAX && Number.isFinite(this.size);
  }

  /** The lattice of the mesh, and the box around all corners so far. */
  get frame(): LatticeFrame {
    return { origin: [...this.origin], step: this.size / 2 ** LATTICE_BITS };
  }

  get bounds(): Bounds {
    return { min: [...this.min], max: [...this.max] };
  }

  /** Takes triangles by the finite coordinates of their corners, nine each. */
  add(positions: Float32Array | Float64Array, count: number): void {
    if (count === 0) return;
    this.reach(positions, 9 * count);
    if (this.doublings > DOUBLINGS_MAX) return;
    const { mesh, origin, size } = this;
    const [fromX, fromY, fromZ] = origin;
    const scale = STEPS / size;
    const wordAt = (at: number) => {
      const x = Math.min(STEPS - 1, Math.floor((positions[at]! - fromX) * scale));
      const y = Math.min(STEPS - 1, Math.floor((positions[at + 1]! - fromY) * scale));
      const z = Math.min(STEPS - 1, Math.floor((positions[at + 2]! - fromZ) * scale));
      return highOf(x << STEP_BITS, y << STEP_BITS, z << STEP_BITS);
    };
    for (let at = 0; at < 9 * count; at += 9) mesh.addLoose(wordAt(at), wordAt(at + 3), wordAt(at + 6));
  }

  /** Returns the mesh so far as a tile without children, encoded. */
  encode(): Uint8Array {
    return this.mesh.encode();
  }

  /** Extends the box, and the cube until it has the box. */
  private reach(positions: Float32Array | Float64Array, length: number): void {
    const { min, max, origin } = this;
    for (let k = 0; k < length; k += 3) {
      for (let axis = 0; axis < 3; axis++) {
        const value = positions[k + axis]!;
        if (value < min[axis]!) min[axis] = value;
        if (value > max[axis]!) max[axis] = value;
      }
    }
    if (this.size === 0) {
      const extent = Math.max(...[0, 1, 2].map((axis) => max[axis]! - min[axis]!)) || 1;
      this.size = MARGIN * extent;
      for (let axis = 0; axis < 3; axis++) origin[axis] = (min[axis]! + max[axis]! - this.size) / 2;
    }
    for (;;) {
      const { size } = this;
      const isLow = [0, 1, 2].map((axis) => min[axis]! < origin[axis]!);
      const isHigh = [0, 1, 2].map((axis) => max[axis]! > origin[axis]! + size);
      if (![...isLow, ...isHigh].includes(true)) return;
      if (++this.doublings > DOUBLINGS_MAX) return;
      // Where both are possible, the box comes to the middle.
      const isBelow = [0, 1, 2].map((axis) => {
        const isNear = min[axis]! + max[axis]! < 2 * origin[axis]! + size;
        return isLow[axis]! || (isNear && !isHigh[axis]!);
      });
      this.mesh.doubleBox(isBelow[0]!, isBelow[1]!, isBelow[2]!);
      for (let axis = 0; axis < 3; axis++) if (isBelow[axis]) origin[axis]! -= size;
      this.size = 2 * size;
    }
  }
}
