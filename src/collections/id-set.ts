/**
 * A set of ids from 0 up to a range, in shared memory. Threads add to it concurrently. Once sealed, it counts the
 * members below a given id, which is the dense index of that id among them.
 *
 * It has a bit for each id of the range, a count for every 256, and a byte relative to it for every 32: 12 bytes for 64
 * ids. The range is that of rows in the database, never a count that a file announces.
 */
import { countBits } from './rank-set.js';

const BLOCK_BITS = 256;
const BLOCK_WORDS = BLOCK_BITS / 32;
const BLOCK_BYTES = BLOCK_BITS / 8 + 8 + BLOCK_WORDS;
const ALL = -1;
// `id & 31` equals `id % 32` up to 2^53, without a call for the remainder of floats.

/** An id set in transit between threads, which share its memory. */
export interface SharedIdSet {
  readonly range: number;
  readonly size: number;
  readonly bits: Int32Array;
  readonly ranks: Float64Array;
  readonly steps: Uint8Array;
}

export class IdSet {
  /** The number of members, once sealed. */
  size = 0;
  private constructor(
    /** Members are below this. */
    readonly range: number,
    private readonly bits: Int32Array,
    /** The number of members before each block, once sealed. */
    private readonly ranks: Float64Array,
    /** The number of members of the block before each word, at most 224. */
    private readonly steps: Uint8Array,
  ) {}

  /** Returns the bytes of a set of this range. */
  static bytesOf(range: number): number {
    return BLOCK_BYTES * Math.ceil(range / BLOCK_BITS);
  }

  /** Creates an empty set of ids below `range`. */
  static create(range: number): IdSet {
    const blocks = Math.ceil(range / BLOCK_BITS);
    return new IdSet(
      range,
      new Int32Array(new SharedArrayBuffer(4 * BLOCK_WORDS * blocks)),
      new Float64Array(new SharedArrayBuffer(8 * blocks)),
      new Uint8Array(new SharedArrayBuffer(BLOCK_WORDS * blocks)),
    );
  }

  /** Attaches to a set that another thread shares. */
  static attach({ range, size, bits, ranks, steps }: SharedIdSet): IdSet {
    const set = new IdSet(range, bits, ranks, steps);
    set.size = size;
    return set;
  }

  share(): SharedIdSet {
    const { range, size, bits, ranks, steps } = this;
    return { range, size, bits, ranks, steps };
  }

  has(id: number): boolean {
    return (this.bits[Math.floor(id / 32)]! & (1 << (id & 31))) !== 0;
  }

  /** Adds an id below the range. Several threads may do so at the same time. */
  add(id: number): void {
    const word = Math.floor(id / 32);
    const bit = 1 << (id & 31);
    if ((this.bits[word]! & bit) === 0) Atomics.or(this.bits, word, bit);
  }

  /** Adds the ids of one word: bit k of `bits` is id 32 x word + k. */
  addWord(word: number, bits: number): void {
    if (bits !== 0) Atomics.or(this.bits, word, bits);
  }

  delete(id: number): void {
    this.bits[Math.floor(id / 32)]! &= ~(1 << (id & 31));
  }

  /** Adds all ids from `first` to `last` that are in the range. Not for several threads at once. */
  addRange(first: number, last: number): void {
    const from = Math.max(0, first);
    const to = Math.min(this.range - 1, last);
    if (from > to) return;
    const low = Math.floor(from / 32);
    const high = Math.floor(to / 32);
    const lowMask = ALL << (from & 31);
    const highMask = ALL >>> (31 - (to & 31));
    if (low === high) {
      this.bits[low]! |= lowMask & highMask;
      return;
    }
    this.bits[low]! |= lowMask;
    this.bits.fill(ALL, low + 1, high);
    this.bits[high]! |= highMask;
  }

  /** Removes all members that are not in the other set, which has the same range. */
  intersect(other: IdSet): void {
    for (let word = 0; word < this.bits.length; word++) this.bits[word]! &= other.bits[word]!;
  }

  /** Whether any id from `first` to `last` is a member. */
  hasAny(first: number, last: number): boolean {
    const to = Math.min(this.range - 1, last);
    if (first > to) return false;
    const low = Math.floor(first / 32);
    const high = Math.floor(to / 32);
    const lowMask = ALL << (first & 31);
    const highMask = ALL >>> (31 - (to & 31));
    if (low === high) return (this.bits[low]! & lowMask & highMask) !== 0;
    if ((this.bits[low]! & lowMask) !== 0 || (this.bits[high]! & highMask) !== 0) return true;
    for (let word = low + 1; word < high; word++) if (this.bits[word] !== 0) return true;
    return false;
  }

  /** Yields the members in ascending order. Members already yielded may be removed in the meantime. */
  *members(): Generator<number> {
    for (let word = 0; word < this.bits.length; word++) {
      for (let bits = this.bits[word]!; bits !== 0; bits &= bits - 1) {
        yield 32 * word + 31 - Math.clz32(bits & -bits);
      }
    }
  }

  /** Returns the smallest and the largest member; undefined if there is none. */
  bounds(): [first: number, last: number] | undefined {
    const low = this.bits.findIndex((bits) => bits !== 0);
    if (low === -1) return undefined;
    const high = this.bits.findLastIndex((bits) => bits !== 0);
    const lowest = this.bits[low]!;
    return [32 * low + 31 - Math.clz32(lowest & -lowest), 32 * high + 31 - Math.clz32(this.bits[high]!)];
  }

  /** Removes all members except the first `limit`. */
  truncate(limit: number): void {
    let left = limit;
    for (let word = 0; word < this.bits.length; word++) {
      const count = countBits(this.bits[word]!);
      if (count <= left) {
        left -= count;
        continue;
      }
      for (let bit = 31, extra = count - left; extra > 0; bit--) {
        if ((this.bits[word]! & (1 << bit)) === 0) continue;
        this.bits[word]! &= ~(1 << bit);
        extra--;
      }
      left = 0;
    }
  }

  clear(): void {
    this.bits.fill(0);
    this.size = 0;
  }

  /** Counts the members and makes ranks available, until a member is added or removed. */
  seal(): void {
    let size = 0;
    for (let block = 0; block < this.ranks.length; block++) {
      this.ranks[block] = size;
      let step = 0;
      const end = BLOCK_WORDS * (block + 1);
      for (let word = BLOCK_WORDS * block; word < end; word++) {
        this.steps[word] = step;
        const bits = this.bits[word]!;
        // Most words of a small selection are empty.
        if (bits !== 0) step += countBits(bits);
      }
      size += step;
    }
    this.size = size;
  }

  /** Returns the number of members smaller than an id below the range. */
  rank(id: number): number {
    const word = Math.floor(id / 32);
    const before = this.bits[word]! & ((1 << (id & 31)) - 1);
    return this.ranks[Math.floor(id / BLOCK_BITS)]! + this.steps[word]! + countBits(before);
  }
}
