/**
 * Finds the words of one OBJ statement: to the end of its line, or further if a backslash continues it.
 *
 * A backslash continues a line if only whitespace follows it there; it ends the word before it. # begins a comment anywhere
 * but in names, which are the rest of their statement; a comment is never continued. Works on what the window holds and
 * never waits. Each word is consumed when found, so a statement may be longer than the window.
 */

import type { ByteWindow } from '../../io/input/byte-window.js';
import { POINT } from '../../io/number-text.js';
import { CR, HASH, isBlank, isLineEnd, LF } from '../shared/text.js';

const BACKSLASH = 0x5c;

/** Result if the window holds too little to decide. */
const CUT = -2;
const NO_CONTINUATION = -1;

/** 1 for each whitespace byte that does not end a line. */
const isGap = isBlank.map((blank, byte) => (isLineEnd(byte) ? 0 : blank));

/** 1 for each byte that may end a word: whitespace, the # of a comment, and a backslash before a line end. */
const mayEndWord = isBlank.map((blank, byte) => (byte === BACKSLASH || byte === HASH ? 1 : blank));

/** 1 for each byte that may end the rest of a statement while it is skipped, or read as a name. */
const mayEndRest = isBlank.map((_, byte) => (isLineEnd(byte) || byte === BACKSLASH || byte === HASH ? 1 : 0));
const mayEndName = isBlank.map((_, byte) => (isLineEnd(byte) || byte === BACKSLASH ? 1 : 0));

/** The result of {@link StatementWords.next} and {@link StatementWords.passRest}. */
export type WordStep = 'word' | 'end' | 'more';

/** Finds words in a window and counts lines. */
export class StatementWords {
  /** The word last found: `[from, to)` of the window's bytes. */
  from = 0;
  to = 0;
  /** The line of the first byte not yet parsed, from 1. */
  line = 1;

  constructor(private readonly window: ByteWindow) {}

  /** Whether the file ends right after the word last found or the statement, without the line end. */
  get isAtFileEnd(): boolean {
    const { window } = this;
    return window.ended && window.start === window.end;
  }

  /**
   * Consumes the next word of the statement. 'end' leaves the line end or comment to {@link nextStatement}. On 'more', fill
   * the window and call again.
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
   * Moves to the first byte of the next statement or comment, past whitespace and line ends; 'end' at the end of the file.
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
   * Consumes the rest of the statement, however long it is, and passes it to `take` as a name in pieces, with a space for
   * each continued line end. Call it right after a word.
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

  /** Returns the next byte that is not whitespace or a continuation; -1 if more bytes are needed. */
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

/** Whether the # at `at` belongs to a number such as 1.#IND that begins at `from`; undefined if more bytes are needed. */
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

/** Returns where the line continued by the backslash at `at` resumes, or NO_CONTINUATION, or CUT. */
function findContinued(bytes: Uint8Array, at: number, end: number, ended: boolean): number {
  at++;
  while (at < end && isGap[bytes[at]!] === 1) at++;
  if (at === end) return ended ? end : CUT;
  if (bytes[at] === LF) return at + 1;
  if (bytes[at] !== CR) return NO_CONTINUATION;
  if (at + 1 === end) return ended ? end : CUT;
  return bytes[at + 1] === LF ? at + 2 : at + 1;
}
