/**
 * Steps through plain text: numbers between spaces and tabs, and line ends. Used to read runs of the usual lines of a format
 * in a fraction of the time that its reader takes for any line.
 *
 * Each step takes the place where it begins and returns where it ends, or {@link NOT_PLAIN}; the next step passes that on.
 * Text that is not plain is left to the reader, which alone decides what it means. A number counts only if another byte
 * follows it: it may be cut off at the end of the bytes.
 */
import { LETTER_E, MINUS, PLUS, POINT, parseNumber, TEN, TEN_MAX, ZERO } from '../../io/number-text.js';
import { BLANK, CR, LF, TAB } from './text.js';

/** The place after text that is not plain. */
export const NOT_PLAIN = -1;
/** After so many attempts in a row that find no plain line, a reader makes no more: its file is of another kind. */
export const MISSES_MAX = 16;

/** Below this value, a 32-bit integer has room for another digit. */
const ROOM_FOR_DIGIT = 1e8;

/** 1 for each byte that a number consists of. */
const isOfNumber = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isDigit = byte >= ZERO && byte <= ZERO + 9;
  return isDigit || byte === POINT || byte === MINUS || byte === PLUS || (byte | 0x20) === LETTER_E ? 1 : 0;
});

/** Moves past any spaces and tabs. */
export function passGap(bytes: Uint8Array, at: number, end: number): number {
  if (at < 0) return NOT_PLAIN;
  while (at < end && (bytes[at] === BLANK || bytes[at] === TAB)) at++;
  return at;
}

/** Moves past spaces and tabs, of which there must be one. */
export function passBlanks(bytes: Uint8Array, at: number, end: number): number {
  const to = passGap(bytes, at, end);
  return to === at ? NOT_PLAIN : to;
}

/** Moves past LF or CR LF. */
export function passLineEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at < 0) return NOT_PLAIN;
  if (at < end && bytes[at] === CR) at++;
  return at < end && bytes[at] === LF ? at + 1 : NOT_PLAIN;
}

/** Whether a line ends at `at`. */
export function isAtLineEnd(bytes: Uint8Array, at: number, end: number): boolean {
  return at >= 0 && at < end && (bytes[at] === LF || bytes[at] === CR);
}

/** Moves past a word, given in lower case, in any case. */
export function passWord(word: Uint8Array, bytes: Uint8Array, at: number, end: number): number {
  const { length } = word;
  if (at < 0 || at + length > end) return NOT_PLAIN;
  for (let k = 0; k < length; k++) if ((bytes[at + k]! | 0x20) !== word[k]) return NOT_PLAIN;
  return at + length;
}

/** Reads an integer of up to nine digits without a sign into `target[index]`. */
export function readInteger(
  bytes: Uint8Array,
  at: number,
  end: number,
  target: Float64Array,
  index: number,
): number {
  if (at < 0) return NOT_PLAIN;
  const start = at;
  let value = 0;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    if (value >= ROOM_FOR_DIGIT) return NOT_PLAIN;
    value = (value * 10 + digit) | 0;
  }
  if (at === start || at === end) return NOT_PLAIN;
  target[index] = value;
  return at;
}

/** Reads a finite number into `target[index]`. Values are returned in an array because V8 would allocate each. */
export function readNumber(
  bytes: Uint8Array,
  at: number,
  end: number,
  target: Float64Array,
  index: number,
): number {
  if (at < 0) return NOT_PLAIN;
  const first = at;
  if (at < end && bytes[at] === MINUS) at++;
  const start = at;
  let value = 0;
  let point = -1;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (value >= ROOM_FOR_DIGIT) return readLong(bytes, first, end, target, index);
      value = (value * 10 + digit) | 0;
    } else if (digit === POINT - ZERO && point < 0) {
      point = at;
    } else {
      break;
    }
  }
  if (at === end) return NOT_PLAIN;
  if (isOfNumber[bytes[at]!] === 1) return readLong(bytes, first, end, target, index);
  const decimals = point < 0 ? 0 : at - point - 1;
  const digits = at - start - (point < 0 ? 0 : 1);
  if (digits === 0 || decimals > TEN_MAX) return NOT_PLAIN;
  // The quotient of two exact doubles.
  const size = value / TEN[decimals]!;
  target[index] = start > first ? -size : size;
  return at;
}

/** Reads a number of more than nine digits, or with an exponent. */
function readLong(bytes: Uint8Array, from: number, end: number, target: Float64Array, index: number): number {
  let to = from;
  while (to < end && isOfNumber[bytes[to]!] === 1) to++;
  if (to === end) return NOT_PLAIN;
  const value = parseNumber(bytes, from, to);
  if (!Number.isFinite(value)) return NOT_PLAIN;
  target[index] = value;
  return to;
}
