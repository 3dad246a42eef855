/**
 * Decides whether a vertical ray, from a point upward along z, crosses a triangle. Exact for all float64 coordinates
 * whose products neither overflow nor underflow: zero, or from about 1e-90 to 1e+100.
 *
 * A ray through an edge or a vertex is treated as if the point were at x + e, y + e^2 for an infinitely small e. Such a
 * ray meets neither, and triangles with a common edge agree on which of them it crosses. It never crosses a vertical
 * triangle.
 */
import { orient2d, orient3d } from 'robust-predicates';

/** The point is on the triangle itself. */
export const ON_TRIANGLE = 2;

/**
 * Returns 1 if the ray leaves through the triangle's front, where its corners are counterclockwise, and -1 if it enters
 * there; 0 if it does not cross, {@link ON_TRIANGLE} if it begins on the triangle. The point is `points[at]` and the
 * two values after it, the triangle is the nine values of `t`.
 */
export function crossRay(points: Float64Array, at: number, t: Float64Array): number {
  const x = points[at]!;
  const y = points[at + 1]!;
  const z = points[at + 2]!;
  const side = sideOf(t, 0, 3, x, y);
  if (side !== sideOf(t, 3, 6, x, y) || side !== sideOf(t, 6, 0, x, y) || side === 0) {
    return isOnTriangle(t, x, y, z) ? ON_TRIANGLE : 0;
  }
  const above = planeSide(t, x, y, z);
  if (above === 0) return ON_TRIANGLE;
  return above === side ? side : 0;
}

/**
 * Whether all vertical rays through a rectangle miss a triangle, and no point above or below it is on the triangle.
 * Then the rectangle is beside one of the triangle's edges as seen from above.
 */
export function missesColumn(
  t: Float64Array,
  lowX: number,
  lowY: number,
  highX: number,
  highY: number,
): boolean {
  const turn = orient2d(t[0]!, t[1]!, t[3]!, t[4]!, t[6]!, t[7]!);
  for (let u = 0; u < 9; u += 3) {
    const v = (u + 3) % 9;
    const dx = t[v]! - t[u]!;
    const dy = t[v + 1]! - t[u + 1]!;
    // The corners of the rectangle farthest to the right and to the left of the edge.
    const right = orient2d(t[u]!, t[u + 1]!, t[v]!, t[v + 1]!, dy > 0 ? highX : lowX, dx > 0 ? lowY : highY);
    const left = orient2d(t[u]!, t[u + 1]!, t[v]!, t[v + 1]!, dy > 0 ? lowX : highX, dx > 0 ? highY : lowY);
    // A vertical triangle is a line as seen from above, with nothing inside.
    if ((turn <= 0 && left > 0) || (turn >= 0 && right < 0)) return true;
  }
  return false;
}

/** Returns 1 if the point is left of the line through two corners seen from above, -1 if right, 0 without a line. */
function sideOf(t: Float64Array, u: number, v: number, x: number, y: number): number {
  const ux = t[u]!;
  const uy = t[u + 1]!;
  const vx = t[v]!;
  const vy = t[v + 1]!;
  // The package has its y axis pointing down.
  const turn = -orient2d(ux, uy, vx, vy, x, y);
  // On the line, the derivatives of the determinant by x, then by y, decide.
  return Math.sign(turn) || Math.sign(uy - vy) || Math.sign(vx - ux);
}

/** Returns 1 if the point is behind the plane of the triangle, -1 if in front, 0 if on it. */
function planeSide(t: Float64Array, x: number, y: number, z: number): number {
  return Math.sign(orient3d(t[0]!, t[1]!, t[2]!, t[3]!, t[4]!, t[5]!, t[6]!, t[7]!, t[8]!, x, y, z));
}

/** Whether a point is on a triangle, including its edges and corners. */
function isOnTriangle(t: Float64Array, x: number, y: number, z: number): boolean {
  return (
    isBetween(x, t[0]!, t[3]!, t[6]!) &&
    isBetween(y, t[1]!, t[4]!, t[7]!) &&
    isBetween(z, t[2]!, t[5]!, t[8]!) &&
    planeSide(t, x, y, z) === 0 &&
    isWithin(t, 0, 1, x, y) &&
    isWithin(t, 1, 2, y, z) &&
    isWithin(t, 2, 0, z, x)
  );
}

function isBetween(value: number, a: number, b: number, c: number): boolean {
  return value >= Math.min(a, b, c) && value <= Math.max(a, b, c);
}

/** Whether a point of the triangle's plane is within it as seen along one axis; true if it is seen edge-on. */
function isWithin(t: Float64Array, i: number, j: number, x: number, y: number): boolean {
  const one = orient2d(t[i]!, t[j]!, t[3 + i]!, t[3 + j]!, x, y);
  const two = orient2d(t[3 + i]!, t[3 + j]!, t[6 + i]!, t[6 + j]!, x, y);
  const three = orient2d(t[6 + i]!, t[6 + j]!, t[i]!, t[j]!, x, y);
  const isLeft = one > 0 || two > 0 || three > 0;
  const isRight = one < 0 || two < 0 || three < 0;
  return !(isLeft && isRight);
}
