/**
 * Finds the tokens of an ASCII PLY body and their lines. Skips, with a warning, comment lines, which the format does not
 * define, and surplus values after a record that fills its line.
 *
 * Every token found is consumed; the reader itself keeps its position within a record.
 */
import type { ByteWindow } from '../../../io/input/byte-window.js';
import type { ReadOptions } from '../../format.js';
import { CR, findLineEnd, HASH, isBlank, isWord, LF, showToken } from '../../shared/text.js';

const COMMENT: Uint8Array = Buffer.from('comment', 'latin1');
/** The first letter of a comment, in any case. */
const LETTER_C = 0x63;

/** The state of a scanner between two tokens, as plain data; see {@link TokenScanner}. */
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
  /** The line of the token last found, or the line where the search continues. */
  line: number;
  /** Whether the token last found is the first of its line. */
  beginsLine = false;
  /** Whether no token of the line has been found yet. */
  private atLineStart = true;
  /** Whether the rest of the line is surplus. */
  private isSurplus = false;
  /** Whether the rest of the line is skipped. */
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

  /** Finds the next token; false if the window holds no complete token, or none is left in the source. */
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

  /** Marks the rest of this line as surplus. */
  endLine(): void {
    this.isSurplus = true;
  }

  /** Whether a token on this line would be its first. */
  get isAtLineStart(): boolean {
    return this.atLineStart;
  }

  /** Whether what follows may be complete lines: the line ends here, or begins here. */
  get canSkipLines(): boolean {
    return !this.isPassing;
  }

  /** Marks the rest of `line` as surplus after records that were found otherwise. */
  endLineAt(line: number): void {
    this.line = line;
    this.beginsLine = false;
    this.atLineStart = false;
    this.isSurplus = true;
  }

  /** Whether the token last found ends with the source, so that it may be truncated. */
  get endsSource(): boolean {
    return this.window.ended && this.to === this.window.end;
  }

  /** Offset in the source of the token last found. */
  get offset(): number {
    return this.window.base + this.from;
  }

  /** Returns the token last found, for messages. */
  show(): string {
    return showToken(this.window.bytes, this.from, this.to);
  }

  private beginLine(): void {
    this.line++;
    this.atLineStart = true;
    this.isSurplus = false;
    this.isPassing = false;
  }

  /** Skips the line with a warning if the token `[from, to)` is a comment or surplus; returns whether it did. */
  private passLine(from: number, to: number): boolean {
    const { bytes } = this.window;
    const { line } = this;
    const token = showToken(bytes, from, to);
    if (!this.atLineStart) {
      const message = `line ${line}: ${token} and the rest of the line after a complete record are skipped`;
      this.options.warn({ kind: 'ply-extra-values', message });
    } else if (bytes[from] === HASH || isWord(COMMENT, bytes, from, to)) {
      const message = `line ${line}: ${token} in the data, which cannot contain comments; the line is skipped`;
      this.options.warn({ kind: 'ply-comment', message });
    } else {
      return false;
    }
    this.isPassing = true;
    return true;
  }
}
