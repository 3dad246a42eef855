/** Floats as the shortest decimal text that reads back to them. */
import { HIGH_WORD, LETTER_E, MINUS, multiplyRest, POINT, TEN, ZERO } from './exact.js';
import { writeInteger, writePadded, writeText, writeTrimmed } from './write-integer.js';

/** The most bytes that one call of a writer writes: those of `-0.0000012345678901234567`. */
export const NUMBER_TEXT_MAX = 25;

/**
 * The power of ten to scale a value by so that the middle to the next number of its precision, `halfGap`
 * away, is a reach of more than 0.5 and less than 5 away.
 *
 * This is how both float writers find the digits. Once scaled, the nearest integer always reads back; and
 * of the multiples of ten at most one does, which then, its zeros taken off, is the shortest text: what has
 * still fewer digits is a multiple of ten, too. For being the only one it is the closest of its length. Of
 * two integers that are equally close the even one is taken, as ECMAScript recommends for Number::toString.
 *
 * Below a power of two the next number is half as far. The powers of two in the range of the fast ways come
 * out right all the same, as the texts found for them are that close; the tests look at each. A text in the
 * very middle reads back where the last bit is 0. The middle has more digits than the value itself where
 * that is no integer, so such a text is never the shortest there.
 *
 * Lost ideas, in million coordinates/s instead of 19 and 14: scaled to one digit more, multiples of 1000,
 * 100 and 10 tried in turn, 10 (float32); 15 digits, one division to check, String() for the others, 5
 * (float64).
 */
function findPower(halfGap: number): number {
  return Math.floor(Math.log10(0.5 / halfGap)) + 1;
}

/** Adding and taking off this turns a number of up to 2^51 into the nearest integer, the even one of two. */
const ROUNDER = 1.5 * 2 ** 52;

// Scratch: written and read again within one call, which is synchronous.
const scratch64 = new Float64Array(1);
const scratch64Words = new Uint32Array(scratch64.buffer);
const scratch32 = new Float32Array(1);
const scratch32Bits = new Uint32Array(scratch32.buffer);

/** By exponent of a double, good from 1e-6 to 2^29: the power of ten to scale by, and the reach it gives. */
const POWER_64 = new Int16Array(2048).map((_, e) => findPower(2 ** (e - 1076)));
const REACH_64 = Float64Array.from(POWER_64, (power, e) => 2 ** (e - 1076) * (TEN[power] ?? Number.NaN));
/** Distances are wrong by less than 10^-14; nearer to the border than this, String() decides. */
const DOUBT_64 = 1e-9;

/**
 * Writes a finite number as String() does: the shortest digits that read back to it, plain from 1e-6 to
 * below 1e21; but without the plus sign in an exponent, which Geomview's reader of OFF does not know, and
 * -0 as `0`. Returns the position after the text, at most {@link NUMBER_TEXT_MAX} bytes on; writes nothing
 * else.
 *
 * From 1e-6 to 2^29 the number is scaled to 16 or 17 digits by 10^8 to 10^22, which are exact, and so is
 * the product, as the sum of two doubles; see {@link findPower}.
 */
export function writeFloat64(value: number, target: Uint8Array, at: number): number {
  let size = value;
  if (value < 0) {
    target[at++] = MINUS;
    size = -value;
  }
  const whole = size | 0;
  if (whole === size) return writeInteger(whole, target, at);
  if (!(size >= 1e-6 && size < 2 ** 29)) return writeFarFloat64(size, target, at);

  scratch64[0] = size;
  const exponent = scratch64Words[HIGH_WORD]! >>> 20;
  const power = POWER_64[exponent]!;
  const reach = REACH_64[exponent]!;
  const scaled = size * TEN[power]!;
  const rest = multiplyRest(size, TEN[power]!, scaled);
  // Where two integers are equally close, the product is even, so the rest alone decides which of them is.
  const restRounded = rest + ROUNDER - ROUNDER;
  const past = rest - restRounded;
  // All but the last eight digits, or one less or more; what is below 0 or too much in `low` is put right.
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

  // No shortest text reaches a whole number: that is a double itself.
  const point = writeInteger(whole, target, at);
  target[point] = POINT;
  const width = power - 8;
  high -= whole * TEN[width]!;
  if (low === 0) return writeTrimmed(high, width, target, point + 1);
  return writeTrimmed(low, 8, target, writePadded(high, width, target, point + 1));
}

function writeFarFloat64(size: number, target: Uint8Array, at: number): number {
  if (size < 2 ** 53 && Math.floor(size) === size) return writeInteger(size, target, at);
  return writeText(String(size), target, at);
}

/**
 * By exponent of a float: half the distance to the next, the power of ten to scale by, and the reach it
 * gives.
 */
