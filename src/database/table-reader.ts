/**
 * Rows of the mesh's two large tables, in id order, straight from their leaf pages.
 *
 * A full export reads every row once; decoding pages here is several times as fast as fetching rows through SQL.
 * Nobody may write to the file meanwhile: the caller holds SQLite's shared lock. Nothing in the file is trusted:
 * whatever breaks the format is a DatabaseError with its page.
 */
import { DatabaseError } from '../errors.js';
import { RandomAccessFile } from '../io/random-access-file.js';
import type { TriangleBatch, VertexBatch } from '../mesh.js';
import {
  CELL_COUNT,
  HEADER,
  HEADER_BYTES,
  INTEGER_BYTES,
  INTERIOR_HEADER,
  LEAF_HEADER,
  MAGIC,
  RIGHT_CHILD,
  readInteger,
  TABLE_INTERIOR,
  TABLE_LEAF,
} from './page-format.js';

/** Bytes read at a time: neighbours of a leaf are mostly the next leaves, of one table or the other. */
const WINDOW_BYTES = 2 ** 20;
/** Rows in a batch at the most, less those of one page. */
const BATCH_ROWS = 16_384;
/** Trees of 512-byte pages with 2^64 rows are not deeper. */
const DEPTH_MAX = 24;

export class TableReader {
  private readonly window: Uint8Array;
  private windowFirst = 0;
  private windowPages = 0;
  /** Pages seen in this walk: a tree has no more than the file. */
  private seen = 0;

  private constructor(
    private readonly file: RandomAccessFile,
    private readonly pageBytes: number,
    private readonly usableBytes: number,
    private readonly pages: number,
  ) {
    this.window = new Uint8Array(pageBytes * Math.max(1, Math.floor(WINDOW_BYTES / pageBytes)));
  }

  /** Opens a database file for reading. Throws FileError, or DatabaseError where it is no database. */
  static open(path: string): TableReader {
    const file = RandomAccessFile.open(path, 'read');
    const header = new Uint8Array(HEADER_BYTES);
    const got = file.read(header, 0);
    const view = new DataView(header.buffer);
    const size = view.getUint16(HEADER.pageSize);
    const pageBytes = size === 1 ? 65_536 : size;
    const isDatabase =
      got === HEADER_BYTES && Buffer.from(header.subarray(0, 16)).toString('latin1') === MAGIC;
    if (!isDatabase || pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0) {
      file.close();
      throw new DatabaseError(`${path}: not an SQLite database`);
    }
    return new TableReader(
      file,
      pageBytes,
      pageBytes - header[HEADER.reserved]!,
      Math.floor(file.size() / pageBytes),
    );
  }

  close(): void {
    this.file.close();
  }

  /** Rows (id, x, y, z) of the table with that root page. Throws DatabaseError unless ids are 0, 1, 2, ... */
  *vertices(rootPage: number): Generator<VertexBatch> {
    for (const { count, values } of this.rows(rootPage, true)) yield { count, positions: values };
  }

  /** Rows (id, a, b, c) of the table with that root page, ids ascending. Throws DatabaseError. */
  *triangles(rootPage: number): Generator<TriangleBatch> {
    for (const { count, values } of this.rows(rootPage, false)) yield { count, corners: values };
  }

  private *rows(rootPage: number, isVertex: boolean): Generator<{ count: number; values: Float64Array }> {
    const rowsPerPage = Math.ceil(this.pageBytes / 8);
    const values = new Float64Array(3 * (BATCH_ROWS + rowsPerPage));
    const decoder = new LeafDecoder(this.usableBytes, values, isVertex, (page, problem) =>
      this.error(page, problem),
    );
    this.seen = 0;
    for (const { number, page } of this.leaves(rootPage, DEPTH_MAX)) {
      decoder.decode(number, page);
      if (decoder.count < BATCH_ROWS) continue;
      yield { count: decoder.count, values };
      decoder.count = 0;
    }
    if (decoder.count > 0) yield { count: decoder.count, values };
  }

  /** The leaf pages below a page, from left to right. A leaf is valid until the next one is asked for. */
  private *leaves(number: number, depth: number): Generator<{ number: number; page: Uint8Array }> {
    if (depth === 0 || ++this.seen > this.pages) {
      throw this.error(number, 'is reached a second time; expected every page once');
    }
    const page = this.readPage(number);
    if (page[0] === TABLE_LEAF) {
      yield { number, page };
      return;
    }
    if (page[0] !== TABLE_INTERIOR) {
      throw this.error(
        number,
        `has type ${page[0]}; expected ${TABLE_INTERIOR} or ${TABLE_LEAF}, a page of a table`,
      );
    }
    for (const child of this.children(number, page)) yield* this.leaves(child, depth - 1);
  }

