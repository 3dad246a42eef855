/**
 * Bulk load: the rows of empty tables as finished b-tree pages, in rowid order, strictly at the end of the file.
 *
 * Rows come in the order of their ids and never change, so a leaf is full once and for all; what SQLite would do
 * for an INSERT (find the leaf, make room, balance) has nothing to do here. No SQLite connection may have the file
 * open meanwhile. Memory is one write buffer and two pages for each level of each tree. Indexes are not kept:
 * the tables must have none.
 */
import { DatabaseError } from '../errors.js';
import { RandomAccessFile } from '../io/random-access-file.js';
import {
  CELL_COUNT,
  CONTENT_START,
  HEADER,
  HEADER_BYTES,
  INTEGER_BYTES,
  INTERIOR_HEADER,
  integerType,
  LEAF_HEADER,
  lockPage,
  RIGHT_CHILD,
  TABLE_INTERIOR,
  TABLE_LEAF,
  varintWidth,
  writeInteger,
  writeVarint,
} from './page-format.js';

const BUFFER_BYTES = 2 ** 20;

/** A column value of a row for {@link TableWriter.appendRow}. */
export type ColumnValue = number | string | Uint8Array | null;

/** Numbers and places finished pages. */
interface PageSpace {
  readonly pageBytes: number;
  /** Puts a finished page at the end of the file; returns its number, from 1. The page is copied. */
  place(page: Uint8Array): number;
  /** Writes over a page that exists. */
  replace(number: number, page: Uint8Array): void;
}

/** One bulk load into one closed database file. */
export class TableLoad implements PageSpace {
  private readonly tables: TableWriter[] = [];
  private readonly buffer: Uint8Array;
  private buffered = 0;
  private isOpen = true;

  private constructor(
    private readonly file: RandomAccessFile,
    readonly pageBytes: number,
    /** Pages of the file, those in the buffer included. */
    private pages: number,
  ) {
    this.buffer = new Uint8Array(pageBytes * Math.max(1, Math.floor(BUFFER_BYTES / pageBytes)));
  }

  /** Opens a database file that nothing else has open. Throws DatabaseError where its layout is not plain. */
  static open(path: string): TableLoad {
    const file = RandomAccessFile.open(path, 'update');
    const header = new Uint8Array(HEADER_BYTES);
    const view = new DataView(header.buffer);
    const got = file.read(header, 0);
    const size = view.getUint16(HEADER.pageSize);
    const pageBytes = size === 1 ? 65_536 : size;
    const isPlain =
      got === HEADER_BYTES &&
      header[HEADER.writeVersion] === 1 &&
      header[HEADER.reserved] === 0 &&
      view.getUint32(HEADER.largestRoot) === 0 &&
      file.size() === pageBytes * view.getUint32(HEADER.pageCount);
    if (!isPlain) {
      file.close();
      throw new DatabaseError(
        `${path}: cannot be loaded in bulk; expected a database without WAL and auto-vacuum`,
      );
    }
    return new TableLoad(file, pageBytes, view.getUint32(HEADER.pageCount));
  }

  /** The writer of the empty table whose root is page `rootPage`. Throws DatabaseError where it is not empty. */
  table(rootPage: number): TableWriter {
    const page = new Uint8Array(this.pageBytes);
    this.file.read(page, this.pageBytes * (rootPage - 1));
    const cells = new DataView(page.buffer).getUint16(CELL_COUNT);
    if (rootPage < 2 || page[0] !== TABLE_LEAF || cells !== 0) {
      throw new DatabaseError(`${this.file.path}: page ${rootPage} is not the root of an empty table`);
    }
    const writer = new TableWriter(this, rootPage);
    this.tables.push(writer);
    return writer;
  }

  /** Writes the right edges and the roots, and makes the header say so. No rows after this. */
  finish(): void {
    for (const table of this.tables) table.finish();
    this.flush();
    const counter = new Uint8Array(HEADER_BYTES);
    this.file.read(counter, 0);
    const view = new DataView(counter.buffer);
    const changes = (view.getUint32(HEADER.changeCounter) + 1) >>> 0;
    view.setUint32(HEADER.changeCounter, changes);
    view.setUint32(HEADER.versionValidFor, changes);
    view.setUint32(HEADER.pageCount, this.pages);
    this.file.write(counter, 0);
  }

  /** Lets go of the file; without finish() before, the tables stay as they were: empty. */
  close(): void {
    if (this.isOpen) this.file.close();
    this.isOpen = false;
  }

  place(page: Uint8Array): number {
    if (this.pages + 1 === lockPage(this.pageBytes)) this.append(new Uint8Array(this.pageBytes));
    return this.append(page);
  }

  replace(number: number, page: Uint8Array): void {
    this.file.write(page, this.pageBytes * (number - 1));
  }

  private append(page: Uint8Array): number {
    this.buffer.set(page, this.buffered);
    this.buffered += this.pageBytes;
    this.pages++;
    if (this.buffered === this.buffer.length) this.flush();
    return this.pages;
  }

