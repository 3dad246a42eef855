/**
 * Morton keys: the bits of three lattice coordinates, interleaved. Points in the order of their keys are in the order of
 * the octree, so that each of its cubes is a range of keys.
 *
 * A key has 60 bits in two words of 30: `high` holds the upper ten bits of x, y and z, `low` the lower ten.
 */

/** Bits of a lattice coordinate, and the depth of the octree's smallest cubes. */
export const LATTICE_BITS = 20;
/** Bits of a coordinate in each word of a key. */
const HALF_BITS = 10;
const HALF_MASK = 2 ** HALF_BITS - 1;
/** The bits of a word of a key. */
export const WORD_MASK = 2 ** 30 - 1;

/** The bits of 0 to 1023 with two gaps after each. */
const SPREAD = Int32Array.from({ length: 2 ** HALF_BITS }, (_, value) => {
  let bits = 0;
  for (let k = 0; k < HALF_BITS; k++) bits |= ((value >> k) & 1) << (3 * k);
  return bits;
});

/** Returns the upper word of the key of a point. */
export function highOf(x: number, y: number, z: number): number {
  return (SPREAD[x >> HALF_BITS]! << 2) | (SPREAD[y >> HALF_BITS]! << 1) | SPREAD[z >> HALF_BITS]!;
}

/** Returns the lower word of the key of a point. */
export function lowOf(x: number, y: number, z: number): number {
  return (SPREAD[x & HALF_MASK]! << 2) | (SPREAD[y & HALF_MASK]! << 1) | SPREAD[z & HALF_MASK]!;
}

/** Returns one coordinate of a key: 2 for x, 1 for y, 0 for z. */
export function coordinateOf(high: number, low: number, axis: number): number {
  return (gatherBits(high >> axis) << HALF_BITS) | gatherBits(low >> axis);
}

/** Removes the two gaps after each of ten bits. */
function gatherBits(word: number): number {
  let bits = word & 0x09249249;
  bits = (bits | (bits >> 2)) & 0x030c30c3;
  bits = (bits | (bits >> 4)) & 0x0300f00f;
  bits = (bits | (bits >> 8)) & 0x030000ff;
  return (bits | (bits >> 16)) & 0x3ff;
}

/** Returns the bits of the upper word that tell cubes of 2^shift lattice steps apart. */
export function highMask(shift: number): number {
  return shift <= HALF_BITS ? WORD_MASK : WORD_MASK & -(2 ** (3 * (shift - HALF_BITS)));
}

/** Returns the bits of the lower word that tell cubes of 2^shift lattice steps apart. */
export function lowMask(shift: number): number {
  return shift >= HALF_BITS ? 0 : WORD_MASK & -(2 ** (3 * shift));
}

/** Returns the depth of the smallest cube that has both keys: {@link LATTICE_BITS} if they are equal. */
export function commonDepth(high: number, low: number, otherHigh: number, otherLow: number): number {
  const upper = high ^ otherHigh;
  if (upper !== 0) return Math.floor((Math.clz32(upper) - 2) / 3);
  const lower = low ^ otherLow;
  return HALF_BITS + (lower === 0 ? HALF_BITS : Math.floor((Math.clz32(lower) - 2) / 3));
}
