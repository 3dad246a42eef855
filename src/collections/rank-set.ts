/**
 * A set of numbers of one range that counts the members smaller than a given number, in memory lent by the caller:
 * blocks of a count and 96 bits, so that a question needs one place in memory.
 */

const BLOCK_BITS = 96;
/** Words of one block: its count and its bits. */
const BLOCK_WORDS = 1 + BLOCK_BITS / 32;
const BLOCK_BYTES = 4 * BLOCK_WORDS;
/** The widest range: offsets are 31-bit integers, which are fast. */
const RANGE_MAX = BLOCK_BITS * Math.floor(2 ** 31 / BLOCK_BITS);

export class RankSet {
  /** The number of members, once the set has been sealed. */
  size = 0;
  private readonly words: Int32Array;

  /** Returns the widest range whose set fits `bytes`. */
  static rangeOf(bytes: number): number {
    return Math.min(RANGE_MAX, BLOCK_BITS * Math.floor(bytes / BLOCK_BYTES));
  }

  /** Members range from `low` to below `low + range`. The memory is cleared. */
  constructor(
    arena: ArrayBuffer,
    private readonly low: number,
    range: number,
  ) {
    this.words = new Int32Array(arena, 0, BLOCK_WORDS * Math.ceil(range / BLOCK_BITS));
    this.words.fill(0);
  }

  /** Adds a member, in any order. */
  add(member: number): void {
    const bit = (member - this.low) | 0;
    const block = (bit / BLOCK_BITS) | 0;
    const within = (bit - BLOCK_BITS * block) | 0;
    this.words[BLOCK_WORDS * block + 1 + (within >> 5)]! |= 1 << (within & 31);
  }

  /** Ends adding. */
  seal(): void {
    const { words } = this;
    let size = 0;
    for (let at = 0; at < words.length; at += BLOCK_WORDS) {
      words[at] = size;
      size += countBits(words[at + 1]!) + countBits(words[at + 2]!) + countBits(words[at + 3]!);
    }
    this.size = size;
  }

  /** Returns how many members of a sealed set are smaller than `number`, which is within the range. */
  rank(number: number): number {
    const { words } = this;
    const bit = (number - this.low) | 0;
    const block = (bit / BLOCK_BITS) | 0;
    const within = (bit - BLOCK_BITS * block) | 0;
    const first = BLOCK_WORDS * block;
    const last = first + 1 + (within >> 5);
    let rank = words[first]! >>> 0;
    for (let at = first + 1; at < last; at++) rank += countBits(words[at]!);
    return rank + countBits(words[last]! & ((1 << (within & 31)) - 1));
  }
}

/** Counts the 1 bits of a 32-bit word. */
export function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
