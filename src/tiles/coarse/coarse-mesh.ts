/**
 * A coarse mesh of the triangles seen so far, to show while tiles are built: vertices are clustered in at most 64 cells
 * along each axis, and triangles that reach three cells remain, each once. Memory is fixed. If there are too many cells or
 * triangles, cells double in size. So the mesh depends on which triangles were seen, but not on their order.
 */

import { coordinateOf, highMask, highOf, LATTICE_BITS } from '../morton.js';
import { TileEncoder } from '../tile-codec.js';
import { roundingOf } from '../tile-mesh.js';

/** Cells along an axis at the beginning, as a power of two. */
const GRID_BITS = 6;
const CELLS = 2 ** (3 * GRID_BITS);
/** Bits of a coordinate in the upper word of a key, of which the upper ones tell its cell. */
const WORD_BITS = 10;
/** The most triangles, and cells, of a mesh. */
const SIZE_MAX = 65_536;
/** Slots of the hash table: a power of two of which at most a quarter is used. */
const TABLE_SLOTS = 2 ** 18;

export class CoarseMesh {
  /** The triangles taken so far. */
  seen = 0;
  /** Sums of vertices by cell: three coordinates and their number. */
  private readonly sums = new Float64Array(4 * CELLS);
  /** Cells of the corners of each triangle, the smallest first. */
  private readonly corners: Int32Array;
  /** A hash table of triangles by their corners: their numbers, from 1. */
  private readonly table = new Int32Array(TABLE_SLOTS);
  private readonly encoder = new TileEncoder();
  private bits = GRID_BITS;
  private cells = 0;
  private triangles = 0;

  /** `sizeMax` bounds triangles and cells; tests have a smaller one. */
  constructor(private readonly sizeMax = SIZE_MAX) {
    this.corners = new Int32Array(3 * (sizeMax + 1));
  }

  /** Takes a vertex by the upper word of its key, before its first triangle. */
  place(high: number): void {
    const { sums } = this;
    const at = 4 * this.cellOf(high);
    sums[at]! += coordinateOf(high, 0, 2) >> WORD_BITS;
    sums[at + 1]! += coordinateOf(high, 0, 1) >> WORD_BITS;
    sums[at + 2]! += coordinateOf(high, 0, 0) >> WORD_BITS;
    if (sums[at + 3]!++ === 0 && ++this.cells > this.sizeMax) this.enlargeCells();
  }

  /** Takes a triangle by the upper words of the keys of its corners. */
  add(a: number, b: number, c: number): void {
    this.seen++;
    this.join(this.cellOf(a), this.cellOf(b), this.cellOf(c));
    if (this.triangles > this.sizeMax) this.enlargeCells();
  }

  /** Takes a triangle like {@link add}, and those of its corners that represent cells. */
  addLoose(a: number, b: number, c: number): void {
    const { triangles, sums } = this;
    const bits = this.bits;
    this.add(a, b, c);
    const isNew = this.triangles > triangles || this.bits < bits;
    if (!isNew && sums[4 * this.cellOf(a) + 3] !== 0) return;
    this.place(a);
    if (!isNew) return;
    this.place(b);
    this.place(c);
  }

  /**
   * Doubles the box of the mesh, and with it all cells. What was seen is then in the upper half along each axis for which
   * that is asked, else in the lower one.
   */
  doubleBox(isUpperX: boolean, isUpperY: boolean, isUpperZ: boolean): void {
    const { sums, bits } = this;
    if (this.seen === 0) return;
    const halves = [isUpperX, isUpperY, isUpperZ].map(Number);
    const octant = bits === 0 ? 0 : 4 * halves[0]! + 2 * halves[1]! + halves[2]!;
    const first = octant * 2 ** Math.max(0, 3 * (bits - 1));
    const former = sums.slice();
    sums.fill(0);
    this.cells = 0;
    for (let cell = 0; cell < 2 ** (3 * bits); cell++) {
      const count = former[4 * cell + 3]!;
      if (count === 0) continue;
      const to = 4 * (first + (cell >> 3));
      if (sums[to + 3] === 0) this.cells++;
      for (let axis = 0; axis < 3; axis++) {
        sums[to + axis]! += former[4 * cell + axis]! / 2 + (count * halves[axis]! * 2 ** WORD_BITS) / 2;
      }
      sums[to + 3]! += count;
    }
    this.joinAgain((cell) => first + (cell >> 3));
  }

