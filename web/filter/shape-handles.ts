/** The outlines of shapes, and the points by which they are dragged. In the units of the mesh; nothing here draws. */

import type { Shape } from '../../src/geometry/shapes.js';
import type { WireBounds } from '../../src/view/wire/messages.js';

export type Point = readonly [x: number, y: number, z: number];

/** A point that is dragged along an axis, or freely without one. */
export interface Handle {
  readonly key: string;
  readonly at: Point;
  /** The direction of moves, of length 1. */
  readonly axis: Point | undefined;
  /** Returns the shape after a move from `at`. */
  readonly move: (by: Point) => Shape;
}

/** Corners of a circle. */
const CIRCLE = 48;

/** Returns the outline of a shape as lines through points; that of a plane is a square around `bounds`. */
export function outlineOf(shape: Shape, bounds: WireBounds): Point[][] {
  switch (shape.kind) {
    case 'box':
      return boxLines(shape.min, shape.max);
    case 'sphere':
      return [0, 1, 2].map((axis) => circle(shape.center, shape.radius, axis));
    case 'plane': {
      const center = nearestOn(shape.normal, shape.offset, middle(bounds));
      const half = Math.hypot(...along((k) => bounds.max[k]! - bounds.min[k]!)) / 2;
      const [u, v] = sidesOf(unit(shape.normal));
      const corners = [
        [1, 1],
        [-1, 1],
        [-1, -1],
        [1, -1],
        [1, 1],
      ].map(([s, t]) => along((k) => center[k]! + half * (s! * u[k]! + t! * v[k]!)));
      return [corners];
    }
  }
}

/** Returns the handles of a shape. */
export function handlesOf(shape: Shape, bounds: WireBounds): Handle[] {
  switch (shape.kind) {
    case 'box': {
      const { min, max } = shape;
      const center = middle(shape);
      const free: Handle = {
        key: 'center',
        at: center,
        axis: undefined,
        move: (by) => ({ ...shape, min: plus(min, by), max: plus(max, by) }),
      };
      const sides = [0, 1, 2].flatMap((axis) =>
        [false, true].map((isUpper): Handle => {
          const end = isUpper ? max : min;
          return {
            key: `${'xyz'[axis]}${isUpper ? 'max' : 'min'}`,
            at: along((k) => (k === axis ? end[k]! : center[k]!)),
            axis: along((k) => (k === axis ? 1 : 0)),
            move: (by) => {
              const to = end[axis]! + by[axis]!;
              const moved = isUpper ? Math.max(to, min[axis]!) : Math.min(to, max[axis]!);
              const next = along((k) => (k === axis ? moved : end[k]!));
              return isUpper ? { ...shape, max: next } : { ...shape, min: next };
            },
          };
        }),
      );
      return [free, ...sides];
    }
    case 'sphere': {
      const { center, radius } = shape;
      return [
        {
          key: 'center',
          at: center,
          axis: undefined,
          move: (by) => ({ ...shape, center: plus(center, by) }),
        },
        {
          key: 'radius',
          at: plus(center, [radius, 0, 0]),
          axis: [1, 0, 0],
          move: (by) => ({ ...shape, radius: Math.max(0, radius + by[0]) }),
        },
      ];
    }
    case 'plane': {
      const axis = unit(shape.normal);
      const length = Math.hypot(...shape.normal);
      return [
        {
          key: 'offset',
          at: nearestOn(shape.normal, shape.offset, middle(bounds)),
          axis,
          move: (by) => ({ ...shape, offset: shape.offset - length * dot(axis, by) }),
        },
      ];
    }
  }
}

function boxLines(min: Point, max: Point): Point[][] {
  const ends = [min, max];
  const lines: Point[][] = [];
  for (let axis = 0; axis < 3; axis++) {
    for (let k = 0; k < 4; k++) {
      const other = (j: number) => ends[(k >> (j === (axis + 1) % 3 ? 0 : 1)) & 1]![j]!;
      lines.push(ends.map((end) => along((j) => (j === axis ? end[j]! : other(j)))));
    }
  }
  return lines;
}

function circle(center: Point, radius: number, axis: number): Point[] {
  return Array.from({ length: CIRCLE + 1 }, (_, k) => {
    const angle = (2 * Math.PI * k) / CIRCLE;
    const parts = [0, radius * Math.cos(angle), radius * Math.sin(angle)];
    return along((j) => center[j]! + parts[(j + 3 - axis) % 3]!);
  });
}

/** The point of a plane that is nearest to another one. */
function nearestOn(normal: Point, offset: number, point: Point): Point {
  const square = dot(normal, normal) || 1;
  const away = (dot(normal, point) + offset) / square;
  return along((k) => point[k]! - away * normal[k]!);
}

/** Two directions across an axis, at right angles. */
function sidesOf(axis: Point): [Point, Point] {
  const first = unit(Math.abs(axis[2]) < 0.9 ? cross(axis, [0, 0, 1]) : cross(axis, [1, 0, 0]));
  return [first, cross(axis, first)];
}

const middle = ({ min, max }: WireBounds): Point => along((k) => min[k]! / 2 + max[k]! / 2);
const plus = (a: Point, b: Point): [number, number, number] => along((k) => a[k]! + b[k]!);
const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Point, b: Point): Point => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

function unit(vector: Point): Point {
  const length = Math.hypot(...vector) || 1;
  return along((k) => vector[k]! / length);
}

function along(value: (axis: number) => number): [number, number, number] {
  return [value(0), value(1), value(2)];
}
