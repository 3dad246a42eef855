/**
 * Bulk load: writes the rows of empty tables as finished b-tree pages, in rowid order, strictly at the end of the file.
 *
 * Rows come in id order and never change, so a full leaf is final. Nothing of what SQLite does for an INSERT (find the
 * leaf, make room, balance) is needed. Not done here: indexes (the tables must have none), overflow pages, locks and
 * journals. No SQLite connection may have the file open in the meantime, and after a failure the file must be
 * discarded. Memory is one write buffer, a page for each table and the page numbers of one interior page for each level
 * of each tree; nothing grows with the rows.
 *
 * More than ten times as many rows a second as INSERT: `npm run bench -- --only tables`. Kernels write the cells of
 * vertices and triangles.
 */
import { DatabaseError } from '../../errors.js';
import { RandomAccessFile } from '../../io/random-access-file.js';
import type { AppendRows } from '../../kernels/kernels.js';
import { IndexWriter } from './index-writer.js';
import {
  CELL_COUNT,
  CHANGE_COUNTER,
  CONTENT_START,
  type ColumnValue,
  columnBytes,
  columnType,
  FILE_HEADER_BYTES,
  FLOAT_TYPE,
  LEAF_HEADER,
  localPayloadMax,
  PAGE_COUNT,
  parseFileHeader,
  readVarint,
  TABLE_LEAF,
  VERSION_VALID_FOR,
  varintWidth,
  writeColumn,
  writeVarint,
} from './page-format.js';
import { InteriorLevel, PageAppender, type SavedLevel, sealPage } from './page-tree.js';
import { type LeafMemory, STAGE_ROWS, TableMemory } from './table-memory.js';

/** The saved state of a bulk load. Plain data. */
export interface SavedLoad {
  readonly pageBytes: number;
  readonly pageCount: number;
  readonly tables: readonly { readonly rootPage: number; readonly saved: SavedTable }[];
}

/** The saved state of a table. */
interface SavedTable {
  /** The unfinished leaf, in base64. */
  readonly leaf: string;
  readonly cells: number;
  readonly content: number;
  readonly lastId: number;
  readonly parent: SavedLevel;
}

/** One bulk load into one closed database file. */
export class TableLoad {
  private readonly tables = new Map<number, TableWriter>();
  private readonly indexes = new Map<number, IndexWriter>();
  private readonly memory: TableMemory;
  private isOpen = true;

  private constructor(
    private readonly file: RandomAccessFile,
    private readonly pages: PageAppender,
  ) {
    this.memory = new TableMemory(pages.pageBytes);
  }