  /** Returns the mesh so far as a tile without children, encoded. */
  encode(): Uint8Array {
    const { sums, bits, cells, corners, triangles } = this;
    const shift = LATTICE_BITS - bits;
    const mask = highMask(roundingOf(shift));
    const keys = new Int32Array(2 * cells);
    const numbers = new Int32Array(2 ** (3 * bits));
    for (let cell = 0, number = 0; cell < numbers.length; cell++) {
      const at = 4 * cell;
      const count = sums[at + 3]!;
      if (count === 0) continue;
      const mean = (axis: number) => Math.floor(sums[at + axis]! / count) << WORD_BITS;
      keys[2 * number] = highOf(mean(0), mean(1), mean(2)) & mask;
      numbers[cell] = number++;
    }
    // Three numbers below 2^17 are one below 2^53.
    const triples = new Float64Array(triangles);
    for (let k = 0; k < triangles; k++) {
      const [a, b, c] = [0, 1, 2].map((corner) => numbers[corners[3 * k + corner]!]!);
      triples[k] = (a! * cells + b!) * cells + c!;
    }
    triples.sort();
    const owned = new Uint32Array(cells);
    const others = new Uint32Array(2 * triangles);
    for (let k = 0; k < triangles; k++) {
      const triple = triples[k]!;
      others[2 * k + 1] = triple % cells;
      const pair = Math.floor(triple / cells);
      others[2 * k] = pair % cells;
      owned[Math.floor(pair / cells)]!++;
    }
    // A cell without triangles is drawn as a point if it stands for something.
    const slots = new Float64Array(cells).fill(1);
    return this.encoder.mesh({ isLeaf: false, shift, keys, slots, owned, corners: others }).bytes;
  }

  private cellOf(high: number): number {
    return high >> (3 * (WORD_BITS - this.bits));
  }

  /** Adds a triangle of three cells, unless it is there or two of them are the same. */
  private join(a: number, b: number, c: number): void {
    if (a === b || b === c || c === a) return;
    if (a < b && a < c) this.insert(a, b, c);
    else if (b < c) this.insert(b, c, a);
    else this.insert(c, a, b);
  }

  private insert(a: number, b: number, c: number): void {
    const { table, corners, triangles } = this;
    let slot = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
    slot = (slot ^ (slot >>> 15)) & (TABLE_SLOTS - 1);
    for (let held = table[slot]!; held !== 0; held = table[slot]!) {
      const at = 3 * (held - 1);
      if (corners[at] === a && corners[at + 1] === b && corners[at + 2] === c) return;
      slot = (slot + 1) & (TABLE_SLOTS - 1);
    }
    corners[3 * triangles] = a;
    corners[3 * triangles + 1] = b;
    corners[3 * triangles + 2] = c;
    table[slot] = ++this.triangles;
  }

  /** Doubles the size of cells until triangles and cells are few enough. */
  private enlargeCells(): void {
    const { sums } = this;
    while (this.bits > 0 && Math.max(this.cells, this.triangles) > this.sizeMax) {
      const cells = 2 ** (3 * this.bits--);
      this.cells = 0;
      for (let cell = 0; cell < cells; cell++) {
        const from = 4 * cell;
        const to = 4 * (cell >> 3);
        // Eight cells become one, which is at or before the first of them.
        const isFirst = (cell & 7) === 0;
        const had = isFirst ? 0 : sums[to + 3]!;
        for (let k = 0; k < 4; k++) sums[to + k] = (isFirst ? 0 : sums[to + k]!) + sums[from + k]!;
        if (had === 0 && sums[to + 3]! > 0) this.cells++;
      }
      sums.fill(0, 4 * (cells >> 3), 4 * cells);
      this.joinAgain((cell) => cell >> 3);
    }
  }

  /** Collects the triangles anew after their cells have changed. */
  private joinAgain(cellOf: (cell: number) => number): void {
    const { corners, triangles } = this;
    this.triangles = 0;
    this.table.fill(0);
    for (let k = 0; k < 3 * triangles; k += 3) {
      this.join(cellOf(corners[k]!), cellOf(corners[k + 1]!), cellOf(corners[k + 2]!));
    }
  }
}
