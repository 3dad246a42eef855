/**
 * Shared by the text formats: character classes, tokens for messages, names of parts, and whether bytes are text at all.
 */

import { isUtf8 } from 'node:buffer';
import { FormatError } from '../../errors.js';
import { NAME_BYTES_MAX } from '../../memory.js';
import type { Warning } from '../../mesh.js';
import { escapeControls } from '../../wording.js';

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const BLANK = 0x20;
export const HASH = 0x23;
export const COMMA = 0x2c;

/** 1 for each byte that separates words: space, tab, line ends, vertical tab, form feed. */
export const isBlank = tableOf((byte) => byte === BLANK || (byte >= TAB && byte <= CR));

/** 1 for each byte that ends a word: whitespace, and the # of a comment. */
export const endsToken = tableOf((byte) => isBlank[byte] === 1 || byte === HASH);

const SHOWN_MAX = 40;

function tableOf(test: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (test(byte) ? 1 : 0));
}

/** Returns the bytes as text for a message: at most 40 characters, quoted, control characters escaped. */
export function showToken(bytes: Uint8Array, start: number, end: number): string {
  const cut = Math.min(end, start + SHOWN_MAX);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, cut - start).toString('utf8');
  const safe = escapeControls(text);
  return `'${safe}${cut < end ? '…' : ''}'`;
}

/**
 * Reads the name of a part at `[from, to)`, without surrounding whitespace. Bytes that are not UTF-8 are read as Latin-1,
 * so that different names stay different. A longer name is cut to {@link NAME_BYTES_MAX} bytes, with a warning that calls
 * the part `what` (`a solid`).
 */
export function readName(
  bytes: Uint8Array,
  from: number,
  to: number,
  what: string,
  line: number,
  warn: (warning: Warning) => void,
): string {
  if (to - from > NAME_BYTES_MAX) {
    const message = `line ${line}: the name of ${what} is cut to ${NAME_BYTES_MAX} bytes`;
    warn({ kind: 'name-cut', message });
  }
  let cut = Math.min(to, from + NAME_BYTES_MAX);
  // A cut inside a character would not be UTF-8.
  if (cut < to && isUtf8(bytes.subarray(from, to))) while (isContinuation(bytes[cut]!)) cut--;
  const name = Buffer.from(bytes.buffer, bytes.byteOffset + from, cut - from);
  return name.toString(isUtf8(name) ? 'utf8' : 'latin1').trim();
}

/** Whether a byte continues a UTF-8 character. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Returns where text begins: after a UTF-8 byte order mark, if there is one. */
export function skipByteOrderMark(head: Uint8Array): number {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
}

/** Whether a byte is a control character other than whitespace, which text does not contain. */
export function isControl(byte: number): boolean {
  return byte < BLANK && !(byte >= TAB && byte <= CR);
}

/** The number of first bytes that decide whether a file is text. */
const BEGINNING_BYTES = 1024;

/**
 * Whether bytes begin like text: at most one control character in 32. A text file with a stray control byte is damaged
 * text; binary numbers are full of them. Trailing NUL bytes, as file systems leave them, do not count.
 */
export function looksLikeText(bytes: Uint8Array): boolean {
  return isMostlyText(bytes.subarray(0, BEGINNING_BYTES));
}

/**
 * Throws FormatError if a source that must be text is binary or turns binary within its `head`; `expected` names the text.
 */
export function refuseBinary(head: Uint8Array, expected: string): void {
  if (isMostlyText(head) && looksLikeText(head)) return;
  const control = head.findIndex(isControl);
  const found = `a control character (0x${head[control]!.toString(16).padStart(2, '0')})`;
  throw new FormatError(`binary data, ${found} at byte ${control}; expected ${expected}`, {
    place: { offset: 0 },
  });
}

function isMostlyText(bytes: Uint8Array): boolean {
  let { length } = bytes;
  while (length > 0 && bytes[length - 1] === 0) length--;
  let controls = 0;
  for (let at = 0; at < length; at++) if (isControl(bytes[at]!)) controls++;
  // One control character does not matter in a short text either; only NUL bytes are not text.
  return controls * 32 <= Math.max(length, 64) && (length > 0 || bytes.length === 0);
}

/** Creates the error for a token that should be a finite number; `what` names it (`x of a vertex`). */
export function notANumber(
  bytes: Uint8Array,
  start: number,
  end: number,
  what: string,
  line: number,
): FormatError {
  const token = showToken(bytes, start, end);
  const problem = spellsNotFinite(bytes, start, end) ? 'not finite' : 'not a number';
  const hint = /^'[+-]?\d*,\d+'$/.test(token) ? COMMA_HINT : undefined;
  return new FormatError(`${token} is ${problem}; expected ${what}, a finite number`, {
    place: { line },
    hint,
  });
}

const COMMA_HINT = 'write numbers with a decimal point, not a comma';

/** NaN and infinities as programs write them, and numbers too large for float64. */
const NOT_FINITE = /^[+-]?(nan(\(\w*\))?|inf(inity)?|1\.#\w+|[\d.]+(e[+-]?\d+)?)$/i;

/** Whether a token is an explicit non-finite number rather than a malformed one. */
export function spellsNotFinite(bytes: Uint8Array, start: number, end: number): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(end - start, SHOWN_MAX));
  return NOT_FINITE.test(text.toString('latin1')) && !/\..*\./.test(text.toString('latin1'));
}

/** Whether `[first, at)` is the keyword `expected`, given in lower case, in any case. */
export function isWord(expected: Uint8Array, bytes: Uint8Array, first: number, at: number): boolean {
  if (at - first !== expected.length) return false;
  for (let k = 0; k < expected.length; k++) if ((bytes[first + k]! | 0x20) !== expected[k]) return false;
  return true;
}

/** Returns the first byte from `at` on that is not whitespace, or `end`. */
export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && isBlank[bytes[at]!] === 1) at++;
  return at;
}

/** Returns the end of the last byte of `[start, end)` that is not whitespace, or `start`. */
export function skipBlanksBack(bytes: Uint8Array, start: number, end: number): number {
  while (end > start && isBlank[bytes[end - 1]!] === 1) end--;
  return end;
}

/** Returns the end of the word that begins at `at`. */
export function findTokenEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && endsToken[bytes[at]!] === 0) at++;
  return at;
}

/** Returns the first line end from `at` on, or `end`. */
export function findLineEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== LF && bytes[at] !== CR) at++;
  return at;
}

/** Returns the end of the last complete line in the first `length` bytes, after its LF; 0 if there is none. */
export function findLastLine(bytes: Uint8Array, length: number): number {
  // A start of -1 would search from the end of all bytes.
  return length === 0 ? 0 : bytes.lastIndexOf(LF, length - 1) + 1;
}

/** Whether a byte ends a line. */
export function isLineEnd(byte: number): boolean {
  return byte === LF || byte === CR;
}

/** Counts the line ends in `[from, to)`; CR LF counts once. */
export function countLineEnds(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) count++;
  }
  return count;
}
