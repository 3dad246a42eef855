/**
 * Cuts polygons into triangles: a fan from the first corner if that is correct, else the result of earcut.
 *
 * A polygon of n corners always gives n - 2 triangles that use all its corners with the same winding, so that triangles
 * can be numbered before their corners are known. earcut cuts concave polygons, which is hard to do well. It drops
 * corners on a straight line, which are restored here. Polygons too large for it go to {@link splitPolygon}.
 */

import earcut, { deviation } from 'earcut';
import type { Vector } from './numbers.js';
import { splitPolygon } from './polygon-splitter.js';

/** The most corners for earcut: 20 ms in the worst case. */
const EARCUT_CORNERS_MAX = 256;

/** A fan triangle that faces the other way counts as rounding below this share of the polygon's area. */
const FLAT = 1e-10;
/** The most that the area of the triangles may differ from the polygon's, as a share of it. */
const AREA_ERROR_MAX = 1e-6;

/**
 * Cuts the polygon with `size` corners at `positions[3 x first ...]`, three values each, into a fan if that is correct.
 * Writes 3 x (size - 2) corner numbers, from 0, to the beginning of `target`. Returns false if it is not correct.
 */
export function cutFan(
  positions: Float64Array | Float32Array,
  first: number,
  size: number,
  target: Int32Array,
): boolean {
  if (size > 3 && !isFanRight(positions, first, size, findNormal(positions, first, size))) return false;
  writeFan(size, target);
  return true;
}

/**
 * Cuts a polygon that {@link cutFan} refused, with the same output. Yields every few milliseconds if it has many
 * corners.
 */
export function* cutConcave(
  positions: Float64Array | Float32Array,
  first: number,
  size: number,
  target: Int32Array,
): Generator<void> {
  const triangles = yield* findTriangles(positions, first, size, findNormal(positions, first, size));
  if (triangles === undefined) writeFan(size, target);
  else target.set(triangles);
}

function writeFan(size: number, target: Int32Array): void {
  for (let k = 1, to = 0; k < size - 1; k++) {
    target[to++] = 0;
    target[to++] = k;
    target[to++] = k + 1;
  }
}

/** Returns twice the area of a polygon, as a vector normal to it (Newell's method). */
function findNormal(positions: Float64Array | Float32Array, first: number, size: number): Vector {
  const begin = 3 * first;
  const ox = positions[begin]!;
  const oy = positions[begin + 1]!;
  const oz = positions[begin + 2]!;
  let x = 0;
  let y = 0;
  let z = 0;
  // Relative to the first corner, so that no digits are lost far from the origin; its own term is 0.
  let ux = 0;
  let uy = 0;
  let uz = 0;
  for (let k = 1, at = begin + 3; k < size; k++, at += 3) {
    const vx = positions[at]! - ox;
    const vy = positions[at + 1]! - oy;
    const vz = positions[at + 2]! - oz;
    x += uy * vz - uz * vy;
    y += uz * vx - ux * vz;
    z += ux * vy - uy * vx;
    ux = vx;
    uy = vy;
    uz = vz;
  }
  return [x, y, z];
}

/** Whether no triangle of the fan faces away from the polygon. */
function isFanRight(
  positions: Float64Array | Float32Array,
  first: number,
  size: number,
  [x, y, z]: Vector,
): boolean {
  const least = -FLAT * (x * x + y * y + z * z);
  const begin = 3 * first;
  const ox = positions[begin]!;
  const oy = positions[begin + 1]!;
  const oz = positions[begin + 2]!;
  let ux = positions[begin + 3]! - ox;
  let uy = positions[begin + 4]! - oy;
  let uz = positions[begin + 5]! - oz;
  for (let k = 2, at = begin + 6; k < size; k++, at += 3) {
    const vx = positions[at]! - ox;
    const vy = positions[at + 1]! - oy;
    const vz = positions[at + 2]! - oz;
    const facing = (uy * vz - uz * vy) * x + (uz * vx - ux * vz) * y + (ux * vy - uy * vx) * z;
    if (facing < least) return false;
    ux = vx;
    uy = vy;
    uz = vz;
  }
  return true;
}

/** Finds as many triangles as the fan has; undefined if the polygon intersects itself and there are none. */
function* findTriangles(
  positions: Float64Array | Float32Array,
  first: number,
  size: number,
  [x, y, z]: Vector,
): Generator<void, number[] | undefined> {
  // Projected along the axis on which the polygon is widest, seen from its front.
  const [ax, ay, az] = [Math.abs(x), Math.abs(y), Math.abs(z)];
  let [u, v] = ax >= ay && ax >= az ? [1, 2] : ay >= az ? [2, 0] : [0, 1];
  if ([x, y, z][3 - u - v]! < 0) [u, v] = [v, u];
  const flat = new Float64Array(2 * size);
  for (let k = 0; k < size; k++) {
    flat[2 * k] = positions[3 * (first + k) + u]! - positions[3 * first + u]!;
    flat[2 * k + 1] = positions[3 * (first + k) + v]! - positions[3 * first + v]!;
  }
  const isSmall = size <= EARCUT_CORNERS_MAX;
  const triangles = isSmall ? earcut(flat) : yield* splitPolygon(flat);
  if (deviation(flat, null, 2, triangles) > AREA_ERROR_MAX) return undefined;
  if (!isSmall) return triangles;
  turnAround(flat, triangles);
  restoreCorners(triangles, size);
  return triangles.length === 3 * (size - 2) ? triangles : undefined;
}

/** Gives triangles the winding of the polygon, which is counterclockwise in the plane. */
function turnAround(flat: Float64Array, triangles: number[]): void {
  let area = 0;
  for (let k = 0; k < triangles.length; k += 3) {
    const [a, b, c] = [2 * triangles[k]!, 2 * triangles[k + 1]!, 2 * triangles[k + 2]!];
    area += (flat[b]! - flat[a]!) * (flat[c + 1]! - flat[a + 1]!);
    area -= (flat[c]! - flat[a]!) * (flat[b + 1]! - flat[a + 1]!);
  }
  if (area < 0) triangles.reverse();
}

/**
 * Restores corners that no triangle uses. They lie on an edge of the polygon as it was cut, so the triangle at that
 * edge is divided. If that edge cannot be found, they stay missing.
 */
function restoreCorners(triangles: number[], size: number): void {
  const isUsed = new Uint8Array(size);
  for (const corner of triangles) isUsed[corner] = 1;
  if (!isUsed.includes(0)) return;
  const triangleAt = new Map<number, number>();
  const noteEdges = (k: number) => {
    for (let e = 0; e < 3; e++) triangleAt.set(triangles[k + e]! * size + triangles[k + ((e + 1) % 3)]!, k);
  };
  for (let k = 0; k < triangles.length; k += 3) noteEdges(k);

  for (let from = 0; from < size; from++) {
    if (isUsed[from] === 0) continue;
    let to = (from + 1) % size;
    while (isUsed[to] === 0) to = (to + 1) % size;
    if (to === (from + 1) % size) continue;
    let k = triangleAt.get(from * size + to);
    if (k === undefined) continue;
    const start = k;
    const apex = [0, 1, 2]
      .map((e) => triangles[start + e]!)
      .find((corner) => corner !== from && corner !== to)!;
    for (let corner = from; corner !== to; ) {
      const next = (corner + 1) % size;
      triangles.splice(k, k < triangles.length ? 3 : 0, corner, next, apex);
      noteEdges(k);
      corner = next;
      k = triangles.length;
    }
  }
}
