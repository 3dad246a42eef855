/** Normals of written facets. */

/**
 * Stores the unit normal of the triangle whose nine coordinates begin at `positions[k]`, as float32: its corners are
 * counterclockwise seen from where it points. A triangle without an area, or too large for float64, gets 0 0 0.
 */
export function setNormal(positions: Float64Array, k: number, target: Float64Array): void {
  let ux = positions[k + 3]! - positions[k]!;
  let uy = positions[k + 4]! - positions[k + 1]!;
  let uz = positions[k + 5]! - positions[k + 2]!;
  let vx = positions[k + 6]! - positions[k]!;
  let vy = positions[k + 7]! - positions[k + 1]!;
  let vz = positions[k + 8]! - positions[k + 2]!;
  // Products of edges of length about one neither overflow nor vanish.
  const u = Math.max(Math.abs(ux), Math.abs(uy), Math.abs(uz));
  const v = Math.max(Math.abs(vx), Math.abs(vy), Math.abs(vz));
  ux /= u;
  uy /= u;
  uz /= u;
  vx /= v;
  vy /= v;
  vz /= v;
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  const length = Math.sqrt(x * x + y * y + z * z);
  const hasNormal = length > 0 && length < Number.POSITIVE_INFINITY;
  // Adding 0 turns -0 into 0.
  target[0] = hasNormal ? Math.fround(x / length) + 0 : 0;
  target[1] = hasNormal ? Math.fround(y / length) + 0 : 0;
  target[2] = hasNormal ? Math.fround(z / length) + 0 : 0;
}
