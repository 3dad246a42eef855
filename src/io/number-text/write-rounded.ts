/** Floats with fewer digits than their shortest exact text. */
import type { Precision } from '../../mesh.js';
import { LETTER_E, MINUS, multiplyRest, POINT, TEN, ZERO } from './exact.js';
import { writeFloat32, writeFloat64 } from './write-float.js';
import {
  type NumberWriter,
  writeDecimals,
  writePadded,
  writeText,
  writeTrimmed,
  writeWhole,
} from './write-integer.js';

/** The most significant digits that any number needs. */
export const DIGITS_MAX = 17;

/** Texts of this many digits read back to themselves, so rounding to them never lengthens the shortest text. */
const SAFE_DIGITS = { float32: 6, float64: 15 } as const;

/** Scaled to more digits than this, a number has no bit left for one half. */
const SCALED_DIGITS_MAX = 15;

/**
 * Makes a writer of finite numbers of a precision with at most `digits` significant digits, 1 to {@link DIGITS_MAX}. It
 * drops trailing zeros, uses the layout of {@link writeFloat64}, and never writes more than the shortest exact text.
 * The exact value is rounded, half away from zero: the digits are those of toPrecision().
 */
export function makeRoundedWriter(precision: Precision, digits: number): NumberWriter {
  const writeExact = precision === 'float32' ? writeFloat32 : writeFloat64;
  const isSafe = digits <= SAFE_DIGITS[precision];
  return (values, k, target, at) => {
    const value = values[k]!;
    const isNear = isNearOne(Math.abs(value));
    if (!isSafe || !isNear) {
      const end = writeExact(values, k, target, at);
      if (countDigits(target, at, end) <= digits) return end;
    }
    if (isNear && digits <= SCALED_DIGITS_MAX) {
      const end = writeScaled(values, k, digits, target, at);
      if (end > at) return end;
    }
    return writeText(String(Number(value.toPrecision(digits))), target, at);
  };
}

/** Whether a size is laid out without an exponent and can be scaled by an exact power of ten. */
function isNearOne(size: number): boolean {
  return size >= 1e-6 && size < 2 ** 29;
}

/** The powers of ten from 10^-6 to 10^9, each the nearest double; 10^0 has index 6. */
const POWERS = Float64Array.from({ length: 16 }, (_, k) => Number(`1e${k - 6}`));

/**
 * Writes a number of that range rounded to `digits` digits, at most 15; writes nothing and returns `at` if it has more
 * digits before the point.
 *
 * The power of ten to scale by is at most 20 and exact, and so is the product as the sum of two doubles. The first is
 * below 10^15, so its distance from an integer is exact too, and the second counts only if that distance is one half. A
 * number next to a power of ten may be taken for the next size: it is rounded to that power either way.
 *
 * Lost idea: toPrecision() for all; `npm run bench -- --only numbers` compares it.
 */
function writeScaled(
  values: Float64Array,
  k: number,
  digits: number,
  target: DataView,
  start: number,
): number {
  const value = values[k]!;
  let at = start;
  const size = Math.abs(value);
  let exponent = 0;
  while (size >= POWERS[exponent + 7]!) exponent++;
  while (size < POWERS[exponent + 6]!) exponent--;
  const power = digits - 1 - exponent;
  if (power < 0) return at;
  const ten = TEN[power]!;
  const scaled = size * ten;
  let number = Math.floor(scaled);
  const past = scaled - number;
  if (past > 0.5 || (past === 0.5 && multiplyRest(size, ten, scaled) >= 0)) number++;

  if (value < 0) target.setUint8(at++, MINUS);
  const whole = Math.floor(number / ten);
  const point = writeWhole(whole, target, at);
  const decimals = number - whole * ten;
  if (decimals === 0) return point;
  target.setUint8(point, POINT);
  if (power <= 8) return writeDecimals(decimals, power, target, point + 1);
  const high = Math.floor(decimals / 1e8);
  const low = decimals - high * 1e8;
  if (low === 0) return writeTrimmed(high, power - 8, target, point + 1);
  return writeDecimals(low, 8, target, writePadded(high, power - 8, target, point + 1));
}

/** Counts the significant digits of a number's text, from the first to the last that is not 0. */
function countDigits(text: DataView, start: number, end: number): number {
  let count = 0;
  let zeros = 0;
  for (let at = start; at < end; at++) {
    const byte = text.getUint8(at);
    if (byte === LETTER_E) break;
    if (byte > ZERO) {
      count += zeros + 1;
      zeros = 0;
    } else if (byte === ZERO && count > 0) {
      zeros++;
    }
  }
  return count;
}
