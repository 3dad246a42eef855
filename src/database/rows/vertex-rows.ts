/**
 * Vertices by id, as sources for {@link RowCache}. Positions come from the leaf pages of their table, whose order and
 * last ids are listed once, or by SELECT if pages cannot be read. Colors and normals that SELECT must read are here, too.
 */
import type Database from 'better-sqlite3';
import type { RowSource } from '../../collections/row-cache.js';
import { DatabaseError } from '../../errors.js';
import { type LeafDecoder, ROW_KINDS } from '../pages/leaf-decoder.js';
import type { TableReader } from '../pages/table-reader.js';
import { findLeaf, type TableLeaves } from './table-leaves.js';

/** Reads positions from leaf pages. */
export class PagedVertexRows implements RowSource {
  readonly width = 3;
  readonly count: number;
  private readonly decoder: LeafDecoder;
  /** The last page read; usually it also holds the next rows. */
  private readonly page: Uint8Array;
  private number = 0;

  constructor(
    private readonly tableReader: TableReader,
    private readonly leaves: TableLeaves,
  ) {
    this.count = leaves.count;
    this.decoder = tableReader.decoder(ROW_KINDS.vertices);
    this.page = new Uint8Array(tableReader.pageBytes);
  }

  load(first: number, count: number, target: Float64Array): void {
    const { decoder, tableReader } = this;
    const { pages } = this.leaves;
    let filled = 0;
    for (let leaf = findLeaf(this.leaves, first); filled < count && leaf < pages.length; leaf++) {
      const number = pages[leaf]!;
      if (number !== this.number) {
        this.number = 0;
        tableReader.readPage(number, this.page);
        this.number = number;
      }
      decoder.count = 0;
      decoder.decodeFrom(number, this.page, first + filled, count - filled);
      target.set(decoder.values.subarray(0, 3 * decoder.count), 3 * filled);
      filled += decoder.count;
      if (decoder.count === 0)
        throw tableReader.error(number, `no vertex ${first + filled}; expected it here`);
    }
  }
}

/** The columns of a vertex besides its id, by table. Only positions are complete. */
const COLUMNS = {
  positions: 'SELECT id, x, y, z FROM vertices WHERE id >= ? AND id < ? ORDER BY id',
  colors: 'SELECT vertex, r, g, b, a FROM vertex_colors WHERE vertex >= ? AND vertex < ? ORDER BY vertex',
  normals: 'SELECT vertex, x, y, z FROM vertex_normals WHERE vertex >= ? AND vertex < ? ORDER BY vertex',
};

/** Reads positions, colors or normals by SELECT; NaN for a vertex without a color or normal. */
export class SelectedVertexRows implements RowSource {
  readonly width: number;
  private readonly statement: Database.Statement;

  constructor(
    private readonly db: Database.Database,
    readonly count: number,
    private readonly what: keyof typeof COLUMNS,
  ) {
    this.width = what === 'colors' ? 4 : 3;
    this.statement = db.prepare(COLUMNS[what]).raw();
  }

  load(first: number, count: number, target: Float64Array): void {
    const { width, what } = this;
    const rows = this.statement.all(first, first + count) as number[][];
    if (what === 'positions') this.check(rows, first, count);
    target.fill(Number.NaN, 0, width * count);
    for (const row of rows) {
      const at = width * (row[0]! - first);
      for (let d = 0; d < width; d++) target[at + d] = row[d + 1]!;
    }
  }

  /** Throws DatabaseError unless the rows are those of all ids. */
  private check(rows: readonly (readonly number[])[], first: number, count: number): void {
    for (let k = 0; k < count; k++) {
      if (rows[k]?.[0] === first + k) continue;
      throw new DatabaseError(`${this.db.name}: no vertex ${first + k}; expected ids without gaps`, {
        code: 'DATABASE_DAMAGED',
        hint: 'vertices were deleted or changed since the import; import the source again',
      });
    }
  }
}
