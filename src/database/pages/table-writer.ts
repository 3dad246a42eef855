/**
 * Bulk load: writes the rows of empty tables as finished b-tree pages, in rowid order, strictly at the end of the file.
 *
 * Rows come in id order and never change, so a full leaf is final. Nothing of what SQLite does for an INSERT (find the
 * leaf, make room, balance) is needed. Not done here: indexes (the tables must have none), overflow pages, locks and
 * journals. No SQLite connection may have the file open in the meantime, and after a failure the file must be
 * discarded. Memory is one write buffer, a page for each table and the page numbers of one interior page for each level
 * of each tree; nothing grows with the rows.
 *
 * Seven to twelve times as many rows a second as INSERT: `npm run bench -- --only tables`. Lost: big-endian floats by
 * an overlay of Float64Array and Uint8Array instead of DataView, 20 M vertices/s, not 28 M.
 */
import { DatabaseError } from '../../errors.js';
import { RandomAccessFile } from '../../io/random-access-file.js';
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
  INTEGER_BYTES,
  integerType,
  LEAF_HEADER,
  localPayloadMax,
  PAGE_COUNT,
  parseFileHeader,
  readVarint,
  TABLE_LEAF,
  VERSION_VALID_FOR,
  varintWidth,
  writeBigEndian,
  writeColumn,
  writeVarint,
} from './page-format.js';
import { InteriorLevel, PageAppender, type SavedLevel, sealPage } from './page-tree.js';

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
  private isOpen = true;

  private constructor(
    private readonly file: RandomAccessFile,
    private readonly pages: PageAppender,
  ) {}

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
        load.tables.set(rootPage, new TableWriter(load.pages, saved));
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
    const writer = new TableWriter(this.pages);
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
  private readonly leaf: Buffer;
  private readonly view: DataView;
  private readonly parent: InteriorLevel;
  private cells = 0;
  /** Where the cells begin: they fill the page from its end, their pointers from its beginning. */
  private content: number;
  private lastId = -1;

  constructor(
    private readonly pages: PageAppender,
    saved?: SavedTable,
  ) {
    this.leaf = Buffer.from(new ArrayBuffer(pages.pageBytes));
    this.view = new DataView(this.leaf.buffer);
    this.content = pages.pageBytes;
    this.parent = new InteriorLevel(pages, saved?.parent);
    if (saved === undefined) return;
    this.leaf.set(Buffer.from(saved.leaf, 'base64'));
    this.cells = saved.cells;
    this.content = saved.content;
    this.lastId = saved.lastId;
  }

  /** Returns the current right edge. */
  save(): SavedTable {
    const { leaf, cells, content, lastId, parent } = this;
    return { leaf: leaf.toString('base64'), cells, content, lastId, parent: parent.save() };
  }

  /**
   * Appends `count` rows (id, x, y, z): 3 x count finite coordinates, stored as REAL, -0 as 0. The caller ensures that
   * they are finite.
   */
  appendVertices(positions: Float32Array | Float64Array, count: number): void {
    const { leaf, view } = this;
    this.checkIds(count);
    for (let k = 0; k < 3 * count; k += 3) {
      // A header of five bytes: its size, NULL for the id, three 64-bit floats. Then their 24 bytes.
      let at = this.addCell(this.lastId + 1, 29);
      leaf[at++] = 5;
      leaf[at++] = 0;
      leaf[at++] = 7;
      leaf[at++] = 7;
      leaf[at++] = 7;
      // -0 + 0 is 0.
      view.setFloat64(at, positions[k]! + 0);
      view.setFloat64(at + 8, positions[k + 1]! + 0);
      view.setFloat64(at + 16, positions[k + 2]! + 0);
    }
  }

  /**
   * Appends `count` rows (id, a, b, c): 3 x count integers from 0 to 2^53 - 1, each stored in the fewest bytes. The
   * caller ensures that range.
   */
  appendTriangles(corners: Float64Array, count: number): void {
    const { leaf } = this;
    this.checkIds(count);
    for (let k = 0; k < 3 * count; k += 3) {
      const a = corners[k]!;
      const b = corners[k + 1]!;
      const c = corners[k + 2]!;
      const typeA = integerType(a);
      const typeB = integerType(b);
      const typeC = integerType(c);
      const widthA = INTEGER_BYTES[typeA]!;
      const widthB = INTEGER_BYTES[typeB]!;
      const widthC = INTEGER_BYTES[typeC]!;
      let at = this.addCell(this.lastId + 1, 5 + widthA + widthB + widthC);
      leaf[at++] = 5;
      leaf[at++] = 0;
      leaf[at++] = typeA;
      leaf[at++] = typeB;
      leaf[at++] = typeC;
      at = writeId(leaf, at, a, widthA);
      at = writeId(leaf, at, b, widthB);
      writeId(leaf, at, c, widthC);
    }
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
    return this.lastId;
  }

  /**
   * Appends all rows of a leaf of another table with the same columns, and returns how many. Returns 0, and does nothing,
   * unless it has the size and layout of the leaves here and its ids are larger than all before.
   */
  appendLeaf(page: Uint8Array): number {
    const { leaf } = this;
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const cells = view.getUint16(CELL_COUNT);
    const content = view.getUint16(CONTENT_START);
    if (page.length !== leaf.length || page[0] !== TABLE_LEAF || cells === 0) return 0;
    if (content < LEAF_HEADER + 2 * cells || content >= page.length) return 0;
    const firstId = idOfCell(page, view, 0);
    const lastId = idOfCell(page, view, cells - 1);
    if (firstId <= this.lastId || lastId < firstId) return 0;
    if (this.cells > 0) this.placeLeaf();
    leaf.set(page);
    this.cells = cells;
    this.content = content;
    this.lastId = lastId;
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

  private checkRowid(rowid: number): void {
    if (rowid > this.lastId && Number.isSafeInteger(rowid)) return;
    throw new RangeError(`row ${rowid} after row ${this.lastId}; expected a larger safe integer`);
  }

  /** Throws RangeError unless the ids of the next `count` rows are exact in a double. */
  private checkIds(count: number): void {
    if (this.lastId + count > Number.MAX_SAFE_INTEGER) throw new RangeError('ids beyond 2^53 - 1');
  }

  /** Makes room for a cell, writes its payload size and id, and returns where its payload begins. */
  private addCell(rowid: number, payload: number): number {
    const sizeWidth = varintWidth(payload);
    const idWidth = varintWidth(rowid);
    const size = sizeWidth + idWidth + payload;
    if (this.content - size < LEAF_HEADER + 2 * this.cells + 2) this.placeLeaf();
    const at = this.content - size;
    const pointer = LEAF_HEADER + 2 * this.cells;
    this.leaf[pointer] = at >>> 8;
    this.leaf[pointer + 1] = at;
    this.lastId = rowid;
    this.cells++;
    this.content = at;
    return writeVarint(this.leaf, writeVarint(this.leaf, at, payload, sizeWidth), rowid, idWidth);
  }

  private sealLeaf(): Uint8Array {
    sealPage(this.view, TABLE_LEAF, this.cells, this.content);
    return this.leaf;
  }

  private placeLeaf(): void {
    this.parent.add({ page: this.pages.place(this.sealLeaf()), lastId: this.lastId });
    // No bytes of old rows in the gap between pointers and cells.
    this.leaf.fill(0);
    this.cells = 0;
    this.content = this.pages.pageBytes;
  }
}

/** Returns the id of a cell of a leaf. */
function idOfCell(page: Uint8Array, view: DataView, cell: number): number {
  const at = view.getUint16(LEAF_HEADER + 2 * cell);
  return readVarint(page, at + varintWidth(readVarint(page, at)));
}

/** Writes a vertex id with the bytes of its serial type. */
function writeId(page: Uint8Array, at: number, id: number, width: number): number {
  if (width > 4) return writeBigEndian(page, at, id, width);
  if (width === 4) page[at++] = id >>> 24;
  if (width >= 3) page[at++] = id >>> 16;
  if (width >= 2) page[at++] = id >>> 8;
  if (width >= 1) page[at++] = id;
  return at;
}
