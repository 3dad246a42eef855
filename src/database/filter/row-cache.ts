/**
 * Rows of a file by number, in any order, within a fixed memory: blocks of rows, each at the one place where it may
 * stand. Neighbouring rows are mostly asked for together; where they are not and the memory does not hold all, each
 * question may read a block.
 */

/**
 * Rows in a block. 512 and 1024 made a filter of 10 M triangles no faster; 16 made it twice as long, and in random
 * order beyond the memory, where each row may take a block, only a third shorter.
 */
const BLOCK_ROWS = 256;

/** Where rows of `width` numbers come from. */
export interface RowSource {
  readonly width: number;
  /** How many rows there are, numbered from 0. */
  readonly count: number;
  /** Reads rows `[first, first + count)`, which are there. */
  load(first: number, count: number, target: Float64Array): void;
}

export class RowCache {
  /** The rows that are there: see {@link locate}. */
  readonly values: Float64Array;
  private readonly blockValues: number;
  private readonly mask: number;
  /** The block in each slot, or -1. */
  private readonly blocks: Float64Array;

  constructor(
    private readonly source: RowSource,
    bytes: number,
  ) {
    this.blockValues = source.width * BLOCK_ROWS;
    const blocks = Math.ceil(source.count / BLOCK_ROWS);
    // A block's place is a mask away: the remainder of a division takes longer than the rest of a look-up.
    const most = Math.max(1, Math.floor(bytes / (8 * this.blockValues + 8)));
    const slots = blocks <= most ? Math.max(1, blocks) : 2 ** Math.floor(Math.log2(most));
    this.mask = 2 ** Math.ceil(Math.log2(slots)) - 1;
    this.blocks = new Float64Array(slots).fill(-1);
    this.values = new Float64Array(slots * this.blockValues);
  }

  /** Where in `values` a row begins: valid until the next is asked for. `row` is below the source's count. */
  locate(row: number): number {
    const block = Math.floor(row / BLOCK_ROWS);
    const slot = block & this.mask;
    if (this.blocks[slot] !== block) this.load(block, slot);
    return slot * this.blockValues + (row - block * BLOCK_ROWS) * this.source.width;
  }

  private load(block: number, slot: number): void {
    const first = block * BLOCK_ROWS;
    const count = Math.min(BLOCK_ROWS, this.source.count - first);
    const from = slot * this.blockValues;
    this.blocks[slot] = -1;
    this.source.load(first, count, this.values.subarray(from, from + count * this.source.width));
    this.blocks[slot] = block;
  }
}
