/**
 * Merges runs of (key, value) pairs, each ascending by key, into one ascending stream. No key occurs twice.
 *
 * A pair is four 32-bit words in a spill file: key and value, each as a low and a high word, so up to 2^53. If all keys
 * and values are smaller than 2^32, two words suffice.
 *
 * The merge puts the values of a window of keys into an array, run by run, and then walks through it. If most keys
 * occur, this takes a fifth of the time of a heap: 0.3 s instead of 1.6 s for 15 M pairs in 64 runs.
 */
import { HIGH, type SpillFile, SpillReader } from './spill-file.js';

export const PAIR_WORDS = 4;

/** Words of a pair if keys and values are smaller than 2^32. */
export const NARROW_PAIR_WORDS = 2;

/** Keys in a window: its values stay in the processor's caches. */
const WINDOW_KEYS = 2 ** 16;
/** The key and the value beyond the last. */
const END = Number.POSITIVE_INFINITY;
/** Marks a key of the window that does not occur. */
const NONE = -1;

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
  key = END;
  value = 0;
  private readonly readers: RunReader[];
  private readonly window = new Float64Array(WINDOW_KEYS);
  /** The first key of the window, and where in it the next pair may be. */
  private low = 0;
  private at = WINDOW_KEYS;

  /** `bufferWords` is shared by all runs; `pairWords` is {@link PAIR_WORDS} or {@link NARROW_PAIR_WORDS}. */
  constructor(file: SpillFile, runs: readonly Run[], bufferWords: number, pairWords = PAIR_WORDS) {
    const pairs = Math.max(16, Math.floor(bufferWords / pairWords / Math.max(1, runs.length)));
    this.readers = runs.map((run) => new RunReader(file, run, pairs, pairWords));
    this.next();
  }

  /** Moves to the next pair. */
  next(): void {
    const { window } = this;
    for (;;) {
      for (; this.at < WINDOW_KEYS; this.at++) {
        const value = window[this.at]!;
        if (value === NONE) continue;
        this.key = this.low + this.at++;
        this.value = value;
        return;
      }
      if (!this.fill()) return;
    }
  }

  /** Puts the next window together, from the smallest key left; returns false at the end. */
  private fill(): boolean {
    const { readers, window } = this;
    this.key = END;
    this.low = readers.reduce((low, { key }) => Math.min(low, key), END);
    if (this.low === END) return false;
    window.fill(NONE);
    for (const reader of readers) reader.scatter(window, this.low);
    this.at = 0;
    return true;
  }
}

/** Reads one run. */
class RunReader {
  /** The first key left; Infinity at the end. */
  key = END;
  private readonly buffer: Int32Array;
  private position: number;
  private readonly stop: number;
  private at = 0;
  private end = 0;

  constructor(
    private readonly file: SpillFile,
    { start, stop }: Run,
    pairs: number,
    private readonly pairWords: number,
  ) {
    this.position = start;
    this.stop = stop;
    this.buffer = new Int32Array(Math.min(pairWords * pairs, stop - start));
    this.refill();
  }

  /** Takes all pairs of the window from the key `low` on. */
  scatter(window: Float64Array, low: number): void {
    const { buffer, pairWords } = this;
    const high = low + window.length;
    while (this.key < high) {
      let { at, key } = this;
      for (;;) {
        window[key - low] = numberAt(buffer, at + pairWords / 2, pairWords);
        at += pairWords;
        if (at >= this.end) break;
        key = numberAt(buffer, at, pairWords);
        if (key >= high) break;
      }
      this.at = at;
      this.key = key;
      if (at >= this.end) this.refill();
    }
  }

  private refill(): void {
    const { buffer, stop, pairWords } = this;
    this.end = this.file.read(
      buffer.subarray(0, Math.min(buffer.length, stop - this.position)),
      this.position,
    );
    this.position += this.end;
    this.at = 0;
    this.key = this.end === 0 ? END : numberAt(buffer, 0, pairWords);
  }
}

/** Returns a number of a pair of `pairWords` words that begins at `at`. */
export function numberAt(words: Int32Array, at: number, pairWords: number): number {
  const low = words[at]! >>> 0;
  return pairWords === NARROW_PAIR_WORDS ? low : low + HIGH * words[at + 1]!;
}

function readNumber(reader: SpillReader): number {
  const low = reader.next() >>> 0;
  return low + HIGH * reader.next();
}
