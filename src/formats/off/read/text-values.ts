/**
 * Reads the numbers of a text OFF: those that must be finite, those that may be anything that C's printf writes, and the
 * values that follow on the line after the last required number.
 */
import type { FormatError } from '../../../errors.js';
import { parseNumber } from '../../../io/number-text.js';
import { HASH, notANumber, showToken, spellsNotFinite } from '../../shared/text.js';
import type { ScannedBytes, WordScanner } from '../../shared/word-scanner.js';

/** NaN and infinities as programs write them; old Microsoft forms contain a # that begins no comment. */
const NOT_FINITE = /^[+-]?(nan(\(\w*\))?|inf(inity)?|1\.#(ind|inf|qnan|snan))\d*$/i;
const AFTER_HASH = /^#(ind|inf|qnan|snan)\d*/i;
const NOT_FINITE_BYTES = 16;

/** Values kept of one line; a color and texture coordinates are six. */
const TAIL_MAX = 8;

export class TextValues {
  /** The result of {@link readTail}: the first {@link TAIL_MAX} values, and how many there are. */
  readonly tail = new Float64Array(TAIL_MAX);
  tailCount = 0;
  /** The first of them that is not a number. */
  strange: string | undefined;

  constructor(
    private readonly window: ScannedBytes,
    private readonly scanner: WordScanner,
  ) {}

  /** Finds the next number; false if the window holds no complete one. Read it with {@link parse}. */
  next(): boolean {
    const { scanner, window } = this;
    return (
      scanner.next() && (window.bytes[scanner.to] !== HASH || scanner.to === window.end || this.passHash())
    );
  }

  /** Returns the number last found; NaN if it is not a number. */
  parse(): number {
    return parseNumber(this.window.bytes, this.scanner.from, this.scanner.to);
  }

  /** Returns the number last found, accepting NaN and infinities. Throws if it is not a number. */
  parseHarmless(what: string): number {
    const value = this.parse();
    if (Number.isNaN(value) && !this.isNotFinite()) throw this.refuse(what);
    return value;
  }

  /** Reads the rest of the line after the word last found; false if the window does not hold all of it. */
  readTail(): boolean {
    const { scanner } = this;
    this.clearTail();
    for (;;) {
      const follows = scanner.peekLine();
      if (follows !== 'word') return follows === 'end';
      if (!this.next()) return false;
      const value = this.parse();
      this.pushTail(value);
      if (Number.isNaN(value) && !this.isNotFinite()) this.strange ??= this.show();
    }
  }

  /** Reads the next `count` numbers as the tail, on any line; false if the window does not hold all of them. */
  readTailOf(count: number, what: string): boolean {
    this.clearTail();
    for (let k = 0; k < count; k++) {
      if (!this.next()) return false;
      this.pushTail(this.parseHarmless(what));
    }
    return true;
  }

  /** Whether the source ends right after the word last found, so that the word may be truncated. */
  get touchesEnd(): boolean {
    return this.scanner.to === this.window.end;
  }

  private clearTail(): void {
    this.tailCount = 0;
    this.strange = undefined;
  }

  private pushTail(value: number): void {
    if (this.tailCount < TAIL_MAX) this.tail[this.tailCount] = value;
    this.tailCount++;
  }

  /** Creates the error for the word last found, which is not finite or not a number. */
  refuse(what: string): FormatError {
    return notANumber(this.window.bytes, this.scanner.from, this.scanner.to, what, this.scanner.line);
  }

  /** Returns the word last found, for a message. */
  show(): string {
    return showToken(this.window.bytes, this.scanner.from, this.scanner.to);
  }

  /** Whether the number last found is explicitly non-finite, or too large. */
  isNotFinite(): boolean {
    const { from, to } = this.scanner;
    const isShort = to - from <= NOT_FINITE_BYTES && NOT_FINITE.test(this.textOf(from, to));
    return isShort || spellsNotFinite(this.window.bytes, from, to);
  }

  /** Handles a # right after a number: it begins a comment, or is part of Microsoft's NaN, whose end is then found. */
  private passHash(): boolean {
    const { scanner, window } = this;
    const { from, to } = scanner;
    if (!/^[+-]?1\.$/.test(this.textOf(from, Math.min(to, from + NOT_FINITE_BYTES)))) return true;
    const ahead = Math.min(window.end, to + NOT_FINITE_BYTES);
    if (ahead === window.end && !window.ended) return false;
    scanner.to += AFTER_HASH.exec(this.textOf(to, ahead))?.[0].length ?? 0;
    return true;
  }

  private textOf(from: number, to: number): string {
    return Buffer.from(this.window.bytes.subarray(from, to)).toString('latin1');
  }
}