  private flush(): void {
    const start = this.pageBytes * this.pages - this.buffered;
    this.file.write(this.buffer.subarray(0, this.buffered), start);
    this.buffered = 0;
  }
}

/** The rows of one table, ascending by id. */
export class TableWriter {
  private readonly leaf: Uint8Array;
  private readonly view: DataView;
  private readonly levels: InteriorLevel[] = [];
  private cells = 0;
  private content: number;
  private last = -1;

  constructor(
    private readonly space: PageSpace,
    private readonly rootPage: number,
  ) {
    this.leaf = new Uint8Array(space.pageBytes);
    this.view = new DataView(this.leaf.buffer);
    this.content = space.pageBytes;
  }

  /** Appends `count` rows (id, x, y, z) with the next ids: three REAL columns, -0 as 0. */
  appendVertices(positions: Float32Array | Float64Array, count: number): void {
    const { leaf, view } = this;
    for (let k = 0; k < 3 * count; k += 3) {
      const rowid = this.last + 1;
      // Header of five bytes: its size, NULL for the id, three 64-bit floats; then 24 bytes of values.
      let at = this.reserve(rowid, 29);
      leaf[at++] = 5;
      leaf[at++] = 0;
      leaf[at++] = 7;
      leaf[at++] = 7;
      leaf[at++] = 7;
      view.setFloat64(at, positions[k]! + 0);
      view.setFloat64(at + 8, positions[k + 1]! + 0);
      view.setFloat64(at + 16, positions[k + 2]! + 0);
    }
  }

