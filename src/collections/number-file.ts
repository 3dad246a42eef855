/** A spill file of integers from 0 to 2^53 - 1: four bytes each up to the first that needs more, then eight. */

import { HIGH, type SpillFile } from './spill-file.js';

/** Words assembled at a time. */
const SCRATCH_WORDS = 8192;

/** The saved state of a number file; `wideFrom` is null while all numbers are narrow. */
export interface SavedNumbers {
  readonly length: number;
  readonly wideFrom: number | null;
}

export class NumberFile {
  /** Numbers written so far. */
  length = 0;
  /** The first number that takes two words. */
  wideFrom = Number.POSITIVE_INFINITY;
  private readonly scratch = new Int32Array(SCRATCH_WORDS);

  constructor(readonly file: SpillFile) {}

  /** Returns the state that resumes the file as it is, as plain data. */
  save(): SavedNumbers {
    const { length, wideFrom } = this;
    return { length, wideFrom: wideFrom === Number.POSITIVE_INFINITY ? null : wideFrom };
  }

  /** Resumes a saved file. */
  restore({ length, wideFrom }: SavedNumbers): void {
    this.length = length;
    this.wideFrom = wideFrom ?? Number.POSITIVE_INFINITY;
  }

  /** Appends the first `count` of `values`. */
  append(values: ArrayLike<number>, count: number): void {
    const { scratch, file } = this;
    let filled = 0;
    for (let k = 0; k < count; k++) {
      const value = values[k]!;
      if (filled + 2 > SCRATCH_WORDS) {
        file.append(scratch, 0, filled);
        filled = 0;
      }
      if (value >= HIGH && this.wideFrom === Number.POSITIVE_INFINITY) this.wideFrom = this.length + k;
      // This keeps the lowest 32 bits.
      scratch[filled++] = value;
      if (this.length + k >= this.wideFrom) scratch[filled++] = Math.floor(value / HIGH);
    }
    file.append(scratch, 0, filled);
    this.length += count;
  }
}

/** Reads a number file from its beginning, through its own buffer. */
export class NumberReader {
  private readonly buffer: Int32Array;
  private at = 0;
  private end = 0;
  private position = 0;
  /** Numbers read so far. */
  private index = 0;

  constructor(
    private readonly numbers: NumberFile,
    bufferWords: number,
  ) {
    this.buffer = new Int32Array(2 * Math.ceil(bufferWords / 2));
  }

  /** Reads the next `count` numbers, which must exist, into `target`. */
  read(target: Float64Array, count: number): void {
    const { buffer } = this;
    let k = 0;
    const narrow = Math.min(count, this.numbers.wideFrom - this.index);
    while (k < narrow) {
      if (this.at === this.end) this.refill();
      const stop = Math.min(narrow, k + this.end - this.at);
      for (; k < stop; k++) target[k] = buffer[this.at++]! >>> 0;
    }
    for (; k < count; k++) {
      const low = this.nextWord() >>> 0;
      target[k] = low + HIGH * this.nextWord();
    }
    this.index += count;
  }

  private nextWord(): number {
    if (this.at === this.end) this.refill();
    return this.buffer[this.at++]!;
  }

  private refill(): void {
    this.end = this.numbers.file.read(this.buffer, this.position);
    if (this.end === 0)
      throw new RangeError(`${this.numbers.length} numbers were written; more are asked for`);
    this.position += this.end;
    this.at = 0;
  }
}
