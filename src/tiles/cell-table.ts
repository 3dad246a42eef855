/**
 * Representatives of the cells in which vertices are clustered, for every size of cell: the mean of the vertices in a cell,
 * rounded down to the lattice. It depends on nothing but the mesh, so tiles of one level meet without gaps.
 *
 * A cell with a single vertex is not stored: that vertex represents it. A representative is stored as its Morton key, whose
 * first bits are those of its cell, so cells are in the order of their representatives.
 */

import { type SpillFile, type SpillFiles, WORD_BYTES } from '../collections/spill-file.js';
import { commonDepth, coordinateOf, highMask, highOf, LATTICE_BITS, lowMask, lowOf } from './morton.js';

/** The largest cells have 2^19 lattice steps: two along the box. */
export const SHIFT_MAX = LATTICE_BITS - 1;
/** Cells in a block of a file. */
const BLOCK_CELLS = 2048;
const BLOCK_WORDS = 2 * BLOCK_CELLS;

/** The cells of one size. */
class CellList {
  cells = 0;
  /** The key of the first cell of each block. */
  readonly firsts: number[] = [];
  /** The number of the first block among those of all sizes, once that is known. */
  base = 0;
  private file: SpillFile | undefined;
  private readonly pair = new Int32Array(2);

  constructor(private readonly files: SpillFiles) {}

  add(high: number, low: number): void {
    if (this.cells++ % BLOCK_CELLS === 0) this.firsts.push(high, low);
    this.pair[0] = high;
    this.pair[1] = low;
    this.file ??= this.files.create('cells', BLOCK_WORDS);
    this.file.append(this.pair, 0, 2);
  }

  read(block: number, target: Int32Array): void {
    this.file?.read(target, BLOCK_WORDS * block);
  }

  remove(): void {
    this.file?.remove();
  }
}

/** Collects the cells from the keys of all vertices that triangles use, in ascending order. */
export class CellTableBuilder {
  /** The cells by size, those of one lattice step unused. */
  private readonly lists: CellList[];
  /** Sums of the vertices seen so far in the current cell of each size, except those in the current cell one size below. */
  private readonly x = new Float64Array(LATTICE_BITS + 1);
  private readonly y = new Float64Array(LATTICE_BITS + 1);
  private readonly z = new Float64Array(LATTICE_BITS + 1);
  private readonly counts = new Float64Array(LATTICE_BITS + 1);
  private high = -1;
  private low = -1;

  constructor(files: SpillFiles) {
    this.lists = Array.from({ length: SHIFT_MAX + 1 }, () => new CellList(files));
  }

  /** Adds a vertex. */
  add(high: number, low: number): void {
    if (this.high >= 0) this.leave(LATTICE_BITS - commonDepth(high, low, this.high, this.low));
    this.high = high;
    this.low = low;
    this.x[0]! += coordinateOf(high, low, 2);
    this.y[0]! += coordinateOf(high, low, 1);
    this.z[0]! += coordinateOf(high, low, 0);
    this.counts[0]!++;
  }

  /** Ends the cells; `cacheBytes` are for looking them up. */
  finish(cacheBytes: number): CellTable {
    if (this.high >= 0) this.leave(LATTICE_BITS);
    return new CellTable(this.lists, cacheBytes);
  }

  /** Ends the current cells smaller than 2^shift steps. */
  private leave(shift: number): void {
    const { x, y, z, counts } = this;
    let sumX = 0;
    let sumY = 0;
    let sumZ = 0;
    let count = 0;
    for (let size = 0; size < shift; size++) {
      // Mostly a single vertex passes through cells that have no other.
      if (counts[size] !== 0) {
        sumX += x[size]!;
        sumY += y[size]!;
        sumZ += z[size]!;
        count += counts[size]!;
        x[size] = 0;
        y[size] = 0;
        z[size] = 0;
        counts[size] = 0;
      }
      // A single cell of a size has all its vertices in one point, which represents them.
      if (count < 2 || size === 0) continue;
      const meanX = Math.floor(sumX / count);
      const meanY = Math.floor(sumY / count);
      const meanZ = Math.floor(sumZ / count);
      this.lists[size]!.add(highOf(meanX, meanY, meanZ), lowOf(meanX, meanY, meanZ));
    }
    x[shift]! += sumX;
    y[shift]! += sumY;
    z[shift]! += sumZ;
    counts[shift]! += count;
  }
}

/** Finds representatives by cell, in a fixed amount of memory. */
export class CellTable {
  /** The key of the representative that was found last. */
  high = 0;
  low = 0;
  /** Blocks of cells, each with one possible slot. */
  private readonly blocks: Int32Array;
  private readonly slots: number;
  /** Which block each slot has, or -1. */
  private readonly held: Float64Array;

  constructor(
    private readonly lists: readonly CellList[],
    cacheBytes: number,
  ) {
    let blocks = 0;
    for (const list of lists) {
      list.base = blocks;
      blocks += list.firsts.length / 2;
    }
    this.slots = Math.max(1, Math.min(blocks, Math.floor(cacheBytes / (WORD_BYTES * BLOCK_WORDS))));
    this.blocks = new Int32Array(BLOCK_WORDS * this.slots);
    this.held = new Float64Array(this.slots).fill(-1);
  }

  /** Finds the representative of a cell of 2^shift steps by any key in it. Returns false if a single vertex is there. */
  find(shift: number, high: number, low: number): boolean {
    const list = this.lists[shift]!;
    if (shift === 0 || list.cells === 0) return false;
    const inHigh = highMask(shift);
    const inLow = lowMask(shift);
    const cellHigh = high & inHigh;
    const cellLow = low & inLow;
    // The last block whose first cell is not beyond this one.
    const { firsts } = list;
    let from = 0;
    let to = firsts.length / 2;
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      const some = firsts[2 * middle]! & inHigh;
      const isBeyond = some === cellHigh ? (firsts[2 * middle + 1]! & inLow) > cellLow : some > cellHigh;
      if (isBeyond) to = middle;
      else from = middle;
    }
    const at = this.load(list, from);
    const { blocks } = this;
    let first = 0;
    let last = Math.min(BLOCK_CELLS, list.cells - from * BLOCK_CELLS);
    while (last - first > 1) {
      const middle = (first + last) >> 1;
      const some = blocks[at + 2 * middle]! & inHigh;
      const isBeyond = some === cellHigh ? (blocks[at + 2 * middle + 1]! & inLow) > cellLow : some > cellHigh;
      if (isBeyond) last = middle;
      else first = middle;
    }
    this.high = blocks[at + 2 * first]!;
    this.low = blocks[at + 2 * first + 1]!;
    return (this.high & inHigh) === cellHigh && (this.low & inLow) === cellLow;
  }

  /** Removes the files. */
  remove(): void {
    for (const list of this.lists) list.remove();
  }

  /** Returns where the words of a block begin. */
  private load(list: CellList, block: number): number {
    const number = list.base + block;
    const slot = number % this.slots;
    const at = BLOCK_WORDS * slot;
    if (this.held[slot] === number) return at;
    this.held[slot] = -1;
    list.read(block, this.blocks.subarray(at, at + BLOCK_WORDS));
    this.held[slot] = number;
    return at;
  }
}
