/** Columns of a Parquet table: they hold the values of one row group at a time. */
import type { ColumnSource } from 'hyparquet-writer/src/types.js';

/** The most bytes of different texts in a row group: a few thousand of the longest names. */
const TEXT_BYTES = 4 * 2 ** 20;

/** The type of a column in the schema of the file. */
export interface ColumnType {
  readonly type: 'INT64' | 'DOUBLE' | 'BYTE_ARRAY';
  readonly repetition_type: 'REQUIRED' | 'OPTIONAL';
  readonly converted_type?: 'UTF8';
}

/** A column that is filled row by row, in memory that is reused. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether the row group must end here although it has room for more rows. */
  readonly isFull: boolean;
  /** The values of the row group; valid until {@link clear}. */
  source(): Omit<ColumnSource, 'name'>;
  /** Begins the next row group. */
  clear(): void;
}

/** Integers from 0 to 2^53 - 1. */
export class IntegerColumn implements Column {
  readonly type = { type: 'INT64', repetition_type: 'REQUIRED' } as const;
  readonly isFull = false;
  private readonly values: BigInt64Array;
  /** The same memory as pairs of words, the lower one first: making a bigint of each value takes ten times longer. */
  private readonly words: Uint32Array;
  private count = 0;

  /** `hasBounds` adds the least and the greatest value of each row group, by which readers skip it. */
  constructor(
    readonly name: string,
    capacity: number,
    private readonly hasBounds: boolean,
  ) {
    this.values = new BigInt64Array(capacity);
    this.words = new Uint32Array(this.values.buffer);
  }

  /** Adds column `offset` of rows `[from, to)`, which have `width` values each. */
  add(rows: Float64Array, width: number, offset: number, from: number, to: number): void {
    const { words } = this;
    let at = 2 * this.count;
    for (let k = width * from + offset; k < width * to; k += width) {
      const value = rows[k]!;
      words[at++] = value;
      words[at++] = value / 2 ** 32;
    }
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
    this.count += count;
  }

  source(): Omit<ColumnSource, 'name'> {
    const data = this.values.subarray(0, this.count);
    return { data, encoding: 'PLAIN', statistics: this.hasBounds };
  }

  clear(): void {
    this.count = 0;
  }
}

/** Numbers, all present. */
export class NumberColumn implements Column {
  readonly type = { type: 'DOUBLE', repetition_type: 'REQUIRED' } as const;
  readonly isFull = false;
  private readonly values: Float64Array;
  private count = 0;

  constructor(
    readonly name: string,
    capacity: number,
  ) {
    this.values = new Float64Array(capacity);
  }

  /** Adds values in the way of {@link IntegerColumn}. */
  add(rows: Float64Array, width: number, offset: number, from: number, to: number): void {
    const { values } = this;
    let at = this.count;
    for (let k = width * from + offset; k < width * to; k += width) values[at++] = rows[k]!;
    this.count = at;
  }

  source(): Omit<ColumnSource, 'name'> {
    // A dictionary would make -0 and 0 one value.
    return { data: this.values.subarray(0, this.count), encoding: 'PLAIN' };
  }

  clear(): void {
    this.count = 0;
  }
}

/** Numbers or NULL. */
export class NullableColumn implements Column {
  readonly type = { type: 'DOUBLE', repetition_type: 'OPTIONAL' } as const;
  readonly isFull = false;
  private values: (number | null)[] = [];

  constructor(readonly name: string) {}

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
    for (let k = width * from; k < width * to; k += width) {
      const value = rows === undefined || Number.isNaN(rows[k + key]!) ? Number.NaN : rows[k + offset]!;
      this.values.push(Number.isNaN(value) ? null : value);
    }
  }

  source(): Omit<ColumnSource, 'name'> {
    return { data: this.values, encoding: 'PLAIN' };
  }

  clear(): void {
    this.values = [];
  }
}

/** Texts or NULL, each distinct one stored once a row group. */
export class TextColumn implements Column {
  readonly type = { type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' } as const;
  private values: (string | null)[] = [];
  private last: string | undefined;
  private bytes = 0;

  constructor(readonly name: string) {}

  get isFull(): boolean {
    return this.bytes > TEXT_BYTES;
  }

  /** Adds a text `count` times; undefined is NULL. */
  add(text: string | undefined, count: number): void {
    if (text !== undefined && text !== this.last) this.bytes += Buffer.byteLength(text);
    this.last = text;
    for (let k = 0; k < count; k++) this.values.push(text ?? null);
  }

  source(): Omit<ColumnSource, 'name'> {
    const isEmpty = this.values.every((value) => value === null);
    return { data: this.values, encoding: isEmpty ? 'PLAIN' : 'RLE_DICTIONARY' };
  }

  clear(): void {
    this.values = [];
    this.last = undefined;
    this.bytes = 0;
  }
}
