/**
 * Boxes, spheres and half-spaces that select triangles. Other modules decide which triangles are tested.
 *
 * A shape includes its boundary. A triangle without area is treated as a segment or a point.
 */
import { UsageError } from '../errors.js';
import type { Bounds } from '../mesh.js';
import { finite, flag, variant } from '../options.js';
import { checkNumbers, parseNumbers, type Vector, vector } from './numbers.js';

/** Selects triangles completely inside, or `touching` it with at least one point. Plain data, all finite. */
export type Shape = BoxShape | SphereShape | PlaneShape;

export interface BoxShape {
  readonly kind: 'box';
  readonly min: Vector;
  readonly max: Vector;
  readonly touching: boolean;
}

export interface SphereShape {
  readonly kind: 'sphere';
  readonly center: Vector;
  readonly radius: number;
  readonly touching: boolean;
}

/** The side of a plane with a x + b y + c z + d >= 0; `normal` is a, b, c and `offset` is d. */
export interface PlaneShape {
  readonly kind: 'plane';
  readonly normal: Vector;
  readonly offset: number;
  readonly touching: boolean;
}

/** The rule for a {@link Shape}. */
export const SHAPE = variant<Shape, 'kind'>('kind', {
  box: { min: vector, max: vector, touching: flag },
  sphere: { center: vector, radius: finite, touching: flag },
  plane: { normal: vector, offset: finite, touching: flag },
});

/** The square of a smaller length may be 0. */
const SQUARE_LOST = 1e-160;

/** Returns a box that the bounding box of every matching triangle meets, if there is one. */
export function shapeBounds(shape: Shape): Bounds | undefined {
  switch (shape.kind) {
    case 'box':
      return { min: shape.min, max: shape.max };
    case 'sphere': {
      const { center, radius } = shape;
      // Wider by the error of the test itself: rounding, and squares too small for a float64.
      const reach = (k: 0 | 1 | 2) =>
        radius + 4 * Number.EPSILON * (Math.abs(center[k]) + radius) + SQUARE_LOST;
      return {
        min: [center[0] - reach(0), center[1] - reach(1), center[2] - reach(2)],
        max: [center[0] + reach(0), center[1] + reach(1), center[2] + reach(2)],
      };
    }
    case 'plane':
      return undefined;
  }
}

/** Throws UsageError for an invalid shape. */
export function checkShape(shape: Shape): void {
  switch (shape.kind) {
    case 'box':
      checkNumbers([...shape.min, ...shape.max], 6, 'box');
      for (const k of [0, 1, 2] as const) {
        const [min, max] = [shape.min[k], shape.max[k]];
        if (min <= max) continue;
        throw new UsageError(
          `the box ends before it begins in ${'xyz'[k]}, from ${min} to ${max}; expected the lower corner first`,
        );
      }
      return;
    case 'sphere':
      checkNumbers([...shape.center, shape.radius], 4, 'sphere');
      if (shape.radius >= 0) return;
      throw new UsageError(`a sphere with the radius ${shape.radius}; expected 0 or more`);
    case 'plane':
      checkNumbers([...shape.normal, shape.offset], 4, 'plane');
      if (shape.normal.some((value) => value !== 0)) return;
      throw new UsageError(
        'a plane with the normal 0,0,0; expected a,b,c,d with one of a, b, c other than 0',
      );
    default:
      throw new UsageError('an unknown shape; expected a box, a sphere or a plane');
  }
}

/** Parses `x0,y0,z0,x1,y1,z1`, two opposite corners, the lower one first. Throws UsageError. */
export function parseBox(text: string): BoxShape {
  const [x0, y0, z0, x1, y1, z1] = parseNumbers(text, 6, '6 numbers: x0,y0,z0,x1,y1,z1') as Six;
  return checked({ kind: 'box', min: [x0, y0, z0], max: [x1, y1, z1], touching: false });
}

/** Parses `x,y,z,r`, center and radius. Throws UsageError. */
export function parseSphere(text: string): SphereShape {
  const [x, y, z, radius] = parseNumbers(text, 4, '4 numbers: x,y,z,r') as Four;
  return checked({ kind: 'sphere', center: [x, y, z], radius, touching: false });
}

/** Parses `a,b,c,d` of a x + b y + c z + d >= 0. Throws UsageError. */
export function parsePlane(text: string): PlaneShape {
  const [a, b, c, offset] = parseNumbers(text, 4, '4 numbers: a,b,c,d') as Four;
  return checked({ kind: 'plane', normal: [a, b, c], offset, touching: false });
}

/** Writes a shape as its kind and the numbers that it is parsed from: `bbox 0,0,0,1,1,1`. */
export function formatShape(shape: Shape): string {
  if (shape.kind === 'box') return `bbox ${[...shape.min, ...shape.max].join(',')}`;
  if (shape.kind === 'sphere') return `sphere ${[...shape.center, shape.radius].join(',')}`;
  return `plane ${[...shape.normal, shape.offset].join(',')}`;
}

function checked<T extends Shape>(shape: T): T {
  checkShape(shape);
  return shape;
}

type Four = [number, number, number, number];
type Six = [number, number, number, number, number, number];
