/** Shared by parsing and writing: the characters of numbers, exact powers of ten, exact products. */

export const ZERO = 0x30;
export const PLUS = 0x2b;
export const MINUS = 0x2d;
export const POINT = 0x2e;
export const LETTER_E = 0x65;

/** The largest finite float32. */
export const FLOAT32_LARGEST = (2 - 2 ** -23) * 2 ** 127;

/** The index of the word of a double that holds its exponent on this machine. */
export const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** The powers of ten that a double holds exactly. */
export const TEN = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
export const TEN_MAX = 22;

/** Returns `a * b - product` exactly, given the rounded product `a * b` (Dekker, Numerische Mathematik 18, 1971). */
export function multiplyRest(a: number, b: number, product: number): number {
  // 2^27 + 1 splits 53 bits into halves whose products are exact.
  const aShifted = 134217729 * a;
  const aHigh = aShifted - (aShifted - a);
  const aLow = a - aHigh;
  const bShifted = 134217729 * b;
  const bHigh = bShifted - (bShifted - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}
