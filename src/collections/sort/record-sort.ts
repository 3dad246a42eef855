/**
 * Sorts any number of records in fixed memory. A record is `width` words of 32 bits, and its key the 60 bits of the
 * first two. Records with equal keys keep their order.
 *
 * If the records do not fit memory, sorted runs go to a spill file and are merged. The order does not depend on it.
 */

import { type SpillFile, type SpillFiles, STREAM_WORDS, WORD_BYTES } from '../spill-file.js';
import { KeyOrder, ORDER_BYTES } from './key-order.js';
import { RunHeap, RunReader } from './run-heap.js';

/** Records in a block of the result, and in a piece of a run that is written. */
const BLOCK_RECORDS = 4096;
/** The fewest records that a run's reader holds. */
const READ_RECORDS_MIN = 16;

/** Sorted records: `count` times `width` words, valid until the next block is requested. */
export interface RecordBlock {
  readonly words: Int32Array;
  readonly count: number;
}

export class RecordSort {
  /** The number of records. */
  length = 0;
  private readonly capacity: number;
  /** Where {@link add} has records written. */
  records: Int32Array;
  private order: KeyOrder | undefined;
  private held = 0;
  private file: SpillFile | undefined;
  /** Where each run begins in the file, in words. */
  private readonly starts: number[] = [];
  private readonly block: Int32Array;

  /** Uses at most `bytes`, and not much more than `expected` records need. `name` is that of the spill file. */
  constructor(
    private readonly width: number,
    bytes: number,
    expected: number,
    private readonly files: SpillFiles,
    private readonly name: string,
  ) {
    const fitting = Math.floor(bytes / (WORD_BYTES * width + ORDER_BYTES));
    this.capacity = Math.max(READ_RECORDS_MIN, Math.min(fitting, expected));
    this.records = new Int32Array(width * this.capacity);
    this.block = new Int32Array(width * BLOCK_RECORDS);
  }

  /** Returns the bytes of disk for sorting `count` records in memory of `bytes`: 0 if they fit. */
  static bytesOf(width: number, bytes: number, count: number): number {
    const fits = count * (WORD_BYTES * width + ORDER_BYTES) <= bytes;
    return fits ? 0 : WORD_BYTES * width * count;
  }

  /** Adds a record, which the caller writes into `records` from the returned word on. */
  add(): number {
    if (this.held === this.capacity) this.endRun();
    this.length++;
    return this.width * this.held++;
  }

  /** Yields all records in order, once. */
  *sorted(): Generator<RecordBlock> {
    if (this.file === undefined) {
      const order = this.sortHeld();
      for (let done = 0; done < this.held; done += BLOCK_RECORDS) yield this.gather(order, done);
    } else {
      this.endRun();
      this.order = undefined;
      yield* this.merge(this.file);
    }
    this.remove();
  }

  /** Frees the memory and removes the file. */
  remove(): void {
    this.file?.remove();
    this.records = new Int32Array(0);
    this.order = undefined;
    this.held = 0;
  }

  private sortHeld(): Uint32Array {
    this.order ??= new KeyOrder(this.capacity);
    return this.order.sort(this.records, this.held, this.width);
  }

  private gather(order: Uint32Array, from: number): RecordBlock {
    const { records, block, width } = this;
    const count = Math.min(BLOCK_RECORDS, this.held - from);
    for (let k = 0, to = 0; k < count; k++) {
      const at = width * order[from + k]!;
      for (let word = 0; word < width; word++) block[to++] = records[at + word]!;
    }
    return { words: block, count };
  }

  private endRun(): void {
    if (this.held === 0) return;
    this.file ??= this.files.create(this.name, STREAM_WORDS);
    const order = this.sortHeld();
    this.starts.push(this.file.length);
    for (let done = 0; done < this.held; done += BLOCK_RECORDS) {
      const { words, count } = this.gather(order, done);
      this.file.append(words, 0, this.width * count);
    }
    this.held = 0;
  }

  /** Merges the runs, through buffers in the memory of the records. */
  private *merge(file: SpillFile): Generator<RecordBlock> {
    const { starts, width, block } = this;
    const each = Math.max(READ_RECORDS_MIN, Math.floor(this.capacity / starts.length));
    if (each * starts.length > this.capacity) this.records = new Int32Array(width * each * starts.length);
    const readers = starts.map(
      (start, run) =>
        new RunReader(
          file,
          start,
          starts[run + 1] ?? file.length,
          this.records.subarray(width * each * run, width * each * (run + 1)),
          width,
        ),
    );
    const heads = new RunHeap(readers, compareKeys);
    let count = 0;
    for (let first = heads.first(); first !== undefined; first = heads.first()) {
      const { buffer, at } = first;
      const some = heads.countFirst(BLOCK_RECORDS - count);
      for (let word = 0, to = width * count; word < width * some; word++)
        block[to + word] = buffer[at + word]!;
      count += some;
      heads.advance(some);
      if (count < BLOCK_RECORDS) continue;
      yield { words: block, count };
      count = 0;
    }
    if (count > 0) yield { words: block, count };
  }
}

/** Compares the keys of two records, which begin at words of the buffers of runs. */
function compareKeys(a: RunReader, at: number, b: RunReader, from: number): number {
  const high = a.buffer[at]! - b.buffer[from]!;
  return high === 0 ? a.buffer[at + 1]! - b.buffer[from + 1]! : high;
}
