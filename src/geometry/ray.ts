/**
 * A ray, and where it meets triangles. Which triangles it meets is exact for the line through its origin and a far point;
 * triangles with a common edge leave no gap between them.
 */
import { orient3d } from 'robust-predicates';
import type { Bounds } from '../mesh.js';
import type { Vector } from './numbers.js';

export interface RayHit {
  /** The distance from the origin. */
  readonly distance: number;
  readonly point: Vector;
}

export class Ray {
  /** Of length 1. */
  readonly direction: Vector;
  /** Coordinates are multiplied by this power of two, so that products neither overflow nor underflow. */
  private readonly scale: number;
  private readonly start: Vector;
  private readonly far: Vector;

  /** `bounds` is the box around all triangles that will be tested. The direction is finite and not zero. */
  constructor(
    readonly origin: Vector,
    direction: Vector,
    bounds: Bounds,
  ) {
    this.direction = unit(direction);
    const greatest = Math.max(...[...origin, ...bounds.min, ...bounds.max].map(Math.abs));
    this.scale = powerBelow(1 / Math.max(greatest, Number.MIN_VALUE * 2 ** 52));
    this.start = this.scaled(origin);
    const low = this.scaled(bounds.min);
    const high = this.scaled(bounds.max);
    const [x, y, z] = this.start;
    const reach = Math.hypot(
      ...[x, y, z].map((at, k) => Math.max(Math.abs(low[k]! - at), Math.abs(high[k]! - at))),
    );
    const [u, v, w] = this.direction;
    const length = reach === 0 ? 1 : reach;
    this.far = [x + length * u, y + length * v, z + length * w];
  }

  /** Returns where the ray meets a triangle, given by the nine coordinates of its corners; undefined if it misses it. */
  hit(t: ArrayLike<number>): RayHit | undefined {
    const { start: o, far: p, direction, scale } = this;
    const [a, b, c] = [0, 3, 6].map((at) => this.scaled([t[at]!, t[at + 1]!, t[at + 2]!])) as [
      Vector,
      Vector,
      Vector,
    ];
    // Six times the volumes with the edges: their signs are exact, and they weigh the opposite corners.
    const ab = orient3d(...o, ...p, ...a, ...b);
    const bc = orient3d(...o, ...p, ...b, ...c);
    const ca = orient3d(...o, ...p, ...c, ...a);
    const isIn = (ab >= 0 && bc >= 0 && ca >= 0) || (ab <= 0 && bc <= 0 && ca <= 0);
    const sum = ab + bc + ca;
    if (!isIn || sum === 0) return undefined;
    const at = (axis: 0 | 1 | 2) => (bc / sum) * a[axis] + (ca / sum) * b[axis] + (ab / sum) * c[axis];
    const point: Vector = [at(0), at(1), at(2)];
    const distance = point.reduce((total, value, k) => total + (value - o[k]!) * direction[k]!, 0);
    if (!(distance >= 0)) return undefined;
    return { distance: distance / scale, point: point.map((value) => value / scale) as unknown as Vector };
  }

  private scaled([x, y, z]: Vector): Vector {
    const { scale } = this;
    return [x * scale, y * scale, z * scale];
  }
}

/** Returns a vector of length 1 in a direction that is finite and not zero. */
function unit(direction: Vector): Vector {
  const greatest = Math.max(...direction.map(Math.abs));
  const [x, y, z] = direction.map((value) => value / greatest) as [number, number, number];
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}

/** Returns the greatest power of two that is not above a positive value. */
function powerBelow(value: number): number {
  return 2 ** Math.max(-1022, Math.min(1023, Math.floor(Math.log2(value))));
}
