/** Columns of a Parquet table: they hold the values of one row group at a time. */

/** The most bytes of different texts in a row group: a few thousand of the longest names. */
const TEXT_BYTES = 4 * 2 ** 20;

/** The type of a column in the schema of the file. */
export interface ColumnType {
  readonly type: 'INT64' | 'DOUBLE' | 'BYTE_ARRAY';
  readonly repetition_type: 'REQUIRED' | 'OPTIONAL';
  readonly converted_type?: 'UTF8';
}

/** The values of a column without NULL as the file has them, and their bounds. */
export interface PlainValues {
  readonly kind: 'plain';
  readonly bytes: Uint8Array;
  readonly min: number | bigint;
  readonly max: number | bigint;
}

/** The values of a column as a list, still to be encoded. */
export interface ListedValues {
  readonly kind: 'listed';
  readonly values: readonly (number | string | null)[];
  readonly encoding: 'PLAIN' | 'RLE_DICTIONARY';
}

/** A column that is filled row by row, in memory that is reused. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether the row group must end here although it has room for more rows. */
  readonly isFull: boolean;
  /** Returns the values of the row group, of which there is at least one; valid until {@link clear}. */
  values(): PlainValues | ListedValues;
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

  values(): PlainValues {
    const bytes = new Uint8Array(this.words.buffer, 0, 8 * this.count);
    return { kind: 'plain', bytes, min: BigInt(this.min), max: BigInt(this.max) };
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

  values(): PlainValues {
    const { numbers, count } = this;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < count; k++) {
      const value = numbers[k]!;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    // As the format demands, bounds of 0 include both zeros.
    if (min === 0) min = -0;
    if (max === 0) max = 0;
    return { kind: 'plain', bytes: new Uint8Array(numbers.buffer, 0, 8 * count), min, max };
  }

  clear(): void {
    this.count = 0;
  }
}

/** Numbers or NULL. */
export class NullableColumn implements Column {
  readonly type = { type: 'DOUBLE', repetition_type: 'OPTIONAL' } as const;
  readonly isFull = false;
  private list: (number | null)[] = [];

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
      this.list.push(Number.isNaN(value) ? null : value);
    }
  }

  values(): ListedValues {
    // A dictionary would make -0 and 0 one value.
    return { kind: 'listed', values: this.list, encoding: 'PLAIN' };
  }

  clear(): void {
    this.list = [];
  }
}

/** Texts or NULL, each distinct one stored once a row group. */
export class TextColumn implements Column {
  readonly type = { type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' } as const;
  private list: (string | null)[] = [];
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
    for (let k = 0; k < count; k++) this.list.push(text ?? null);
  }

  values(): ListedValues {
    const isEmpty = this.list.every((text) => text === null);
    return { kind: 'listed', values: this.list, encoding: isEmpty ? 'PLAIN' : 'RLE_DICTIONARY' };
  }

  clear(): void {
    this.list = [];
    this.last = undefined;
    this.bytes = 0;
  }
}
