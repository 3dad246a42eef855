/** Sorted runs of records in a spill file, read together in order. A record is some words of 32 bits. */
import type { SpillFile } from '../spill-file.js';

/** Reads the records of one run in sequence. */
export class RunReader {
  /** Where the current record begins in `buffer`. */
  at = 0;
  private end = 0;

  constructor(
    private readonly file: SpillFile,
    private position: number,
    private readonly stop: number,
    readonly buffer: Int32Array,
    readonly width: number,
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

/** A heap of runs by their current records. Of equal ones, that of the earlier run comes first. */
export class RunHeap<Reader extends RunReader> {
  private readonly heap: number[];

  constructor(
    private readonly readers: readonly Reader[],
    /** Compares two records, which begin at words of the buffers of runs. */
    private readonly compare: (a: Reader, at: number, b: Reader, from: number) => number,
  ) {
    this.heap = readers.map((_, run) => run);
    for (let at = (this.heap.length >> 1) - 1; at >= 0; at--) this.sink(at);
  }

  first(): Reader | undefined {
    const reader = this.readers[this.heap[0] ?? -1];
    return reader?.done === false ? reader : undefined;
  }

  /** Counts the records, at most `most`, that come next and are in the buffer of the first run: neighbors often are. */
  countFirst(most: number): number {
    const { heap, readers } = this;
    const run = heap[0]!;
    const { held, width } = readers[run]!;
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
    const order = this.compare(a, a.at + ahead, b, b.at);
    return order === 0 ? one < other : order < 0;
  }
}
