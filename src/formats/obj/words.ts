/**
 * The words of one OBJ statement: to the end of its line, or further where a backslash continues it.
 *
 * A backslash continues a line when nothing but blanks follows it there; it ends the word before it. # begins a
 * comment anywhere but in names, which are the rest of their statement, and a comment is never continued. Works on what the window holds and never
 * waits: each word is consumed as it is found, so a statement may be longer than the window.
 */

import type { ByteWindow } from '../../io/input/byte-window.js';
import { POINT } from '../../io/number-text.js';
import { CR, HASH, isBlank, isLineEnd, LF } from '../shared/text.js';

const BACKSLASH = 0x5c;

/** Why a word or the rest of a statement could not be told yet: the window holds too little. */
const CUT = -2;
const NO_CONTINUATION = -1;

/** 1 for each blank that does not end a line. */
const isGap = isBlank.map((blank, byte) => (isLineEnd(byte) ? 0 : blank));

/** 1 for each byte that may end a word: blanks, the # of a comment, and a backslash that the line's end may follow. */
const mayEndWord = isBlank.map((blank, byte) => (byte === BACKSLASH || byte === HASH ? 1 : blank));

/** 1 for each byte that needs a look where the rest of a statement is passed over, or taken as a name. */
const mayEndRest = isBlank.map((_, byte) => (isLineEnd(byte) || byte === BACKSLASH || byte === HASH ? 1 : 0));
const mayEndName = isBlank.map((_, byte) => (isLineEnd(byte) || byte === BACKSLASH ? 1 : 0));

/** What {@link StatementWords.next} and {@link StatementWords.passRest} came to. */
export type WordStep = 'word' | 'end' | 'more';

/** Finds words in a window and counts the lines they stand on. */
export class StatementWords {
  /** The word last found: `[from, to)` of the window's bytes. */
  from = 0;
  to = 0;
  /** The line of the first byte not yet understood, from 1. */
  line = 1;

  constructor(private readonly window: ByteWindow) {}

  /** Whether the file ends with the word last found, or with the statement: neither has the line end it should. */
  get isAtFileEnd(): boolean {
    const { window } = this;
    return window.ended && window.start === window.end;
  }

  /**
   * Consumes the statement's next word; 'end' leaves the line's end or comment to {@link nextStatement}. On 'more' the
   * window is to be filled and the same asked again.
   */
  next(): WordStep {
    const { window } = this;
    const { bytes, end, ended } = window;
    const at = this.passGap();
    if (at < 0) return 'more';
    window.start = at;
    if (at === end) return ended ? 'end' : 'more';
    const first = bytes[at]!;
    if (first === LF || first === CR || first === HASH) return 'end';

    let to = at;
    for (;;) {
      while (to < end && mayEndWord[bytes[to]!] === 0) to++;
      if (to === end) {
        if (!ended) return 'more';
        break;
      }
      if (bytes[to] === HASH) {
        const isNumber = isMicrosoftNan(bytes, at, to, end, ended);
        if (isNumber === undefined) return 'more';
        if (!isNumber) break;
        to++;
        continue;
      }
      if (bytes[to] !== BACKSLASH) break;
      const after = findContinued(bytes, to, end, ended);
      if (after === CUT) return 'more';
      if (after >= 0) break;
      to++;
    }
    this.from = at;
    this.to = to;
    window.start = to;
    return 'word';
  }

  /**
   * Moves to the first byte of the next statement or comment, over blanks and line ends; 'end' at the end of the file.
   */
  nextStatement(): WordStep {
    const { window } = this;
    const { bytes, end, ended } = window;
    for (;;) {
      const at = this.passGap();
      if (at < 0) return 'more';
      window.start = at;
      if (at === end) return ended ? 'end' : 'more';
      if (bytes[at] === LF) {
        window.start = at + 1;
      } else if (bytes[at] === CR) {
        if (at + 1 === end && !ended) return 'more';
        window.start = at + 1 < end && bytes[at + 1] === LF ? at + 2 : at + 1;
      } else {
        return 'word';
      }
      this.line++;
    }
  }

  /**
   * Consumes the rest of the statement, however long it is, and lends it to `take` as a name, in pieces, with a blank for each
   * end of a continued line. Call it right behind a word.
   */
  passRest(take?: (bytes: Uint8Array, from: number, to: number) => void): WordStep {
    const { window } = this;
    const { bytes, end, ended } = window;
    const mayEnd = take === undefined ? mayEndRest : mayEndName;
    let from = window.start;
    for (let at = from; ; ) {
      while (at < end && mayEnd[bytes[at]!] === 0) at++;
      let after = NO_CONTINUATION;
      if (at < end && bytes[at] === BACKSLASH) {
        after = findContinued(bytes, at, end, ended);
        if (after === NO_CONTINUATION) {
          at++;
          continue;
        }
      }
      take?.(bytes, from, at);
      window.start = at;
      if (after === CUT || (at === end && !ended)) return 'more';
      if (after < 0) return 'end';
      take?.(BLANKS, 0, 1);
      this.line++;
      window.start = at = from = after;
    }
  }

  /** Where the next byte stands that is no blank and continues no line; -1 where more bytes are needed to tell. */
  private passGap(): number {
    const { window } = this;
    const { bytes, end, ended } = window;
    let at = window.start;
    for (;;) {
      while (at < end && isGap[bytes[at]!] === 1) at++;
      if (at === end || bytes[at] !== BACKSLASH) return at;
      const after = findContinued(bytes, at, end, ended);
      if (after === NO_CONTINUATION) return at;
      window.start = at;
      if (after === CUT) return -1;
      this.line++;
      at = after;
    }
  }
}

const BLANKS = Uint8Array.of(0x20);

/** Whether the # at `at` belongs to a number such as 1.#IND that begins at `from`; undefined where more bytes are needed. */
function isMicrosoftNan(
  bytes: Uint8Array,
  from: number,
  at: number,
  end: number,
  ended: boolean,
): boolean | undefined {
  if (at === from || bytes[at - 1] !== POINT) return false;
  if (at + 1 === end) return ended ? false : undefined;
  return /[iqs]/i.test(String.fromCharCode(bytes[at + 1]!));
}

/** Where the line goes on that the backslash at `at` continues, NO_CONTINUATION, or CUT. */
function findContinued(bytes: Uint8Array, at: number, end: number, ended: boolean): number {
  at++;
  while (at < end && isGap[bytes[at]!] === 1) at++;
  if (at === end) return ended ? end : CUT;
  if (bytes[at] === LF) return at + 1;
  if (bytes[at] !== CR) return NO_CONTINUATION;
  if (at + 1 === end) return ended ? end : CUT;
  return bytes[at + 1] === LF ? at + 2 : at + 1;
}
