/** Judges whether programs with float32 positions keep what a file writes. */
import { parseNumber } from '../io/number-text.js';

/** Digits below this, ignoring the decimal point, survive a float32 (up to six significant digits, FLT_DIG). */
export const SAFE_MAX = 1e6;

const NUMBER = /^[+-]?(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;

/** Half a unit, with tolerance for ties. */
const HALF = 0.5000001;

/** The effect of float32 on a number. */
export type Float32Fate = 'kept' | 'rounded' | 'out';

/**
 * Judges the number whose text is `bytes[from, to)`: `kept` if the float32, written with as many digits, is the same
 * number. A file of float32 values in their shortest form is kept, although the float64 of the same text differs from the
 * float32.
 */
export function judgeFloat32(bytes: Uint8Array, from: number, to: number): Float32Fate {
  const value = parseNumber(bytes, from, to);
  const single = Math.fround(value);
  if (single === value) return 'kept';
  if (!Number.isFinite(single)) return 'out';
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const digits = whole + fraction;
  const lastDigit = digits.length - digits.replace(/(?<!0)0+$/, '').length;
  const unit = 10 ** (Number(exponent) - fraction.length + lastDigit);
  return Math.abs(value - single) > HALF * unit ? 'rounded' : 'kept';
}

/** Judges a positive number of up to 15 digits: `digits` / `ten`, a power of ten up to 10^22. */
export function judgeDecimal(digits: number, ten: number): Float32Fate {
  const value = digits / ten;
  const single = Math.fround(value);
  if (single === value) return 'kept';
  let unit = 1;
  while (digits % (10 * unit) === 0) unit *= 10;
  return Math.abs(value - single) * ten > HALF * unit ? 'rounded' : 'kept';
}
