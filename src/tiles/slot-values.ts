/**
 * A number for each slot, in a file: the values of a column for the triangles of any node, and their mean below each vertex.
 *
 * Values are 4 bytes each. Every 64 slots, a record has the sum and the number of all values before, so that the mean of any
 * range takes two reads at each end. NaN stands for no value.
 */

import { RandomAccessFile } from '../io/random-access-file.js';

const BLOCK_SLOTS = 64;
const VALUE_BYTES = 4;
const RECORD_BYTES = 16;
/** Slots that are written at a time, a multiple of a block. */
const TURN_SLOTS = 2 ** 14;
/** Values of which the quantiles are found. */
const SAMPLE_MAX = 2 ** 16;
/** The share of values at each end that a scale of colors leaves out. */
const TAIL = 0.02;

/** What is known of all values. */
export interface ValueRange {
  /** The smallest and the largest value; null if there is none. */
  readonly least: number | null;
  readonly greatest: number | null;
  /** The quantiles at 2 % and 98 %, of a sample: what a scale of colors spans. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Packs a color into one value: red, green and blue from 0 to 1, a byte each. */
export function packColor(red: number, green: number, blue: number): number {
  const byteOf = (share: number) => Math.round(255 * Math.min(1, Math.max(0, share)));
  return 65_536 * byteOf(red) + 256 * byteOf(green) + byteOf(blue);
}

/** Writes the values in the order of slots. */
export class SlotValueWriter {
  private readonly file: RandomAccessFile;
  private readonly values = new Float32Array(TURN_SLOTS);
  private readonly records = new Float64Array((2 * TURN_SLOTS) / BLOCK_SLOTS);
  private readonly sample: number[] = [];
  private readonly stride: number;
  private filled = 0;
  private written = 0;
  private sum = 0;
  private count = 0;
  private least = Number.POSITIVE_INFINITY;
  private greatest = Number.NEGATIVE_INFINITY;

  /** Creates the file for values of `slots` slots. Throws FileError. */
  constructor(
    path: string,
    private readonly slots: number,
  ) {
    this.file = RandomAccessFile.open(path, 'create');
    this.stride = Math.max(1, Math.ceil(slots / SAMPLE_MAX));
  }

  /** Returns the size of the file in bytes. */
  static bytesOf(slots: number): number {
    return recordsAt(slots) + RECORD_BYTES * Math.ceil(slots / BLOCK_SLOTS);
  }

  add(value: number): void {
    const slot = this.written + this.filled;
    if (this.filled % BLOCK_SLOTS === 0) {
      const at = (2 * this.filled) / BLOCK_SLOTS;
      this.records[at] = this.sum;
      this.records[at + 1] = this.count;
    }
    const single = Math.fround(value);
    this.values[this.filled++] = single;
    if (Number.isFinite(single)) {
      this.sum += single;
      this.count++;
      if (single < this.least) this.least = single;
      if (single > this.greatest) this.greatest = single;
      if (slot % this.stride === 0) this.sample.push(single);
    }
    if (this.filled === TURN_SLOTS) this.flush();
  }

  /** Completes and closes the file. */
  finish(): ValueRange {
    this.flush();
    this.file.close();
    const { sample, least, greatest, count } = this;
    if (count === 0) return { least: null, greatest: null, low: null, high: null };
    sample.sort((a, b) => a - b);
    const quantile = (share: number) => sample[Math.round(share * (sample.length - 1))];
    return { least, greatest, low: quantile(TAIL) ?? least, high: quantile(1 - TAIL) ?? greatest };
  }

  /** Closes a file that is not completed. */
  close(): void {
    this.file.close();
  }

