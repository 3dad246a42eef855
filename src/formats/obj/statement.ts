/**
 * The statement being read: its words, where it begins, and how to complain of it. Knows no keyword.
 */
import { FormatError, TRUNCATED } from '../../errors.js';
import type { ByteWindow } from '../../io/input/byte-window.js';
import type { ReadOptions } from '../format.js';
import { showToken } from '../shared/text.js';
import { StatementWords } from './words.js';

/** What the readers of vertices and faces share; one for the whole file. */
export class Statement {
  readonly words: StatementWords;
  /** Where it begins: line from 1, and offset in the source. */
  line = 1;
  offset = 0;

  constructor(
    readonly window: ByteWindow,
    readonly options: ReadOptions,
  ) {
    this.words = new StatementWords(window);
  }

  /** Begins a statement with the word that stands first in the window. */
  begin(): void {
    this.line = this.words.line;
    this.offset = this.window.offset;
  }

  /** The word last found, for a message. */
  showWord(): string {
    return showToken(this.window.bytes, this.words.from, this.words.to);
  }

  /** Tells of something that is put up with. */
  warn(kind: string, message: string): void {
    this.options.warn({ kind, message: `line ${this.line}: ${message}` });
  }

  /** The error for something that no cut explains. */
  error(problem: string, hint?: string): FormatError {
    return new FormatError(problem, { place: { line: this.line }, hint });
  }

  /**
   * Throws for a statement whose last word is wrong or missing. Where the file ends in it, it is truncated: then
   * `salvage` leaves the statement out with a warning instead.
   */
  refuse(problem: string, hint?: string): void {
    if (!this.words.isAtFileEnd) throw this.error(problem, hint);
    const truncated = `truncated, the last line has no end: ${problem}`;
    if (!this.options.salvage) {
      throw new FormatError(truncated, {
        place: { line: this.line },
        ...TRUNCATED,
      });
    }
    this.warn('salvaged', `${truncated}; what is before it was read`);
  }
}
