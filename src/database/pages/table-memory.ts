/** The memory of a bulk load in which kernels write cells: rows on their way, and a leaf for each table. */
import { KernelMemory, type Kernels } from '../../kernels/kernels.js';
import { BATCH_TRIANGLES } from '../../memory.js';

/** The most rows that are staged at a time. */
export const STAGE_ROWS = BATCH_TRIANGLES;
/** The most tables of a load. */
const TABLES_MAX = 32;
/** Bytes of the fields of a table, as the kernels of `pages` define them. */
const TABLE_BYTES = 24;
const LEAF = 0;
const CELLS = 1;
const CONTENT = 2;
const LAST = 2;

export class TableMemory {
  readonly kernels: Kernels;
  private readonly memory: KernelMemory;
  private readonly rows: number;
  private readonly narrow: Float32Array;
  private readonly wide: Float64Array;

  constructor(private readonly pageBytes: number) {
    const rowsBytes = 24 * STAGE_ROWS;
    const tables = Array.from({ length: TABLES_MAX }, () => LeafMemory.sizes(pageBytes)).flat();
    this.memory = new KernelMemory([rowsBytes, ...tables]);
    this.kernels = this.memory.kernels;
    this.rows = this.memory.allocate(rowsBytes);
    this.narrow = new Float32Array(this.memory.buffer, this.rows, 3 * STAGE_ROWS);
    this.wide = new Float64Array(this.memory.buffer, this.rows, 3 * STAGE_ROWS);
  }

  /** Copies rows of three values where kernels find them; returns the address. */
  stage(values: Float32Array | Float64Array, first: number, count: number): number {
    const target = values instanceof Float32Array ? this.narrow : this.wide;
    target.set(values.subarray(3 * first, 3 * (first + count)));
    return this.rows;
  }

  /** Returns the leaf of another table. */
  createLeaf(): LeafMemory {
    return new LeafMemory(this.memory, this.pageBytes);
  }
}

/** An unfinished leaf and what is known of its table, for kernels and others to write. */
export class LeafMemory {
  /** The address of the table's fields. */
  readonly address: number;
  readonly page: Buffer;
  private readonly words: Int32Array;
  private readonly doubles: Float64Array;

  constructor(memory: KernelMemory, pageBytes: number) {
    const { buffer } = memory;
    this.address = memory.allocate(TABLE_BYTES);
    const leaf = memory.allocate(pageBytes);
    this.page = Buffer.from(buffer, leaf, pageBytes);
    this.words = new Int32Array(buffer, this.address, TABLE_BYTES / 4);
    this.doubles = new Float64Array(buffer, this.address, TABLE_BYTES / 8);
    this.words[LEAF] = leaf;
    this.content = pageBytes;
    this.lastId = -1;
  }

  /** Returns the sizes of what it allocates. */
  static sizes(pageBytes: number): readonly number[] {
    return [TABLE_BYTES, pageBytes];
  }

  /** The number of cells. */
  get cells(): number {
    return this.words[CELLS]!;
  }

  set cells(count: number) {
    this.words[CELLS] = count;
  }

  /** Where the cells begin: they fill the page from its end, their pointers from its beginning. */
  get content(): number {
    return this.words[CONTENT]!;
  }

  set content(start: number) {
    this.words[CONTENT] = start;
  }

  /** The largest id of the table so far; -1 in an empty one. */
  get lastId(): number {
    return this.doubles[LAST]!;
  }

  set lastId(id: number) {
    this.doubles[LAST] = id;
  }
}
