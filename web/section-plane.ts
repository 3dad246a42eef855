/** The plane of the section: which side is left, and how it is described. Nothing here touches the page. */

import type { WireBounds } from '../src/view/wire/messages.js';

export type Point = readonly [x: number, y: number, z: number];

/**
 * A plane in the units of the mesh: points with `normal x point = offset`, for the normal at length 1. What is above it is
 * cut away.
 */
export interface SectionPlane {
  /** As the user gave it, of any length but 0. */
  readonly normal: Point;
  readonly offset: number;
}

/** Whether a section cuts a point of the mesh away. */
export function isCutAway(point: Point, plane: SectionPlane | undefined): boolean {
  if (plane === undefined) return false;
  const normal = unitOf(plane.normal);
  return point.reduce((sum, value, axis) => sum + value * normal[axis]!, 0) > plane.offset;
}

/** Returns the normal at length 1. */
export function unitOf(normal: Point): Point {
  const length = Math.hypot(...normal);
  return mapPoint((axis) => normal[axis]! / length || 0);
}

/** Returns the axis that a normal is along, 0 to 2, and whether it leads that way; undefined for any other normal. */
export function axisOf(normal: Point): { readonly axis: number; readonly isForward: boolean } | undefined {
  const parts = [0, 1, 2].filter((axis) => normal[axis] !== 0);
  const [axis] = parts;
  return parts.length === 1 ? { axis: axis!, isForward: normal[axis!]! > 0 } : undefined;
}

/** Returns the offsets between which planes of this normal meet a box. */
export function rangeOf(normal: Point, { min, max }: WireBounds): readonly [low: number, high: number] {
  let low = 0;
  let high = 0;
  for (const [axis, part] of unitOf(normal).entries()) {
    low += part * (part > 0 ? min : max)[axis]!;
    high += part * (part > 0 ? max : min)[axis]!;
  }
  return [low, high];
}

/** Digits after which the middle of a box does not matter. */
const DIGITS = 6;

/** Returns the plane of this normal through the middle of a box, at a round offset. */
export function middleOf(normal: Point, bounds: WireBounds): SectionPlane {
  const [low, high] = rangeOf(normal, bounds);
  const offset = low / 2 + high / 2;
  const digits = DIGITS - Math.floor(Math.log10(high - low));
  return { normal, offset: digits >= 0 && digits <= 100 ? Number(offset.toFixed(digits)) || 0 : offset };
}

/** Returns the same plane with the other side cut away. */
export function flip({ normal, offset }: SectionPlane): SectionPlane {
  return { normal: mapPoint((axis) => -normal[axis]! || 0), offset: -offset || 0 };
}

/** Returns the axis that is nearest to a direction, the way of the direction. */
export function nearestAxis(direction: Point): Point {
  const sizes = direction.map(Math.abs);
  const nearest = sizes.indexOf(Math.max(...sizes));
  return mapPoint((axis) => (axis === nearest ? Math.sign(direction[axis]!) || 1 : 0));
}

/**
 * The directions on a drawing of the plane, seen from what is cut away. The axis of the mesh that points up is up; if the
 * plane is level, it is what is farther away in the view from the front.
 */
export function basisOf(normal: Point, upAxis: 'y' | 'z'): { readonly right: Point; readonly up: Point } {
  const [x, y, z] = unitOf(normal);
  const isLevel = Math.abs(upAxis === 'y' ? y : z) > 0.999;
  const [a, b, c]: Point = isLevel
    ? upAxis === 'y'
      ? [0, 0, -1]
      : [0, 1, 0]
    : upAxis === 'y'
      ? [0, 1, 0]
      : [0, 0, 1];
  // Without its part along the normal.
  const along = a * x + b * y + c * z;
  const rest: Point = [a - along * x, b - along * y, c - along * z];
  const up = unitOf(rest);
  const [u, v, w] = up;
  return { right: [v * z - w * y || 0, w * x - u * z || 0, u * y - v * x || 0], up };
}

function mapPoint(along: (axis: number) => number): Point {
  return [along(0), along(1), along(2)];
}
