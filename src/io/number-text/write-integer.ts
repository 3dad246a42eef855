/** Integers as decimal text, four digits at a time. */
import { PLUS } from './exact.js';

/**
 * Writes the number at `values[k]` as text into `target` at `at` and returns the position after it. It may touch up to
 * {@link NUMBER_TEXT_MAX} bytes from `at` on, some of them beyond the text.
 *
 * It takes an array, because a float that is passed to a function needs an object of its own: 150 MB of garbage in each
 * thread of an export of 10 M triangles.
 */
export type NumberWriter = (values: Float64Array, k: number, target: DataView, at: number) => number;

/** The most bytes that one call of a writer touches: the longest text, `-0.0000012345678901234567`, and three more. */
export const NUMBER_TEXT_MAX = 25 + 3;

/**
 * The digits of 0000 to 9999, four bytes each, the first digit in the lowest byte. A DataView stores them at once; four
 * stores of a byte took about three times as long.
 */
const GROUPS = new Uint32Array(10_000);
/** How many digits each group has without leading zeros, and these digits; 0 has one. */
const LEADING = new Uint8Array(10_000);
const FIRST_GROUPS = new Uint32Array(10_000);
/** How many digits each group has without trailing zeros; 0 has none. */
const TRAILING = new Uint8Array(10_000);

// Each process and thread fills them when it starts, before anything is optimized: few steps a group.
const pairs = Uint16Array.from({ length: 100 }, (_, pair) => 0x3030 + ((pair / 10) | 0) + ((pair % 10) << 8));
for (let high = 0; high < 100; high++) {
  for (let low = 0; low < 100; low++) GROUPS[100 * high + low] = pairs[high]! + (pairs[low]! << 16);
}
FIRST_GROUPS.set(GROUPS);
LEADING.fill(4);
TRAILING.fill(4);
for (const [digits, end] of [
  [3, 1000],
  [2, 100],
  [1, 10],
] as const) {
  LEADING.fill(digits, 0, end);
  for (let group = 0; group < 10_000; group += 10_000 / end) TRAILING[group] = digits;
}
for (let group = 0; group < 1000; group++) FIRST_GROUPS[group]! >>>= 8 * (4 - LEADING[group]!);
TRAILING[0] = 0;

/** Writes a number below 10,000 without leading zeros; returns the position after it. */
function writeFirstGroup(group: number, target: DataView, at: number): number {
  target.setUint32(at, FIRST_GROUPS[group]!, true);
  return at + LEADING[group]!;
}

/** Writes an integer from 0 to 2^53 - 1 like a {@link NumberWriter}. */
export function writeInteger(values: Float64Array, k: number, target: DataView, at: number): number {
  const value = values[k]!;
  const number = value | 0;
  return number === value ? writeInt32(number, target, at) : writeWhole(value, target, at);
}

/** Writes an integer from 0 to 2^31 - 1 like a {@link NumberWriter}. */
export function writeInt32(number: number, target: DataView, at: number): number {
  if (number < 10_000) return writeFirstGroup(number, target, at);
  if (number < 100_000_000) {
    const high = (number / 10_000) | 0;
    const end = writeFirstGroup(high, target, at);
    target.setUint32(end, GROUPS[number - Math.imul(high, 10_000)]!, true);
    return end + 4;
  }
  const high = (number / 100_000_000) | 0;
  const end = writeFirstGroup(high, target, at);
  return writePadded(number - Math.imul(high, 100_000_000), 8, target, end);
}

/** Writes an integer from 0 to 2^53 - 1, given as a number, like a {@link NumberWriter}. */
export function writeWhole(value: number, target: DataView, at: number): number {
  if (value < 2 ** 31) return writeInt32(value | 0, target, at);
  const high = Math.floor(value / 100_000_000);
  return writePadded((value - high * 100_000_000) | 0, 8, target, writeInt32(high, target, at));
}

/** Writes an int32 below 10^width with leading zeros, `width` digits in all and nothing else; returns the position after it. */
export function writePadded(number: number, width: number, target: DataView, at: number): number {
  let rest = number;
  let left = width;
  for (; left >= 4; left -= 4) {
    const high = (rest / 10_000) | 0;
    target.setUint32(at + left - 4, GROUPS[rest - Math.imul(high, 10_000)]!, true);
    rest = high;
  }
  if (left > 0) {
    const digits = GROUPS[rest]!;
    target.setUint8(at + left - 1, digits >>> 24);
    if (left > 1) target.setUint8(at + left - 2, digits >>> 16);
    if (left > 2) target.setUint8(at, digits >>> 8);
  }
  return at + width;
}

/** Writes an int32 other than 0 like {@link writePadded}, but without trailing zeros. */
export function writeTrimmed(number: number, width: number, target: DataView, at: number): number {
  let rest = number;
  let left = width;
  for (let high = (rest / 10_000) | 0; high * 10_000 === rest; high = (rest / 10_000) | 0) {
    rest = high;
    left -= 4;
  }
  for (let high = (rest / 10) | 0; high * 10 === rest; high = (rest / 10) | 0) {
    rest = high;
    left--;
  }
  return writePadded(rest, left, target, at);
}

/** The most digits of {@link writeDecimals}. */
const DECIMALS_MAX = 12;

/** By number of digits: the power of ten that fills the last group, and the one that separates it from those before. */
const FILLING = Int32Array.from(
  { length: DECIMALS_MAX + 1 },
  (_, width) => 10 ** ((DECIMALS_MAX - width) % 4),
);
const DIVIDING = Int32Array.from({ length: DECIMALS_MAX + 1 }, (_, width) =>
  width > 8 ? 10 ** (width - 4) : 1,
);

/**
 * Writes an int32 other than 0 like {@link writeTrimmed}, with at most {@link DECIMALS_MAX} digits, and up to three bytes
 * beyond them. Without loops, float32 coordinates take two thirds of the time.
 */
export function writeDecimals(number: number, width: number, target: DataView, start: number): number {
  let at = start;
  let rest = number;
  if (width <= 4) {
    const group = Math.imul(rest, FILLING[width]!);
    target.setUint32(at, GROUPS[group]!, true);
    return at + TRAILING[group]!;
  }
  if (width > 8) {
    const group = (rest / DIVIDING[width]!) | 0;
    target.setUint32(at, GROUPS[group]!, true);
    rest -= Math.imul(group, DIVIDING[width]!);
    if (rest === 0) return at + TRAILING[group]!;
    at += 4;
  }
  rest = Math.imul(rest, FILLING[width]!);
  const high = (rest / 10_000) | 0;
  const low = rest - Math.imul(high, 10_000);
  target.setUint32(at, GROUPS[high]!, true);
  if (low === 0) return at + TRAILING[high]!;
  target.setUint32(at + 4, GROUPS[low]!, true);
  return at + 4 + TRAILING[low]!;
}

/** Writes ASCII text without its plus signs. */
export function writeText(text: string, target: DataView, at: number): number {
  let end = at;
  for (let k = 0; k < text.length; k++) {
    const byte = text.charCodeAt(k);
    if (byte !== PLUS) target.setUint8(end++, byte);
  }
  return end;
}
