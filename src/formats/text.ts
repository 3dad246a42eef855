/**
 * What the text formats share: what a blank is, what a token may be shown as, how a name is read, and whether bytes
 * are text at all.
 */
import { FormatError } from '../errors.js';
import { NAME_BYTES_MAX, type Warning } from '../mesh.js';

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const BLANK = 0x20;
export const HASH = 0x23;
export const COMMA = 0x2c;

/** 1 for each byte that separates words: blank, tab, line ends, vertical tab, form feed. */
export const isBlank = tableOf((byte) => byte === BLANK || (byte >= TAB && byte <= CR));

/** 1 for each byte that a word ends before: blanks, and the # of a comment. */
export const endsToken = tableOf((byte) => isBlank[byte] === 1 || byte === HASH);

const SHOWN_MAX = 40;

function tableOf(test: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (test(byte) ? 1 : 0));
}

/** The bytes as text for a message: at most 40 characters, quoted, control characters as escapes. */
export function showToken(bytes: Uint8Array, start: number, end: number): string {
  const cut = Math.min(end, start + SHOWN_MAX);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, cut - start).toString('utf8');
  const safe = escapeControls(text);
  return `'${safe}${cut < end ? '…' : ''}'`;
}

/** What turns the direction of text round it, so that it reads otherwise than it is. */
const TURNS_TEXT = /\p{Bidi_Control}/u;

/** Text that is safe to print: control characters, those of direction, too, become \\x1b and the like. */
export function escapeControls(text: string): string {
  let safe = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const control = code < 0x20 || (code >= 0x7f && code < 0xa0) || code === 0x2028 || code === 0x2029;
    safe += control || TURNS_TEXT.test(character) ? `\\x${code.toString(16).padStart(2, '0')}` : character;
  }
  return safe;
}

/**
 * The name of a part that stands in `[from, to)`, in UTF-8, blanks at its ends cut. Of a name longer than
 * {@link NAME_BYTES_MAX} that much is kept, with a warning that calls the part `what` (`a solid`).
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
  const cut = Math.min(to, from + NAME_BYTES_MAX);
  return Buffer.from(bytes.subarray(from, cut)).toString('utf8').trim();
}

/** Where text begins: behind a UTF-8 byte order mark, if there is one. */
export function skipByteOrderMark(head: Uint8Array): number {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
}

/** Offset of the first byte that text does not hold (a control character other than blanks), or -1. */
export function findControl(bytes: Uint8Array): number {
  return bytes.findIndex((byte) => byte < BLANK && !(byte >= TAB && byte <= CR));
}

/**
 * Whether bytes are text in the main: at most one control character in 32. A text file with a stray control byte
 * is a damaged text file; numbers in binary are full of them.
 */
export function looksLikeText(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) if (byte < BLANK && !(byte >= TAB && byte <= CR)) controls++;
  return controls * 32 <= bytes.length;
}

/** The error for a token that should be a finite number; `what` says of what (`x of a vertex`). */
export function notANumber(
  bytes: Uint8Array,
  start: number,
  end: number,
  what: string,
  line: number,
): FormatError {
  const token = showToken(bytes, start, end);
  const isNumber = /^'[+-]?(nan|inf|infinity|[\d.]+(e[+-]?\d+)?)'$/i.test(token);
  const problem = isNumber ? 'not finite' : 'not a number';
  return new FormatError(`${token} is ${problem}; expected ${what}, a finite number`, { place: { line } });
}

/** Whether `[first, at)` is a keyword, given in lower case, in any case. */
export function isWord(expected: Uint8Array, bytes: Uint8Array, first: number, at: number): boolean {
  if (at - first !== expected.length) return false;
  for (let k = 0; k < expected.length; k++) if ((bytes[first + k]! | 0x20) !== expected[k]) return false;
  return true;
}

/** The first byte from `at` on that is no blank and no line end, or `end`. */
export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && isBlank[bytes[at]!] === 1) at++;
  return at;
}

/** Where the last byte of `[start, end)` that is no blank and no line end ends, or `start`. */
export function skipBlanksBack(bytes: Uint8Array, start: number, end: number): number {
  while (end > start && isBlank[bytes[end - 1]!] === 1) end--;
  return end;
}

/** Where the word that begins at `at` ends. */
export function findTokenEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && endsToken[bytes[at]!] === 0) at++;
  return at;
}

/** The first line end from `at` on, or `end`. */
export function findLineEnd(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] !== LF && bytes[at] !== CR) at++;
  return at;
}

/** Where the last whole line of the first `length` bytes ends, behind its LF; 0 where there is none. */
export function findLastLine(bytes: Uint8Array, length: number): number {
  // From -1 on would be from the end of all bytes.
  return length === 0 ? 0 : bytes.lastIndexOf(LF, length - 1) + 1;
}

/** Whether a byte ends a line. */
export function isLineEnd(byte: number): boolean {
  return byte === LF || byte === CR;
}

/** The line ends in `[from, to)`; CR and LF together are one. */
export function countLineEnds(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) count++;
  }
  return count;
}
