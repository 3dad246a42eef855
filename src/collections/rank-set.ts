/**
 * A set of numbers of one range, filled in ascending order, that counts the members smaller than a given number: a
 * bitmap and a running count for every 512 bits, in memory lent by the caller.
 */

const BLOCK_BITS = 512;
const BLOCK_WORDS = BLOCK_BITS / 32;
/** Bytes of one block: its bits and its count. */
const BLOCK_BYTES = BLOCK_BITS / 8 + 4;

export class RankSet {
  /** The number of members so far. */
  size = 0;
  private readonly bits: Int32Array;
  private readonly counts: Uint32Array;
  private lastBlock = -1;

  /** Returns the widest range whose set fits `bytes`. */
  static rangeOf(bytes: number): number {
    return BLOCK_BITS * Math.floor(bytes / BLOCK_BYTES);
  }

  /** Members range from `low` to below `low + range`. The memory is cleared. */
  constructor(
    arena: ArrayBuffer,
    private readonly low: number,
    range: number,
  ) {
    const blocks = Math.ceil(range / BLOCK_BITS);
    this.bits = new Int32Array(arena, 0, BLOCK_WORDS * blocks);
    this.bits.fill(0);
    this.counts = new Uint32Array(arena, 4 * BLOCK_WORDS * blocks, blocks);
  }

  /** Adds a number greater than all members. */
  add(member: number): void {
    const bit = member - this.low;
    const block = Math.floor(bit / BLOCK_BITS);
    while (this.lastBlock < block) this.counts[++this.lastBlock] = this.size;
    this.bits[Math.floor(bit / 32)]! |= 1 << (bit % 32);
    this.size++;
  }

  /** Returns how many of the members added so far are smaller than `number`. */
  rank(number: number): number {
    const bit = number - this.low;
    const block = Math.floor(bit / BLOCK_BITS);
    if (block > this.lastBlock) return this.size;
    const last = Math.floor(bit / 32);
    let rank = this.counts[block]!;
    for (let word = BLOCK_WORDS * block; word < last; word++) rank += countBits(this.bits[word]!);
    return rank + countBits(this.bits[last]! & ((1 << (bit % 32)) - 1));
  }
}

/** Counts the 1 bits of a 32-bit word. */
export function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
