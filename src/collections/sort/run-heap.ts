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
    private readonly width: number,
  ) {
    this.refill();
  }

  /** Whether there is no current record. */
  get done(): boolean {
    return this.at === this.end;
  }

  next(): void {
    this.at += this.width;
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
    private readonly compare: (a: Reader, b: Reader) => number,
  ) {
    this.heap = readers.map((_, run) => run);
    for (let at = (this.heap.length >> 1) - 1; at >= 0; at--) this.sink(at);
  }

  first(): Reader | undefined {
    const reader = this.readers[this.heap[0] ?? -1];
    return reader?.done === false ? reader : undefined;
  }

  /** Passes the first record. */
  advance(): void {
    const { heap } = this;
    const reader = this.readers[heap[0]!]!;
    reader.next();
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

  private isBefore(one: number, other: number): boolean {
    const order = this.compare(this.readers[one]!, this.readers[other]!);
    return order === 0 ? one < other : order < 0;
  }
}
