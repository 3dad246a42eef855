/**
 * Rows of a file by number, in any order, in a fixed amount of memory. Each block of rows has one possible slot.
 * Usually neighboring rows are requested together; if they are not, and memory does not hold all, each request may read
 * a block.
 */

/**
 * Rows in a block. 512 and 1024 made a filter of 10 M triangles no faster. 16 made it take twice as long, and in random
 * order beyond the memory, where each row may need a block, only a third less time.
 */
const BLOCK_ROWS = 256;

/** A source of rows of `width` numbers. */
export interface RowSource {
  readonly width: number;
  /** The number of rows, which are numbered from 0. */
  readonly count: number;
  /** Reads rows `[first, first + count)`, which must exist. */
  load(first: number, count: number, target: Float64Array): void;
}

/**
 * Slots in use at first; reloads of blocks increase them. So a scan in mesh order stays in memory that the processor's
 * caches hold: a filter of 10 M triangles was a tenth faster.
 */
const SLOTS_AT_FIRST = 1024;

export class RowCache {
  /** The cached rows, see {@link locate}. Parts that no slot in use needs are never touched. */
  readonly values: Float64Array;
  private readonly width: number;
  private readonly blockValues: number;
  /** The block in each slot, or -1. */
  private readonly blocks: Float64Array;
  /** A block's slot is its number under this mask: the remainder of a division is slower than all the rest. */
  private mask: number;
  private readonly maskMax: number;
  /** A bit for each block that has been loaded. */
  private readonly seen: Uint8Array;
  /** Blocks reloaded since the number of slots last changed. */
  private reloads = 0;
  /** Blocks reloaded although all slots are in use. */
  misses = 0;

  /** Uses at most the given number of bytes, or a lent arena. */
  constructor(
    private readonly source: RowSource,
    memory: number | ArrayBuffer,
  ) {
    const bytes = typeof memory === 'number' ? memory : memory.byteLength;
    this.width = source.width;
    this.blockValues = source.width * BLOCK_ROWS;
    const blocks = Math.ceil(source.count / BLOCK_ROWS);
    const most = Math.max(1, Math.floor(bytes / (8 * this.blockValues + 8)));
    const slots = blocks <= most ? Math.max(1, blocks) : 2 ** Math.floor(Math.log2(most));
    this.maskMax = 2 ** Math.ceil(Math.log2(slots)) - 1;
    this.mask = Math.min(this.maskMax, SLOTS_AT_FIRST - 1);
    this.blocks = new Float64Array(slots).fill(-1);
    const values = slots * this.blockValues;
    this.values = typeof memory === 'number' ? new Float64Array(values) : new Float64Array(memory, 0, values);
    this.seen = new Uint8Array(Math.ceil(blocks / 8));
  }

  /** The number of rows of the source. */
  get count(): number {
    return this.source.count;
  }

  /** Returns where in `values` a row begins, valid until the next call. `row` is below the source's count. */
  locate(row: number): number {
    const block = Math.floor(row / BLOCK_ROWS);
    let slot = block & this.mask;
    if (this.blocks[slot] !== block) slot = this.load(block);
    return slot * this.blockValues + (row & (BLOCK_ROWS - 1)) * this.width;
  }

  /** Loads a block, after growing if that is due; returns its slot. */
  private load(block: number): number {
    this.grow(block);
    const slot = block & this.mask;
    const first = block * BLOCK_ROWS;
    const count = Math.min(BLOCK_ROWS, this.source.count - first);
    const from = slot * this.blockValues;
    this.blocks[slot] = -1;
    this.source.load(first, count, this.values.subarray(from, from + count * this.width));
    this.blocks[slot] = block;
    return slot;
  }

  /** Doubles the slots in use once as many blocks as there are slots have been reloaded. */
  private grow(block: number): void {
    const byte = Math.floor(block / 8);
    const bit = 1 << (block & 7);
    if ((this.seen[byte]! & bit) === 0) {
      this.seen[byte]! |= bit;
      return;
    }
    if (this.mask === this.maskMax) {
      this.misses++;
      return;
    }
    if (++this.reloads <= this.mask) return;
    this.mask = 2 * this.mask + 1;
    this.reloads = 0;
  }
}