  /**
   * Opens a database file that nothing else has open. Throws FileError, or DatabaseError if its layout is not plain:
   * WAL, auto-vacuum, reserved bytes, text other than UTF-8, a size that differs from its page count.
   */
  static open(path: string): TableLoad {
    const file = RandomAccessFile.open(path, 'update');
    try {
      const bytes = new Uint8Array(FILE_HEADER_BYTES);
      const header = parseFileHeader(bytes.subarray(0, file.read(bytes, 0)));
      if (header === undefined) throw new DatabaseError(`${path}: not an SQLite database`);
      const { pageBytes, pageCount } = header;
      const found = [
        header.isWal && 'a write-ahead log',
        header.isAutoVacuum && 'auto-vacuum',
        header.reservedBytes > 0 && `${header.reservedBytes} reserved bytes a page`,
        !header.isUtf8 && 'text in UTF-16',
        file.size() !== pageBytes * pageCount && `${file.size()} bytes for ${pageCount} pages`,
      ].filter((trouble) => trouble !== false);
      if (found.length > 0) {
        throw new DatabaseError(
          `${path}: cannot be bulk-loaded: it has ${found.join(', ')}; expected none of these`,
        );
      }
      return new TableLoad(file, new PageAppender(file, pageBytes, pageCount));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Resumes a saved load; later writes are cut off. Throws FileError. */
  static resume(path: string, { pageBytes, pageCount, tables }: SavedLoad): TableLoad {
    const file = RandomAccessFile.open(path, 'update');
    try {
      file.truncate(pageBytes * pageCount);
      const load = new TableLoad(file, new PageAppender(file, pageBytes, pageCount));
      for (const { rootPage, saved } of tables) {
        load.tables.set(rootPage, new TableWriter(load.pages, load.memory, saved));
      }
      return load;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Creates the writer of the empty index with the root page `rootPage`. */
  index(rootPage: number): IndexWriter {
    const writer = new IndexWriter(this.pages);
    this.indexes.set(rootPage, writer);
    return writer;
  }

  /** Passes the buffer to the system; returns the state for {@link resume}. */
  save(): SavedLoad {
    this.pages.flush();
    const { pageBytes, count: pageCount } = this.pages;
    const tables = [...this.tables].map(([rootPage, table]) => ({ rootPage, saved: table.save() }));
    return { pageBytes, pageCount, tables };
  }

  /** Returns the existing writer of a table. */
  writer(rootPage: number): TableWriter {
    const writer = this.tables.get(rootPage);
    if (writer === undefined) throw new RangeError(`page ${rootPage} is not a root of this load`);
    return writer;
  }

  /**
   * Creates the writer of the empty table with the root page `rootPage`, as sqlite_schema names it. Throws
   * DatabaseError if that page is not the root of an empty table, or already has a writer.
   */
  table(rootPage: number): TableWriter {
    const { pageBytes } = this.pages;
    const page = new Uint8Array(pageBytes);
    const view = new DataView(page.buffer);
    const isPage = rootPage >= 2 && this.file.read(page, pageBytes * (rootPage - 1)) === pageBytes;
    if (!isPage || this.tables.has(rootPage) || page[0] !== TABLE_LEAF || view.getUint16(CELL_COUNT) !== 0) {
      throw new DatabaseError(`${this.file.path}: page ${rootPage}: not the root of an empty table`);
    }
    const writer = new TableWriter(this.pages, this.memory);
    this.tables.set(rootPage, writer);
    return writer;
  }

  /**
   * Writes the right edges, then the roots, then the header. No rows may follow. Until the roots are written, the
   * tables are empty for SQLite. Nothing is synced.
   */
  finish(): void {
    const trees = [...this.tables, ...this.indexes];
    const roots = trees.map(([number, tree]) => ({ number, page: tree.finish() }));
    this.pages.flush();
    for (const { number, page } of roots) this.pages.replace(number, page);
    const header = new Uint8Array(FILE_HEADER_BYTES);
    this.file.read(header, 0);
    const view = new DataView(header.buffer);
    const changes = (view.getUint32(CHANGE_COUNTER) + 1) % 2 ** 32;
    view.setUint32(CHANGE_COUNTER, changes);
    view.setUint32(VERSION_VALID_FOR, changes);
    view.setUint32(PAGE_COUNT, this.pages.count);
    this.file.write(header, 0);
  }

  /** Closes the file, in any state; may be called again. */
  close(): void {
    const { isOpen } = this;
    this.isOpen = false;
    if (isOpen) this.file.close();
  }
}

/**
 * Writes the rows of one table, ascending by id. A row without an id gets the one after the last, from 0 on. Made by
 * {@link TableLoad.table}; rows count only after {@link TableLoad.finish}.
 */
export class TableWriter {
  private readonly table: LeafMemory;
  private readonly leaf: Buffer;
  private readonly view: DataView;
  private readonly parent: InteriorLevel;

  constructor(
    private readonly pages: PageAppender,
    private readonly memory: TableMemory,
    saved?: SavedTable,
  ) {
    this.table = memory.createLeaf();
    this.leaf = this.table.page;
    this.view = new DataView(this.leaf.buffer, this.leaf.byteOffset, this.leaf.length);
    this.parent = new InteriorLevel(pages, saved?.parent);
    if (saved === undefined) return;
    this.leaf.set(Buffer.from(saved.leaf, 'base64'));
    this.table.cells = saved.cells;
    this.table.content = saved.content;
    this.table.lastId = saved.lastId;
  }

  /** Returns the current right edge. */
  save(): SavedTable {
    const { leaf, parent } = this;
    const { cells, content, lastId } = this.table;
    return { leaf: leaf.toString('base64'), cells, content, lastId, parent: parent.save() };
  }

  /**
   * Appends `count` rows (id, x, y, z): 3 x count finite coordinates, stored as REAL, -0 as 0. The caller ensures that
   * they are finite.
   */
  appendVertices(positions: Float32Array | Float64Array, count: number): void {
    const { appendVertices32, appendVertices64 } = this.memory.kernels;
    this.append(positions instanceof Float32Array ? appendVertices32 : appendVertices64, positions, count);
  }

  /**
   * Appends `count` rows (id, a, b, c): 3 x count integers from 0 to 2^53 - 1, each stored in the fewest bytes. The
   * caller ensures that range.
   */
  appendTriangles(corners: Float64Array, count: number): void {
    this.append(this.memory.kernels.appendTriangles, corners, count);
  }

  /** Appends the row (rowid, values) of finite numbers, each stored as REAL. Throws RangeError like appendRow. */
  appendReals(rowid: number, values: Float64Array): void {
    this.checkRowid(rowid);
    const { leaf, view } = this;
    const headerBytes = 2 + values.length;
    let at = this.addCell(rowid, headerBytes + 8 * values.length);
    leaf[at++] = headerBytes;
    leaf[at++] = 0;
    for (let k = 0; k < values.length; k++) leaf[at++] = FLOAT_TYPE;
    for (let k = 0; k < values.length; k++, at += 8) view.setFloat64(at, values[k]! + 0);
  }

  /** The largest id so far, -1 in an empty table. */
  get last(): number {
    return this.table.lastId;
  }

  /**
   * Appends all rows of a leaf of another table with the same columns, and returns how many. Returns 0, and does nothing,
   * unless it has the size and layout of the leaves here and its ids are larger than all before.
   */
  appendLeaf(page: Uint8Array): number {
    const { leaf, table } = this;
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const cells = view.getUint16(CELL_COUNT);
    const content = view.getUint16(CONTENT_START);
    if (page.length !== leaf.length || page[0] !== TABLE_LEAF || cells === 0) return 0;
    if (content < LEAF_HEADER + 2 * cells || content >= page.length) return 0;
    const firstId = idOfCell(page, view, 0);
    const lastId = idOfCell(page, view, cells - 1);
    if (firstId <= table.lastId || lastId < firstId) return 0;
    if (table.cells > 0) this.placeLeaf();
    leaf.set(page);
    table.cells = cells;
    table.content = content;
    table.lastId = lastId;
    return cells;
  }

  /**
   * Appends one row of any table: values in declared column order, null for the INTEGER PRIMARY KEY. Safe integers are
   * stored as integers, other numbers as REAL. Throws RangeError if the id does not ascend, a value is NaN, or the row
   * needs more bytes than a page has for it (page size - 35).
   */
  appendRow(rowid: number, values: readonly ColumnValue[]): void {
    this.checkRowid(rowid);
    const types = values.map(columnType);
    const typeBytes = types.reduce((sum, type) => sum + varintWidth(type), 0);
    // The header's size counts itself; more than two bytes would mean more columns than a table may have.
    const headerBytes = typeBytes + (typeBytes < 127 ? 1 : 2);
    const payload = types.reduce((sum, type) => sum + columnBytes(type), headerBytes);
    const max = localPayloadMax(this.pages.pageBytes);
    if (payload > max) throw new RangeError(`a row of ${payload} bytes; expected at most ${max}`);
    let at = this.addCell(rowid, payload);
    at = writeVarint(this.leaf, at, headerBytes, varintWidth(headerBytes));
    for (const type of types) at = writeVarint(this.leaf, at, type, varintWidth(type));
    for (let k = 0; k < types.length; k++) at = writeColumn(this.leaf, at, values[k]!, types[k]!);
  }

  /** Places unfinished pages, and returns the page at the top of the tree, which becomes the root. */
  finish(): Uint8Array {
    if (this.parent.isEmpty) return this.sealLeaf();
    this.placeLeaf();
    return this.parent.finish();
  }

  /** Appends rows of three values by a kernel. Throws RangeError unless their ids are exact in a double. */
  private append(kernel: AppendRows, values: Float32Array | Float64Array, count: number): void {
    const { table, memory } = this;
    if (table.lastId + count > Number.MAX_SAFE_INTEGER) throw new RangeError('ids beyond 2^53 - 1');
    const rowBytes = 3 * values.BYTES_PER_ELEMENT;
    for (let first = 0, some = 0; first < count; first += some) {
      some = Math.min(STAGE_ROWS, count - first);
      const rows = memory.stage(values, first, some);
      for (let done = 0; ; this.placeLeaf()) {
        done += kernel(table.address, rows + rowBytes * done, some - done);
        if (done === some) break;
      }
    }
  }

  private checkRowid(rowid: number): void {
    const { lastId } = this.table;
    if (rowid > lastId && Number.isSafeInteger(rowid)) return;
    throw new RangeError(`row ${rowid} after row ${lastId}; expected a larger safe integer`);
  }

  /** Makes room for a cell, writes its payload size and id, and returns where its payload begins. */
  private addCell(rowid: number, payload: number): number {
    const { table, leaf } = this;
    const sizeWidth = varintWidth(payload);
    const idWidth = varintWidth(rowid);
    const size = sizeWidth + idWidth + payload;
    if (table.content - size < LEAF_HEADER + 2 * table.cells + 2) this.placeLeaf();
    const at = table.content - size;
    const pointer = LEAF_HEADER + 2 * table.cells;
    leaf[pointer] = at >>> 8;
    leaf[pointer + 1] = at;
    table.lastId = rowid;
    table.cells++;
    table.content = at;
    return writeVarint(leaf, writeVarint(leaf, at, payload, sizeWidth), rowid, idWidth);
  }

  private sealLeaf(): Uint8Array {
    sealPage(this.view, TABLE_LEAF, this.table.cells, this.table.content);
    return this.leaf;
  }

  private placeLeaf(): void {
    const { table, parent, pages } = this;
    parent.add({ page: pages.place(this.sealLeaf()), lastId: table.lastId });
    // No bytes of old rows in the gap between pointers and cells.
    this.leaf.fill(0);
    table.cells = 0;
    table.content = pages.pageBytes;
  }
}

/** Returns the id of a cell of a leaf. */
function idOfCell(page: Uint8Array, view: DataView, cell: number): number {
  const at = view.getUint16(LEAF_HEADER + 2 * cell);
  return readVarint(page, at + varintWidth(readVarint(page, at)));
}
