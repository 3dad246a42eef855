/**
 * Merges runs of (key, value) pairs, each ascending by key, into one ascending stream with a heap of run heads.
 *
 * A pair is four 32-bit words in a spill file: key and value, each as a low and a high word, so up to 2^53.
 */
import { HIGH, type SpillFile, SpillReader } from './spill-file.js';

export const PAIR_WORDS = 4;

/** A range of words in a spill file of pairs. */
export interface Run {
  readonly start: number;
  readonly stop: number;
}

/** Appends one pair; `scratch` holds at least four words. */
export function appendPair(file: SpillFile, scratch: Int32Array, key: number, value: number): void {
  scratch[0] = key;
  scratch[1] = Math.floor(key / HIGH);
  scratch[2] = value;
  scratch[3] = Math.floor(value / HIGH);
  file.append(scratch, 0, PAIR_WORDS);
}

/** Yields the pairs of a file, in the same array each time. */
export function* readPairs(file: SpillFile, bufferWords: number): Generator<readonly [number, number]> {
  const reader = new SpillReader(file, bufferWords);
  const pair: [number, number] = [0, 0];
  while (!reader.done) {
    pair[0] = readNumber(reader);
    pair[1] = readNumber(reader);
    yield pair;
  }
}

export class RunMerge {
  /** The first pair left; its key is Infinity at the end. */
  key = Number.POSITIVE_INFINITY;
  value = 0;
  private readonly readers: SpillReader[];
  private readonly keys: Float64Array;
  private readonly heap: Int32Array;
  private size = 0;

  /** `bufferWords` is shared by all runs. */
  constructor(file: SpillFile, runs: readonly Run[], bufferWords: number) {
    const words = PAIR_WORDS * Math.max(16, Math.floor(bufferWords / PAIR_WORDS / Math.max(1, runs.length)));
    this.readers = runs.map(({ start, stop }) => new SpillReader(file, words, start, stop));
    this.keys = new Float64Array(runs.length);
    this.heap = new Int32Array(runs.length);
    for (let run = 0; run < runs.length; run++) {
      this.heap[run] = run;
      this.readKey(run);
    }
    this.size = runs.length;
    for (let at = (this.size >> 1) - 1; at >= 0; at--) this.sink(at);
    this.next();
  }

  /** Moves to the next pair. */
  next(): void {
    const run = this.heap[0]!;
    if (this.size === 0 || this.keys[run] === Number.POSITIVE_INFINITY) {
      this.key = Number.POSITIVE_INFINITY;
      return;
    }
    this.key = this.keys[run]!;
    this.value = readNumber(this.readers[run]!);
    this.readKey(run);
    this.sink(0);
  }

  private readKey(run: number): void {
    const reader = this.readers[run]!;
    this.keys[run] = reader.done ? Number.POSITIVE_INFINITY : readNumber(reader);
  }

  private sink(at: number): void {
    const { heap, keys, size } = this;
    const run = heap[at]!;
    const key = keys[run]!;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && keys[heap[child + 1]!]! < keys[heap[child]!]!) child++;
      if (keys[heap[child]!]! >= key) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = run;
  }
}

function readNumber(reader: SpillReader): number {
  const low = reader.next() >>> 0;
  return low + HIGH * reader.next();
}
