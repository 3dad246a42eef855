/** Floats as the shortest decimal text that reads back to the same value. */
import { HIGH_WORD, LETTER_E, MINUS, multiplyRest, POINT, TEN, ZERO } from './exact.js';
import {
  writeDecimals,
  writeInt32,
  writePadded,
  writeText,
  writeTrimmed,
  writeWhole,
} from './write-integer.js';

/**
 * Returns the power of ten that scales a value so that the midpoint to its neighbor, `halfGap` away, is between 0.5 and
 * 5 away.
 *
 * Both float writers find their digits this way. Once scaled, the nearest integer always reads back. At most one
 * multiple of ten does; without its zeros, it is the shortest text, since any text with still fewer digits is also a
 * multiple of ten. As the only one, it is the closest of its length. Of two equally close integers, the even one is
 * taken, as ECMAScript recommends for Number::toString.
 *
 * Below a power of two the neighbor is half as far. Powers of two in the fast range still come out right, as the texts
 * found for them are close enough; the tests check each. A text exactly at a midpoint reads back if the last bit is 0.
 * But a midpoint has more digits than the value itself unless the value is an integer, so such a text is never the
 * shortest.
 *
 * Lost ideas, in million coordinates/s instead of 19 and 14: scale to one digit more, then try multiples of 1000, 100
 * and 10 in turn, 10 (float32); 15 digits, one division to check, String() for the others, 5 (float64).
 */
function findPower(halfGap: number): number {
  return Math.floor(Math.log10(0.5 / halfGap)) + 1;
}

/** Adding and subtracting this rounds a number of up to 2^51 to the nearest integer, ties to even. */
const ROUNDER = 1.5 * 2 ** 52;

// Scratch space, written and read within one synchronous call.
const scratch64 = new Float64Array(1);
const scratch64Words = new Uint32Array(scratch64.buffer);
const scratch32 = new Float32Array(1);
const scratch32Bits = new Uint32Array(scratch32.buffer);

/** By exponent of a double from 1e-6 to 2^29: the power of ten to scale by, and the resulting reach. */
const POWER_64 = new Int16Array(2048);
const REACH_64 = new Float64Array(2048);
for (let exponent = 1023 - 20; exponent < 1023 + 29; exponent++) {
  const halfGap = 2 ** (exponent - 1076);
  POWER_64[exponent] = findPower(halfGap);
  REACH_64[exponent] = halfGap * TEN[POWER_64[exponent]!]!;
}
/** Distances err by less than 10^-14; closer to the border than this, String() decides. */
const DOUBT_64 = 1e-9;

/**
 * Writes a finite number like String(): the shortest digits that read back to it, plain from 1e-6 to below 1e21. Two
 * differences: no plus sign in an exponent, which Geomview's OFF reader rejects, and -0 as `0`. Returns the position
 * after the text; see {@link NumberWriter}.
 *
 * From 1e-6 to 2^29, the number is scaled to 16 or 17 digits by 10^8 to 10^22. These are exact, and so is the product
 * as the sum of two doubles; see {@link findPower}.
 */
export function writeFloat64(values: Float64Array, k: number, target: DataView, start: number): number {
  const value = values[k]!;
  let at = start;
  let size = value;
  if (value < 0) {
    target.setUint8(at++, MINUS);
    size = -value;
  }
  const whole = size | 0;
  if (whole === size) return writeInt32(whole, target, at);
  if (!(size >= 1e-6 && size < 2 ** 29)) return writeFarFloat64(size, target, at);

  scratch64[0] = size;
  const exponent = scratch64Words[HIGH_WORD]! >>> 20;
  const power = POWER_64[exponent]!;
  const reach = REACH_64[exponent]!;
  const scaled = size * TEN[power]!;
  const rest = multiplyRest(size, TEN[power]!, scaled);
  // If two integers are equally close, the product is even, so the remainder alone decides between them.
  const restRounded = rest + ROUNDER - ROUNDER;
  const past = rest - restRounded;
  // All but the last eight digits, give or take one; `low` is then corrected if negative or too large.
  let high = (scaled * 1e-8) | 0;
  let low = (scaled - high * 1e8 + restRounded) | 0;
  if (low < 0) {
    low += 100_000_000;
    high--;
  }
  const lastDigit = low % 10;
  const offset = lastDigit + past;
  const distance = offset < 5 ? Math.abs(offset) : 10 - offset;
  if (Math.abs(distance - reach) < DOUBT_64) return writeFarFloat64(size, target, at);
  if (distance < reach) low += offset < 5 ? -lastDigit : 10 - lastDigit;
  if (low >= 100_000_000) {
    low -= 100_000_000;
    high++;
  }

  // A whole number is never within reach: it is a double itself.
  const point = writeInt32(whole, target, at);
  target.setUint8(point, POINT);
  const width = power - 8;
  high -= whole * TEN[width]!;
  if (low === 0) return writeTrimmed(high, width, target, point + 1);
  return writeDecimals(low, 8, target, writePadded(high, width, target, point + 1));
}

function writeFarFloat64(size: number, target: DataView, at: number): number {
  if (size < 2 ** 53 && Math.floor(size) === size) return writeWhole(size, target, at);
  return writeText(String(size), target, at);
}

/** By exponent of a float: half the distance to the next, the power of ten to scale by, and the resulting reach. */
const HALF_GAP_32 = Float64Array.from({ length: 256 }, (_, e) => 2 ** (Math.max(e, 1) - 151));
const POWER_32 = Int8Array.from(HALF_GAP_32, findPower);
const UNIT_32 = Float64Array.from(POWER_32, (power) => Number(`1e${power}`));
const REACH_32 = HALF_GAP_32.map((halfGap, e) => halfGap * UNIT_32[e]!);
/** The powers of ten that scale floats above 1, whose digits fit an int32; the others scale no whole part. */
const TEN_32 = Int32Array.from({ length: 13 }, (_, power) => (power < 10 ? 10 ** power : 0));
/** Scaling by more than 10^12 errs by less than 10^-7; closer to a border than this, every length is tried. */
const DOUBT_32 = 1e-6;

