/** Normals of written facets. */

/** Squared lengths between which products of edges neither overflow nor vanish. */
const SQUARE_MIN = 1e-200;
const SQUARE_MAX = 1e200;

/**
 * Stores the unit normal of the triangle whose nine coordinates begin at `positions[k]`, as float32: its corners are
 * counterclockwise seen from where it points. A triangle without an area, or too large for float64, gets 0 0 0.
 */
export function setNormal(positions: Float64Array, k: number, target: Float64Array): void {
  const ux = positions[k + 3]! - positions[k]!;
  const uy = positions[k + 4]! - positions[k + 1]!;
  const uz = positions[k + 5]! - positions[k + 2]!;
  const vx = positions[k + 6]! - positions[k]!;
  const vy = positions[k + 7]! - positions[k + 1]!;
  const vz = positions[k + 8]! - positions[k + 2]!;
  if (setUnit(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx, target)) return;
  // With edges of length about one, only an area of 0 vanishes.
  const u = Math.max(Math.abs(ux), Math.abs(uy), Math.abs(uz));
  const v = Math.max(Math.abs(vx), Math.abs(vy), Math.abs(vz));
  const x = (uy / u) * (vz / v) - (uz / u) * (vy / v);
  const y = (uz / u) * (vx / v) - (ux / u) * (vz / v);
  const z = (ux / u) * (vy / v) - (uy / u) * (vx / v);
  if (!setUnit(x, y, z, target)) target.fill(0, 0, 3);
}

/** Stores a vector with length 1 as float32; false if its length is out of range. */
function setUnit(x: number, y: number, z: number, target: Float64Array): boolean {
  const square = x * x + y * y + z * z;
  if (!(square > SQUARE_MIN && square < SQUARE_MAX)) return false;
  const length = Math.sqrt(square);
  // Adding 0 turns -0 into 0.
  target[0] = Math.fround(x / length) + 0;
  target[1] = Math.fround(y / length) + 0;
  target[2] = Math.fround(z / length) + 0;
  return true;
}