  /** The children of an interior page, copied: the window moves on while they are read. */
  private children(number: number, page: Uint8Array): number[] {
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const cells = view.getUint16(CELL_COUNT);
    if (INTERIOR_HEADER + 2 * cells > this.usableBytes) {
      throw this.error(number, `announces ${cells} cells; expected as many as fit`);
    }
    const children: number[] = [];
    for (let k = 0; k < cells; k++) {
      const at = view.getUint16(INTERIOR_HEADER + 2 * k);
      if (at + 4 > this.usableBytes)
        throw this.error(number, `has a cell at ${at}; expected it inside the page`);
      children.push(view.getUint32(at));
    }
    children.push(view.getUint32(RIGHT_CHILD));
    return children;
  }

  private readPage(number: number): Uint8Array {
    if (number < 2 || number > this.pages) {
      throw this.error(number, `is not in the file; expected one of 2 to ${this.pages}`);
    }
    if (number < this.windowFirst || number >= this.windowFirst + this.windowPages) {
      const got = this.file.read(this.window, this.pageBytes * (number - 1));
      this.windowFirst = number;
      this.windowPages = Math.floor(got / this.pageBytes);
      if (this.windowPages === 0) throw this.error(number, 'cannot be read; expected it inside the file');
    }
    const start = this.pageBytes * (number - this.windowFirst);
    return this.window.subarray(start, start + this.pageBytes);
  }

  private error(page: number, problem: string): DatabaseError {
    return new DatabaseError(`${this.file.path}: damaged: page ${page} ${problem}`, {
      hint: 'import the source again',
    });
  }
}

/** Decodes leaves into one array of values, three a row. */
class LeafDecoder {
  count = 0;
  private rows = 0;
  private lastId = -1;
  /** Where the varint read last ends. */
  private after = 0;

  constructor(
    private readonly usableBytes: number,
    private readonly values: Float64Array,
    private readonly isVertex: boolean,
    private readonly error: (page: number, problem: string) => DatabaseError,
  ) {}

  decode(number: number, page: Uint8Array): void {
    const { values, isVertex, usableBytes } = this;
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const cells = view.getUint16(CELL_COUNT);
    if (LEAF_HEADER + 2 * cells > usableBytes || 3 * (this.count + cells) > values.length) {
      throw this.error(number, `announces ${cells} rows; expected as many as fit`);
    }
    let to = 3 * this.count;
    for (let k = 0; k < cells; k++) {
      const at = view.getUint16(LEAF_HEADER + 2 * k);
      const payload = this.readVarint(number, page, at);
      const id = this.readVarint(number, page, this.after);
      const start = this.after;
      const end = start + payload;
      if (payload < 5 || end > usableBytes) {
        throw this.error(number, `has a row of ${payload} bytes at ${at}; expected it inside the page`);
      }
      if (isVertex ? id !== this.rows : id <= this.lastId) {
        const expected = isVertex ? String(this.rows) : `more than ${this.lastId}`;
        throw this.error(number, `has a row with id ${id}; expected ${expected}`);
      }
      this.lastId = id;
      this.rows++;
      if (page[start]! < 5 || page[start]! > 127 || page[start + 1] !== 0) {
        throw this.error(number, `has a row at ${at} that is no mesh row; expected an id and three numbers`);
      }
      let from = start + page[start]!;
      for (let column = 2; column < 5; column++) {
        const type = page[start + column]!;
        if (type === 7) {
          values[to] = from + 8 <= end ? view.getFloat64(from) : Number.NaN;
          from += 8;
        } else {
          const width = type === 8 || type === 9 ? 0 : type >= 1 && type <= 6 ? INTEGER_BYTES[type]! : -1;
          if (width < 0 || from + width > end) {
            throw this.error(number, `has a row at ${at} with a column of type ${type}; expected a number`);
          }
          values[to] = width === 0 ? type - 8 : readId(page, from, width);
          from += width;
        }
        const value = values[to++]!;
        // An id is a non-negative integer; a coordinate is finite.
        if (isVertex ? value - value !== 0 : !(value >= 0 && Math.floor(value) === value)) {
          throw this.error(
            number,
            `has the value ${value} in row ${id}; expected ${isVertex ? 'a finite number' : 'an id'}`,
          );
        }
      }
    }
    this.count += cells;
  }

  private readVarint(number: number, page: Uint8Array, at: number): number {
    let value = page[at]!;
    this.after = at + 1;
    if (value < 128) return value;
    value -= 128;
    for (let k = 1; k < 9; k++) {
      const byte = page[at + k];
      if (byte === undefined) break;
      this.after = at + k + 1;
      if (k === 8) return 256 * value + byte;
      value = 128 * value + (byte & 127);
      if (byte < 128) return value;
    }
    if (page[at] === undefined || this.after >= page.length) {
      throw this.error(number, `has a cell at ${at}; expected it inside the page`);
    }
    return value;
  }
}

/** Reads an integer column; the widths that ids of most meshes have come first. */
function readId(page: Uint8Array, at: number, width: number): number {
  if (width === 3) return ((page[at]! << 24) | (page[at + 1]! << 16) | (page[at + 2]! << 8)) >> 8;
  if (width === 4) return (page[at]! << 24) | (page[at + 1]! << 16) | (page[at + 2]! << 8) | page[at + 3]!;
  return readInteger(page, at, width);
}
