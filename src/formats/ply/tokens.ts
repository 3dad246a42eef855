/**
 * The tokens of an ASCII PLY body and the lines they stand on. Comment lines, which the format does not have, and
 * surplus values behind a record that fills its line are passed over with a warning.
 *
 * Every token found is taken from the window for good: a reader remembers itself how far it has come in a record.
 */
import type { ByteWindow } from '../../io/input/byte-window.js';
import type { ReadOptions } from '../format.js';
import { CR, findLineEnd, HASH, isBlank, isWord, LF, showToken } from '../shared/text.js';

const COMMENT: Uint8Array = Buffer.from('comment', 'latin1');
/** The first letter of a comment, in any case. */
const LETTER_C = 0x63;

/** Where a scanner is between two tokens, as plain data; see there. */
export interface SavedLine {
  readonly line: number;
  readonly atLineStart: boolean;
  readonly isSurplus: boolean;
  readonly isPassing: boolean;
}

export class TokenScanner {
  /** The token last found: `[from, to)` of the window's bytes. */
  from = 0;
  to = 0;
  /** The line of the token last found, or of where the next one is looked for. */
  line: number;
  /** Whether the token last found is the first of its line. */
  beginsLine = false;
  /** Whether no token of the line has been found yet. */
  private atLineStart = true;
  /** Whether the rest of the line is surplus. */
  private isSurplus = false;
  /** Whether the rest of the line is passed over. */
  private isPassing = false;

  constructor(
    private readonly window: ByteWindow,
    private readonly options: ReadOptions,
    line: number,
  ) {
    this.line = line;
  }

  save(): SavedLine {
    const { line, atLineStart, isSurplus, isPassing } = this;
    return { line, atLineStart, isSurplus, isPassing };
  }

  restore({ line, atLineStart, isSurplus, isPassing }: SavedLine): void {
    this.line = line;
    this.atLineStart = atLineStart;
    this.isSurplus = isSurplus;
    this.isPassing = isPassing;
  }

  /** Finds the next token; false where the window holds no whole one (at the source's end: where there is none). */
  next(): boolean {
    const { window } = this;
    const { bytes, end, ended } = window;
    let at = window.start;
    for (;;) {
      if (this.isPassing) at = findLineEnd(bytes, at, end);
      for (; at < end && isBlank[bytes[at]!] === 1; at++) {
        const byte = bytes[at]!;
        if (byte === LF) {
          this.beginLine();
        } else if (byte === CR) {
          if (at + 1 === end && !ended) break;
          if (at + 1 === end || bytes[at + 1] !== LF) this.beginLine();
        }
      }
      window.start = at;
      if (at === end || isBlank[bytes[at]!] === 1) return false;
      const isStrange = this.atLineStart
        ? bytes[at] === HASH || (bytes[at]! | 0x20) === LETTER_C
        : this.isSurplus;

      const from = at;
      while (at < end && isBlank[bytes[at]!] === 0) at++;
      if (at === end && !ended) return false;
      if (isStrange && this.passLine(from, at)) continue;
      window.start = at;
      this.from = from;
      this.to = at;
      this.beginsLine = this.atLineStart;
      this.atLineStart = false;
      return true;
    }
  }

  /** Declares what may follow on this line to be surplus. */
  endLine(): void {
    this.isSurplus = true;
  }

  /** Whether the token last found ends with the source, so that some of it may be missing. */
  get endsSource(): boolean {
    return this.window.ended && this.to === this.window.end;
  }

  /** Offset in the source of the token last found. */
  get offset(): number {
    return this.window.base + this.from;
  }

  /** The token last found, for messages. */
  show(): string {
    return showToken(this.window.bytes, this.from, this.to);
  }

  private beginLine(): void {
    this.line++;
    this.atLineStart = true;
    this.isSurplus = false;
    this.isPassing = false;
  }

  /** Warns and has the line passed over, if that is what the token `[from, to)` asks for. */
  private passLine(from: number, to: number): boolean {
    const { bytes } = this.window;
    const { line } = this;
    const token = showToken(bytes, from, to);
    if (!this.atLineStart) {
      const message = `line ${line}: ${token} and what follows on the line of a whole record is passed over`;
      this.options.warn({ kind: 'ply-extra-values', message });
    } else if (bytes[from] === HASH || isWord(COMMENT, bytes, from, to)) {
      const message = `line ${line}: ${token} in the data, which has no comments; the line is passed over`;
      this.options.warn({ kind: 'ply-comment', message });
    } else {
      return false;
    }
    this.isPassing = true;
    return true;
  }
}