  private flush(): void {
    const { file, filled, written, slots } = this;
    const records = 2 * Math.ceil(filled / BLOCK_SLOTS);
    file.write(new Uint8Array(this.values.buffer, 0, VALUE_BYTES * filled), VALUE_BYTES * written);
    const at = recordsAt(slots) + (RECORD_BYTES * written) / BLOCK_SLOTS;
    file.write(new Uint8Array(this.records.buffer, 0, 8 * records), at);
    this.written += filled;
    this.filled = 0;
  }
}

/** Reads what {@link SlotValueWriter} has written. */
export class SlotValueReader {
  private readonly file: RandomAccessFile;
  private readonly record = new Float64Array(2);
  private readonly block = new Float32Array(BLOCK_SLOTS);

  constructor(
    path: string,
    private readonly slots: number,
  ) {
    this.file = RandomAccessFile.open(path, 'read');
  }

  /** Returns the values of `count` slots from `first` on. */
  read(first: number, count: number): Float32Array {
    const values = new Float32Array(count);
    this.file.read(new Uint8Array(values.buffer), VALUE_BYTES * first);
    return values;
  }

  /**
   * Returns the mean of the values below each vertex: `slots` has the number of slots of each, consecutive from `first` on.
   * NaN where there is no value.
   */
  means(first: number, slots: Float64Array): Float32Array {
    const means = new Float32Array(slots.length).fill(Number.NaN);
    let end = first;
    let [sum, count] = this.before(first);
    for (let vertex = 0; vertex < slots.length; vertex++) {
      if (slots[vertex] === 0) continue;
      end += slots[vertex]!;
      const [sumUntil, countUntil] = this.before(end);
      if (countUntil > count) means[vertex] = (sumUntil - sum) / (countUntil - count);
      sum = sumUntil;
      count = countUntil;
    }
    return means;
  }

  /** Returns the first value below each vertex, as {@link means} does: labels have no mean. */
  firsts(first: number, slots: Float64Array): Float32Array {
    return this.eachStart(first, slots, 1, (values) => values.find(Number.isFinite) ?? Number.NaN);
  }

  /** Returns the mean of the first packed colors below each vertex, as {@link means} does. */
  blends(first: number, slots: Float64Array): Float32Array {
    return this.eachStart(first, slots, BLOCK_SLOTS, blend);
  }

  close(): void {
    this.file.close();
  }

  /** Makes a value of the first ones below each vertex, at most `most`; NaN below none. */
  private eachStart(
    first: number,
    slots: Float64Array,
    most: number,
    combine: (values: Float32Array) => number,
  ): Float32Array {
    let at = first;
    return Float32Array.from(slots, (count) => {
      if (count === 0) return Number.NaN;
      const values = this.block.subarray(0, Math.min(most, count));
      this.file.read(new Uint8Array(values.buffer, 0, values.byteLength), VALUE_BYTES * at);
      at += count;
      return combine(values);
    });
  }

  /** The sum and the number of all values before a slot. */
  private before(slot: number): [sum: number, count: number] {
    if (slot === 0) return [0, 0];
    // The last block has a record even if the slot is at its end.
    const block = Math.floor((slot - 1) / BLOCK_SLOTS);
    const values = slot - block * BLOCK_SLOTS;
    this.file.read(new Uint8Array(this.record.buffer), recordsAt(this.slots) + RECORD_BYTES * block);
    this.file.read(
      new Uint8Array(this.block.buffer, 0, VALUE_BYTES * values),
      VALUE_BYTES * block * BLOCK_SLOTS,
    );
    let [sum, count] = this.record as unknown as [number, number];
    for (let k = 0; k < values; k++) {
      const value = this.block[k]!;
      if (!Number.isFinite(value)) continue;
      sum += value;
      count++;
    }
    return [sum, count];
  }
}

/** The mean of packed colors; NaN if there is none. */
function blend(values: Float32Array): number {
  let [red, green, blue, count] = [0, 0, 0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    red += (value >> 16) & 255;
    green += (value >> 8) & 255;
    blue += value & 255;
    count++;
  }
  if (count === 0) return Number.NaN;
  return packColor(red / count / 255, green / count / 255, blue / count / 255);
}

/** Where records begin: after all values, aligned. */
function recordsAt(slots: number): number {
  return 8 * Math.ceil((VALUE_BYTES * slots) / 8);
}
