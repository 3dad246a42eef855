/** Columns of a Parquet table: they hold the values of one row group at a time. */

import { Runs } from './runs.js';

/** The type of a column in the schema of the file. */
export interface ColumnType {
  readonly type: 'INT64' | 'DOUBLE' | 'BYTE_ARRAY';
  readonly repetition_type: 'REQUIRED' | 'OPTIONAL';
  readonly converted_type?: 'UTF8';
}

/** The values of a column as its pages have them. */
export interface PageValues {
  /** The values, after the levels that mark NULL if there may be any. */
  readonly bytes: Uint8Array;
  /** The number of NULLs. */
  readonly nulls: number;
  /** The least and the greatest value; undefined if they are not known. */
  readonly bounds: { readonly min: number | bigint; readonly max: number | bigint } | undefined;
  /** The different values, if `bytes` has their numbers. */
  readonly dictionary?: { readonly bytes: Uint8Array; readonly count: number } | undefined;
}

/** A column that is filled row by row, in memory that is reused. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether the row group must end here although it has room for more rows. */
  readonly isFull: boolean;
  /** Returns the values of the row group, of which there is at least one; valid until {@link clear}. */
  values(): PageValues;
  /** Begins the next row group. */
  clear(): void;
}

/** Integers from 0 to 2^53 - 1. */
export class IntegerColumn implements Column {
  readonly type = { type: 'INT64', repetition_type: 'REQUIRED' } as const;
  readonly isFull = false;
  /** Each value as two words, the lower one first. */
  private readonly words: Uint32Array;
  private count = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = 0;

  constructor(
    readonly name: string,
    capacity: number,
  ) {
    this.words = new Uint32Array(2 * capacity);
  }

  /** Adds column `offset` of rows `[from, to)`, which have `width` values each. */
  add(rows: Float64Array, width: number, offset: number, from: number, to: number): void {
    const { words } = this;
    let { min, max } = this;
    let at = 2 * this.count;
    for (let k = width * from + offset; k < width * to; k += width) {
      const value = rows[k]!;
      if (value < min) min = value;
      if (value > max) max = value;
      words[at++] = value;
      words[at++] = value / 2 ** 32;
    }
    this.min = min;
    this.max = max;
    this.count += to - from;
  }

  /** Adds `count` consecutive integers. */
  addRange(first: number, count: number): void {
    const { words } = this;
    let at = 2 * this.count;
    for (let value = first; value < first + count; value++) {
      words[at++] = value;
      words[at++] = value / 2 ** 32;
    }
    this.min = Math.min(this.min, first);
    this.max = Math.max(this.max, first + count - 1);
    this.count += count;
  }

  /** Adds the same integer `count` times. */
  addCopies(value: number, count: number): void {
    const { words } = this;
    const end = 2 * (this.count + count);
    for (let at = 2 * this.count; at < end; ) {
      words[at++] = value;
      words[at++] = value / 2 ** 32;
    }
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
    this.count += count;
  }

  values(): PageValues {
    const bytes = new Uint8Array(this.words.buffer, 0, 8 * this.count);
    const bounds = { min: BigInt(this.min), max: BigInt(this.max) };
    return { bytes, nulls: 0, bounds };
  }

  clear(): void {
    this.count = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = 0;
  }
}

/** Finite numbers. */
export class NumberColumn implements Column {
  readonly type = { type: 'DOUBLE', repetition_type: 'REQUIRED' } as const;
  readonly isFull = false;
  private readonly numbers: Float64Array;
  private count = 0;

  constructor(
    readonly name: string,
    capacity: number,
  ) {
    this.numbers = new Float64Array(capacity);
  }

  /** Adds values in the way of {@link IntegerColumn}. */
  add(rows: Float64Array, width: number, offset: number, from: number, to: number): void {
    const { numbers } = this;
    let at = this.count;
    for (let k = width * from + offset; k < width * to; k += width) numbers[at++] = rows[k]!;
    this.count = at;
  }

  values(): PageValues {
    const { numbers, count } = this;
    const bytes = new Uint8Array(numbers.buffer, 0, 8 * count);
    return { bytes, nulls: 0, bounds: boundsOf(numbers, count) };
  }

  clear(): void {
    this.count = 0;
  }
}

/** Numbers or NULL. */
export class NullableColumn implements Column {
  readonly type = { type: 'DOUBLE', repetition_type: 'OPTIONAL' } as const;
  readonly isFull = false;
  /** The numbers that are not NULL. */
  private readonly numbers: Float64Array;
  /** 1 for a number, 0 for NULL. */
  private readonly levels = new Runs();
  private present = 0;

  constructor(
    readonly name: string,
    capacity: number,
  ) {
    this.numbers = new Float64Array(capacity);
  }

  /**
   * Adds values in the way of {@link IntegerColumn}: NULL for NaN, and if column `key` of the row is NaN, or if there are
   * no rows.
   */
  add(
    rows: Float64Array | undefined,
    width: number,
    offset: number,
    from: number,
    to: number,
    key = offset,
  ): void {
    const { numbers, levels } = this;
    for (let k = width * from; k < width * to; k += width) {
      const isNull = rows === undefined || Number.isNaN(rows[k + key]!) || Number.isNaN(rows[k + offset]!);
      levels.add(isNull ? 0 : 1, 1);
      if (!isNull) numbers[this.present++] = rows[k + offset]!;
    }
  }

  values(): PageValues {
    const { numbers, levels, present } = this;
    const packed = levels.packAfterLength(1);
    const bytes = Buffer.concat([packed, new Uint8Array(numbers.buffer, 0, 8 * present)]);
    return { bytes, nulls: levels.count - present, bounds: boundsOf(numbers, present) };
  }

  clear(): void {
    this.levels.clear();
    this.present = 0;
  }
}

/** The least and the greatest of the first `count` numbers; undefined if there are none. */
function boundsOf(numbers: Float64Array, count: number): PageValues['bounds'] {
  if (count === 0) return undefined;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) {
    const value = numbers[k]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  // As the format demands, bounds of 0 include both zeros.
  return { min: min === 0 ? -0 : min, max: max === 0 ? 0 : max };
}
