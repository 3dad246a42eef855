/** The current statement: its words, its start, and its errors and warnings. Independent of keywords. */
import { FormatError, TRUNCATED } from '../../errors.js';
import type { ByteWindow } from '../../io/input/byte-window.js';
import type { ReadOptions } from '../format.js';
import { showToken } from '../shared/text.js';
import { StatementWords } from './words.js';

/** State shared by the readers of vertices and faces; one instance for the complete file. */
export class Statement {
  readonly words: StatementWords;
  /** Where the statement begins: line from 1, and offset in the source. */
  line = 1;
  offset = 0;

  constructor(
    readonly window: ByteWindow,
    readonly options: ReadOptions,
  ) {
    this.words = new StatementWords(window);
  }

  /** Begins a statement with the first word in the window. */
  begin(): void {
    this.line = this.words.line;
    this.offset = this.window.offset;
  }

  /** Returns the word last found, for a message. */
  showWord(): string {
    return showToken(this.window.bytes, this.words.from, this.words.to);
  }

  /** Warns of a recoverable problem. */
  warn(kind: string, message: string): void {
    this.options.warn({ kind, message: `line ${this.line}: ${message}` });
  }

  /** Creates the error for a problem that truncation does not explain. */
  error(problem: string, hint?: string): FormatError {
    return new FormatError(problem, { place: { line: this.line }, hint });
  }

  /**
   * Throws for a statement whose last word is wrong or missing. If the file ends in it, the file is truncated, and
   * `salvage` skips the statement with a warning instead.
   */
  refuse(problem: string, hint?: string): void {
    if (!this.words.isAtFileEnd) throw this.error(problem, hint);
    const truncated = `truncated, the last line is incomplete: ${problem}`;
    if (!this.options.salvage) {
      throw new FormatError(truncated, {
        place: { line: this.line },
        ...TRUNCATED,
      });
    }
    this.warn('salvaged', `${truncated}; everything before it was read`);
  }
}