const HALF_GAP_32 = Float64Array.from({ length: 256 }, (_, e) => 2 ** (Math.max(e, 1) - 151));
const POWER_32 = Int8Array.from(HALF_GAP_32, findPower);
const UNIT_32 = Float64Array.from(POWER_32, (power) => Number(`1e${power}`));
const REACH_32 = HALF_GAP_32.map((halfGap, e) => halfGap * UNIT_32[e]!);
/** Scaling by what is beyond 10^12 errs by less than 10^-7; closer to a border than this, all is tried. */
const DOUBT_32 = 1e-6;

/**
 * Writes a finite float32 value: the shortest digits that read back to the same float32, the closest of
 * these, laid out as in {@link writeFloat64}; integers below 2^53 with all their digits. A value that is no
 * float32 is written by {@link writeFloat64}. Returns the
 * position after the text, at most {@link NUMBER_TEXT_MAX} bytes on; writes nothing else.
 *
 * From 2^-16 to 2^23 the power of ten is 12 at most, and all is exact: 24 bits of the number, and 25 of the
 * middle to the next, by 28 of 5^12 fit into a double. So a text within reach differs from the middle by
 * more than half the last place of a double, and reads back whether its reader rounds once or by way of a
 * double.
 */
export function writeFloat32(value: number, target: Uint8Array, at: number): number {
  let size = value;
  if (value < 0) {
    target[at++] = MINUS;
    size = -value;
  }
  const whole = size | 0;
  if (whole === size) return writeInteger(whole, target, at);
  if (!(size >= 2 ** -16 && size < 2 ** 23)) return writeFarFloat32(size, target, at);

  scratch32[0] = size;
  // An UPDATE may store a value with more digits: it keeps them.
  if (scratch32[0] !== size) return writeFloat64(size, target, at);
  const exponent = scratch32Bits[0]! >>> 23;
  const power = POWER_32[exponent]!;
  const scaled = size * UNIT_32[exponent]!;
  let digits = ((((scaled + 5) | 0) / 10) | 0) * 10;
  if (!(Math.abs(scaled - digits) < REACH_32[exponent]!)) digits = (scaled + ROUNDER - ROUNDER) | 0;

  // No shortest text reaches a whole number: that is a float itself.
  const point = writeInteger(whole, target, at);
  target[point] = POINT;
  return writeTrimmed(digits - whole * TEN[power]!, power, target, point + 1);
}

/**
 * Writes integers from 2^31, very small and very large floats: the same way, but not certain about borders.
 */
function writeFarFloat32(size: number, target: Uint8Array, at: number): number {
  if (Math.fround(size) !== size) return writeFloat64(size, target, at);
  if (size < 2 ** 53 && Math.floor(size) === size) return writeInteger(size, target, at);
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

/**
 * Writes digits x 10^power, the digits an int32 that does not end in 0, as JavaScript lays such a number
 * out.
 */
function writeDecimal(digits: number, power: number, target: Uint8Array, at: number): number {
  // No layout ends before these digits, one to the right.
  let end = writeInteger(digits, target, at + 1);
  const exponent = end - at - 2 + power;
  if (exponent < 0 && exponent >= -6) {
    target[at] = ZERO;
    target[at + 1] = POINT;
    return writePadded(digits, -power, target, at + 2);
  }
  if (power >= 0 && exponent < 21) {
    end = writeInteger(digits, target, at);
    target.fill(ZERO, end, end + power);
    return end + power;
  }
  target[at] = target[at + 1]!;
  if (digits < 10) end = at + 1;
  else target[at + 1] = POINT;
  target[end++] = LETTER_E;
  if (exponent < 0) target[end++] = MINUS;
  return writeInteger(Math.abs(exponent), target, end);
}

/** The text of any positive float32 value, found by trying, at two microseconds each. */
function findFloat32Text(size: number): string {
  for (let count = 1; count <= 9; count++) {
    const [mantissa, exponent] = size.toExponential(count - 1).split('e') as [string, string];
    const nearest = Number(mantissa.replace('.', ''));
    const power = Number(exponent) - count + 1;
    // Below a power of two the nearest may be out of reach, and the next above within.
    for (const digits of [nearest, nearest + 1]) {
      if (readsBack(digits, power, size)) return String(Number(`${digits}e${power}`));
    }
  }
  throw new RangeError(`${size} is no float32 value`);
}

/**
 * Whether every reader takes digits x 10^power for this float32. One that rounds once and one that goes by
 * way of a double differ where the double, but not the text, is the middle between two floats:
 * 7.038531e-26.
 */
function readsBack(digits: number, power: number, size: number): boolean {
  const double = Number(`${digits}e${power}`);
  if (Math.fround(double) !== size) return false;
  const mirrored = 2 * double - size;
  if (mirrored === size || Math.fround(mirrored) !== mirrored) return true;
  return power >= 0 && BigInt(digits) * 10n ** BigInt(power) === BigInt(double);
}