  /** Appends `count` rows (id, a, b, c) with the next ids: three integers from 0 to 2^53 - 1. */
  appendTriangles(corners: Float64Array, count: number): void {
    const { leaf } = this;
    for (let k = 0; k < 3 * count; k += 3) {
      const a = corners[k]!;
      const b = corners[k + 1]!;
      const c = corners[k + 2]!;
      const typeA = integerType(a);
      const typeB = integerType(b);
      const typeC = integerType(c);
      const widthA = INTEGER_BYTES[typeA] ?? 0;
      const widthB = INTEGER_BYTES[typeB] ?? 0;
      const widthC = INTEGER_BYTES[typeC] ?? 0;
      let at = this.reserve(this.last + 1, 5 + widthA + widthB + widthC);
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

  /**
   * Appends one row of any kind: columns in declared order, null where the id stands. Integral numbers are stored
   * as integers, others as REAL. Throws RangeError when the id does not ascend or the row is too large for a page.
   */
  appendRow(rowid: number, values: readonly ColumnValue[]): void {
    if (!(rowid > this.last)) throw new RangeError(`row ${rowid} after row ${this.last}`);
    const columns = values.map(encodeColumn);
    const types = columns.reduce((sum, { type }) => sum + varintWidth(type), 0);
    const header = types + varintWidth(types + 1);
    const payload = columns.reduce((sum, { bytes }) => sum + bytes.length, header);
    if (payload > this.space.pageBytes - 35) throw new RangeError(`a row of ${payload} bytes`);
    let at = this.reserve(rowid, payload);
    at = writeVarint(this.leaf, at, header, varintWidth(header));
    for (const { type } of columns) at = writeVarint(this.leaf, at, type, varintWidth(type));
    for (const { bytes } of columns) {
      this.leaf.set(bytes, at);
      at += bytes.length;
    }
  }

  /** Writes what is not full yet; the top of the tree goes to the root page. */
  finish(): void {
    if (this.levels.length === 0) {
      this.space.replace(this.rootPage, this.sealLeaf());
      return;
    }
    if (this.cells > 0) this.placeLeaf();
    for (let k = 0; k < this.levels.length; k++) {
      const level = this.levels[k]!;
      level.settle(this.parentOf(k));
      if (k + 1 === this.levels.length) this.space.replace(this.rootPage, level.seal());
      else level.place(this.parentOf(k));
    }
  }

  /** Makes room for a cell, writes its payload size and id, and returns where its payload begins. */
  private reserve(rowid: number, payload: number): number {
    const idWidth = varintWidth(rowid);
    const size = varintWidth(payload) + idWidth + payload;
    if (this.content - size < LEAF_HEADER + 2 * this.cells + 2) this.placeLeaf();
    this.last = rowid;
    const at = this.content - size;
    const pointer = LEAF_HEADER + 2 * this.cells;
    this.leaf[pointer] = at >>> 8;
    this.leaf[pointer + 1] = at;
    this.cells++;
    this.content = at;
    const from = writeVarint(this.leaf, at, payload, varintWidth(payload));
    return writeVarint(this.leaf, from, rowid, idWidth);
  }

  private sealLeaf(): Uint8Array {
    sealPage(this.leaf, this.view, TABLE_LEAF, this.cells, this.content);
    return this.leaf;
  }

  private placeLeaf(): void {
    const number = this.space.place(this.sealLeaf());
    this.parentOf(-1)(number, this.last);
    this.cells = 0;
    this.content = this.space.pageBytes;
    this.leaf.fill(0);
  }

  /** Takes the children of the level above level `k`, which is made when there is none. */
  private parentOf(k: number): Parent {
    return (child, key) => {
      let parent = this.levels[k + 1];
      if (parent === undefined) {
        parent = new InteriorLevel(this.space);
        this.levels.push(parent);
      }
      parent.add(child, key, this.parentOf(k + 1));
    };
  }
}

type Parent = (child: number, key: number) => void;

/**
 * The right edge of one level of interior pages. A page has a cell (child, largest id in it) for each child but
 * the last, which its header names. A page needs at least one cell, so a full page is held back until the next one
 * has two children; at the end it gives its last child away instead.
 */
class InteriorLevel {
  private page: Uint8Array;
  private held: Uint8Array;
  private isHeld = false;
  private heldKey = 0;
  private cells = 0;
  private content: number;
  private lastChild = 0;
  private lastKey = 0;

  constructor(private readonly space: PageSpace) {
    this.page = new Uint8Array(space.pageBytes);
    this.held = new Uint8Array(space.pageBytes);
    this.content = space.pageBytes;
  }

  add(child: number, key: number, parent: Parent): void {
    if (this.lastChild !== 0) {
      const size = 4 + varintWidth(this.lastKey);
      if (this.content - size < INTERIOR_HEADER + 2 * this.cells + 2) {
        this.hold();
      } else {
        this.addCell(this.lastChild, this.lastKey);
        this.release(parent);
      }
    }
    this.lastChild = child;
    this.lastKey = key;
  }

  /** At the end: sees to it that the last page has a cell, and places a page that is held back. */
  settle(parent: Parent): void {
    if (!this.isHeld) return;
    const view = new DataView(this.held.buffer);
    const cells = view.getUint16(CELL_COUNT) - 1;
    const at = view.getUint16(INTERIOR_HEADER + 2 * cells);
    const child = view.getUint32(RIGHT_CHILD);
    const key = this.heldKey;
    view.setUint16(CELL_COUNT, cells);
    view.setUint32(RIGHT_CHILD, view.getUint32(at));
    this.heldKey = readVarint(this.held, at + 4);
    // The cell's bytes are given back: content begins with the cell before it.
    view.setUint16(CONTENT_START, view.getUint16(INTERIOR_HEADER + 2 * cells - 2));
    view.setUint16(INTERIOR_HEADER + 2 * cells, 0);
    this.addCell(child, key);
    this.release(parent);
  }

  seal(): Uint8Array {
    const view = new DataView(this.page.buffer);
    sealPage(this.page, view, TABLE_INTERIOR, this.cells, this.content);
    view.setUint32(RIGHT_CHILD, this.lastChild);
    return this.page;
  }

  place(parent: Parent): void {
    parent(this.space.place(this.seal()), this.lastKey);
  }

  private addCell(child: number, key: number): void {
    const width = varintWidth(key);
    const at = this.content - 4 - width;
    const view = new DataView(this.page.buffer);
    view.setUint32(at, child);
    writeVarint(this.page, at + 4, key, width);
    view.setUint16(INTERIOR_HEADER + 2 * this.cells, at);
    this.cells++;
    this.content = at;
  }

  private hold(): void {
    const full = this.seal();
    this.page = this.held;
    this.held = full;
    this.isHeld = true;
    this.heldKey = this.lastKey;
    this.page.fill(0);
    this.cells = 0;
    this.content = this.space.pageBytes;
  }

  private release(parent: Parent): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    parent(this.space.place(this.held), this.heldKey);
  }
}

function sealPage(page: Uint8Array, view: DataView, type: number, cells: number, content: number): void {
  page[0] = type;
  view.setUint16(CELL_COUNT, cells);
  // 0 stands for 65,536, where an empty page of that size has its content.
  view.setUint16(CONTENT_START, content % 65_536);
}

function readVarint(page: Uint8Array, at: number): number {
  let value = 0;
  for (let k = at; ; k++) {
    value = 128 * value + (page[k]! & 127);
    if (page[k]! < 128) return value;
  }
}

/** Writes a vertex id over as many bytes as its type has. */
function writeId(page: Uint8Array, at: number, id: number, width: number): number {
  if (width > 4) return writeInteger(page, at, id, width);
  if (width === 4) page[at++] = id >>> 24;
  if (width >= 3) page[at++] = id >>> 16;
  if (width >= 2) page[at++] = id >>> 8;
  if (width >= 1) page[at++] = id;
  return at;
}

const NOTHING = new Uint8Array(0);

function encodeColumn(value: ColumnValue): { type: number; bytes: Uint8Array } {
  if (value === null) return { type: 0, bytes: NOTHING };
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'utf8');
    return { type: 13 + 2 * bytes.length, bytes };
  }
  if (typeof value !== 'number') return { type: 12 + 2 * value.length, bytes: value };
  if (!Number.isSafeInteger(value)) {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value);
    return { type: 7, bytes };
  }
  const type = integerType(value);
  const bytes = new Uint8Array(INTEGER_BYTES[type] ?? 0);
  writeInteger(bytes, 0, value, bytes.length);
  return { type, bytes };
}