/**
 * Writes a finite float32 value: the shortest digits that read back to the same float32, the closest of these, laid out
 * as in {@link writeFloat64}; integers below 2^53 with all their digits. A value that is not a float32 is written by
 * {@link writeFloat64}. Returns the position after the text; see {@link NumberWriter}.
 *
 * From 2^-16 to 2^23, the power of ten is at most 12 and everything is exact: the 24 bits of the number, and the 25 of
 * its midpoint, times the 28 of 5^12 fit a double. So a text within reach differs from the midpoint by more than half
 * the last place of a double. It reads back whether its reader rounds once or via a double.
 */
export function writeFloat32(values: Float64Array, k: number, target: DataView, start: number): number {
  const value = values[k]!;
  let at = start;
  let size = value;
  if (value < 0) {
    target.setUint8(at++, MINUS);
    size = -value;
  }
  const whole = size | 0;
  if (whole === size) return writeInt32(whole, target, at);
  if (!(size >= 2 ** -16 && size < 2 ** 23)) {
    if (Math.fround(size) !== size) return writeFloat64(values, k, target, start);
    return writeFarFloat32(size, target, at);
  }

  scratch32[0] = size;
  // An UPDATE may have stored a value with more digits, which are kept.
  if (scratch32[0] !== size) return writeFloat64(values, k, target, start);
  const exponent = scratch32Bits[0]! >>> 23;
  const power = POWER_32[exponent]!;
  const scaled = size * UNIT_32[exponent]!;
  let digits = Math.imul((((scaled + 5) | 0) / 10) | 0, 10);
  if (!(Math.abs(scaled - digits) < REACH_32[exponent]!)) digits = (scaled + ROUNDER - ROUNDER) | 0;

  // A whole number is never within reach: it is a float itself.
  const point = writeInt32(whole, target, at);
  target.setUint8(point, POINT);
  return writeDecimals(digits - Math.imul(whole, TEN_32[power]!), power, target, point + 1);
}

/** Writes integers from 2^31, very small and very large floats the same way, but not certain near borders. */
function writeFarFloat32(size: number, target: DataView, at: number): number {
  if (size < 2 ** 53 && Math.floor(size) === size) return writeWhole(size, target, at);
  scratch32[0] = size;
  const bits = scratch32Bits[0]!;
  const exponent = bits >>> 23;
  const reach = REACH_32[exponent]!;
  const scaled = size * UNIT_32[exponent]!;
  const nearest = (scaled + ROUNDER - ROUNDER) | 0;
  const tens = ((((scaled + 5) | 0) / 10) | 0) * 10;
  const distance = Math.abs(scaled - tens);
  const isDoubtful = Math.abs(distance - reach) < DOUBT_32 || Math.abs(scaled - nearest) > 0.5 - DOUBT_32;
  if (isDoubtful || (bits & 0x7fffff) === 0) return writeText(findFloat32Text(size), target, at);
  let digits = distance < reach ? tens : nearest;
  let power = -POWER_32[exponent]!;
  for (let high = (digits / 10) | 0; high * 10 === digits; high = (digits / 10) | 0) {
    digits = high;
    power++;
  }
  return writeDecimal(digits, power, target, at);
}

/** Writes digits x 10^power in JavaScript's number layout; the digits are an int32 that does not end in 0. */
function writeDecimal(digits: number, power: number, target: DataView, at: number): number {
  // No layout ends before these digits, shifted right by one.
  let end = writeInt32(digits, target, at + 1);
  const exponent = end - at - 2 + power;
  if (exponent < 0 && exponent >= -6) {
    target.setUint8(at, ZERO);
    target.setUint8(at + 1, POINT);
    return writePadded(digits, -power, target, at + 2);
  }
  if (power >= 0 && exponent < 21) {
    end = writeInt32(digits, target, at);
    for (let k = 0; k < power; k++) target.setUint8(end + k, ZERO);
    return end + power;
  }
  target.setUint8(at, target.getUint8(at + 1));
  if (digits < 10) end = at + 1;
  else target.setUint8(at + 1, POINT);
  target.setUint8(end++, LETTER_E);
  if (exponent < 0) target.setUint8(end++, MINUS);
  return writeInt32(Math.abs(exponent), target, end);
}

/** Finds the text of any positive float32 value by trial, in two microseconds. */
function findFloat32Text(size: number): string {
  for (let count = 1; count <= 9; count++) {
    const [mantissa, exponent] = size.toExponential(count - 1).split('e') as [string, string];
    const nearest = Number(mantissa.replace('.', ''));
    const power = Number(exponent) - count + 1;
    // Below a power of two, the nearest may be out of reach, and the next above within.
    for (const digits of [nearest, nearest + 1]) {
      if (readsBack(digits, power, size)) return String(Number(`${digits}e${power}`));
    }
  }
  throw new RangeError(`${size} is not a float32 value`);
}

/**
 * Whether every reader gets this float32 from digits x 10^power. A reader that rounds once and one that goes via a
 * double differ if the double, but not the text, is the midpoint between two floats: 7.038531e-26.
 */
function readsBack(digits: number, power: number, size: number): boolean {
  const double = Number(`${digits}e${power}`);
  if (Math.fround(double) !== size) return false;
  const mirrored = 2 * double - size;
  if (mirrored === size || Math.fround(mirrored) !== mirrored) return true;
  return power >= 0 && BigInt(digits) * 10n ** BigInt(power) === BigInt(double);
}
