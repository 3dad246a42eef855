/**
 * Sorts any number of records in fixed memory. A record is `width` words of 32 bits, and its key the 60 bits of the
 * first two. Records with equal keys keep their order.
 *
 * If the records do not fit memory, sorted runs go to a spill file and are merged. The order does not depend on it.
 */

import { KeyOrder, ORDER_BYTES } from './key-order.js';
import { type SpillFile, type SpillFiles, STREAM_WORDS, WORD_BYTES } from './spill-file.js';

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
    const heads = new RunHeap(readers, width);
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

/** Reads the records of one run in sequence. */
class RunReader {
  /** Where the current record begins in `buffer`. */
  at = 0;
  private end = 0;

  constructor(
    private readonly file: SpillFile,
    private position: number,
    private readonly stop: number,
    readonly buffer: Int32Array,
    private readonly width: number,
  ) {
    this.refill();
  }

  /** Whether there is no current record. */
  get done(): boolean {
    return this.at === this.end;
  }

  /** Words in the buffer from the current record on. */
  get held(): number {
    return this.end - this.at;
  }

  /** Passes records that are in the buffer. */
  pass(count: number): void {
    this.at += this.width * count;
    if (this.at === this.end) this.refill();
  }

  private refill(): void {
    const words = Math.min(this.buffer.length, this.stop - this.position);
    this.end = words === 0 ? 0 : this.file.read(this.buffer.subarray(0, words), this.position);
    this.position += this.end;
    this.at = 0;
  }
}

/** A heap of runs by their current records. Of equal keys, the one of the earlier run comes first. */
class RunHeap {
  private readonly heap: number[];

  constructor(
    private readonly readers: readonly RunReader[],
    private readonly width: number,
  ) {
    this.heap = readers.map((_, run) => run);
    for (let at = (this.heap.length >> 1) - 1; at >= 0; at--) this.sink(at);
  }

  first(): RunReader | undefined {
    const reader = this.readers[this.heap[0] ?? -1];
    return reader?.done === false ? reader : undefined;
  }

  /** Counts the records, at most `most`, that come next and are in the buffer of the first run: neighbors often are. */
  countFirst(most: number): number {
    const { heap, readers, width } = this;
    const run = heap[0]!;
    const { held } = readers[run]!;
    let other = heap[1];
    if (other !== undefined && heap.length > 2 && this.isBefore(heap[2]!, other)) other = heap[2]!;
    let count = 1;
    for (let ahead = width; count < most && ahead < held; ahead += width, count++) {
      if (other !== undefined && !this.isBefore(run, other, ahead)) break;
    }
    return count;
  }

  /** Passes the first `count` records, which {@link countFirst} has counted. */
  advance(count: number): void {
    const { heap } = this;
    const reader = this.readers[heap[0]!]!;
    reader.pass(count);
    if (reader.done) {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      heap[0] = last;
    }
    this.sink(0);
  }

  private sink(at: number): void {
    const { heap } = this;
    const run = heap[at]!;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.isBefore(heap[child]!, run)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = run;
  }

  /** Whether the record `ahead` words after the current one of a run comes before the current one of another. */
  private isBefore(one: number, other: number, ahead = 0): boolean {
    const a = this.readers[one]!;
    const b = this.readers[other]!;
    const at = a.at + ahead;
    const high = a.buffer[at]! - b.buffer[b.at]!;
    if (high !== 0) return high < 0;
    const low = a.buffer[at + 1]! - b.buffer[b.at + 1]!;
    return low === 0 ? one < other : low < 0;
  }
}
