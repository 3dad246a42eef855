/** Tallies how colors are written: with or without decimal points, as whole numbers or fractions, with how many numbers. */
import { type ColorFacts, Tally } from './facts.js';

/** The forms of a word as a number, as bit flags. */
export const FORM = { point: 1, exponent: 2, plus: 4, notFinite: 8 } as const;

/** The maximum number of words kept of a line. */
const WORDS_MAX = 16;

/** The words of a line, or of its rest: the first {@link WORDS_MAX} of `count`. */
export class Words {
  count = 0;
  readonly values = new Float64Array(WORDS_MAX);
  /** The {@link FORM} flags of each word. */
  readonly forms = new Uint8Array(WORDS_MAX);

  push(value: number, form: number): void {
    if (this.count < WORDS_MAX) {
      this.values[this.count] = value;
      this.forms[this.count] = form;
    }
    this.count++;
  }

  /** Counts the words with a decimal point. */
  countPoints(): number {
    let points = 0;
    for (let k = 0; k < Math.min(this.count, WORDS_MAX); k++)
      if ((this.forms[k]! & FORM.point) !== 0) points++;
    return points;
  }
}

export class ColorTally implements ColorFacts {
  count = 0;
  readonly one = new Tally();
  readonly three = new Tally();
  readonly four = new Tally();
  readonly other = new Tally();
  scale = 1;
  readonly redPointed = new Tally();
  readonly redPlain = new Tally();
  readonly anyPointed = new Tally();
  readonly anyPlain = new Tally();
  readonly whole = new Tally();
  readonly fractions = new Tally();
  readonly dim = new Tally();
  readonly translucent = new Tally();

  /** Counts the color in `count` words from index `at` on, on this line. */
  take({ values, forms }: Words, at: number, count: number, line: number): void {
    this.count++;
    if (count !== 3 && count !== 4) {
      (count === 1 ? this.one : this.other).see(line);
      return;
    }
    (count === 3 ? this.three : this.four).see(line);
    if (count === 4 && values[at + 3] !== 1 && values[at + 3] !== 255) this.translucent.see(line);
    let isBlack = true;
    let isWhole = true;
    let isDim = true;
    let pointed = false;
    let plain = false;
    for (let k = at; k < at + 3; k++) {
      const value = values[k]!;
      if (value > 0) {
        isBlack = false;
        if ((forms[k]! & FORM.point) !== 0) pointed = true;
        else plain = true;
      }
      if (!Number.isInteger(value)) isWhole = false;
      if (!(value <= 1)) isDim = false;
    }
    if (isBlack) return;
    ((forms[at]! & FORM.point) !== 0 ? this.redPointed : this.redPlain).see(line);
    if (pointed) this.anyPointed.see(line);
    if (plain) this.anyPlain.see(line);
    (isWhole ? this.whole : this.fractions).see(line);
    if (isDim) this.dim.see(line);
  }
}
