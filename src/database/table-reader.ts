/**
 * Rows of the mesh's two large tables, in id order, straight from their leaf pages.
 *
 * A full export reads every row once; decoding pages here is eight to ten times as fast as SELECT (`npm run bench
 * -- --only tables`). Not done here: locks (nobody may write meanwhile; the caller holds SQLite's shared lock),
 * write-ahead logs, overflow pages, look-ups by id. Nothing in the file is trusted: whatever breaks the format, sqlite.org/fileformat2.html
 * sections 1.6 and 2.1, or the mesh's own rules is a DatabaseError with its page. That rows are missing at the end
 * of a table shows only against its counts, which the caller has.
 *
 * Lost: a window of always 1 MiB (2 M triangles inserted in random order: 330 ms, now 80 ms); a short cut for
 * varints of one byte (no gain).
 */
import { DatabaseError } from '../errors.js';
import { RandomAccessFile } from '../io/random-access-file.js';
import type { TriangleBatch, VertexBatch } from '../mesh.js';
import {
  CELL_COUNT,
  type FileHeader,
  FLOAT_TYPE,
  HEADER_BYTES,
  INTEGER_BYTES,
  INTERIOR_HEADER,
  LEAF_HEADER,
  localPayloadMax,
  parseFileHeader,
  RIGHT_CHILD,
  readInteger,
  TABLE_INTERIOR,
  TABLE_LEAF,
} from './page-format.js';

/** The most bytes read at a time: the next leaves of a table mostly stand close behind each other. */
const WINDOW_BYTES = 2 ** 20;
/** A batch is handed over when it has so many rows, with the rest of its last page. */
const BATCH_ROWS = 16_384;
/** SQLite's own limit (BTCURSOR_MAX_DEPTH). */
const DEPTH_MAX = 20;
/** Stands for the width of a column that is no number: it ends beyond any row. */
const NO_NUMBER = 2 ** 16;

/** One database file, open for reading. Its streams may run side by side. */
export class TableReader {
  private readonly window: Uint8Array;
  /** The pages in the window: the first one's number, and how many. */
  private first = 0;
  private count = 0;
  private isOpen = true;

  private constructor(
    private readonly file: RandomAccessFile,
    private readonly header: FileHeader,
    private readonly pages: number,
  ) {
    this.window = new Uint8Array(Math.max(header.pageBytes, WINDOW_BYTES));
  }

  /** Opens a database file for reading. Throws FileError, or DatabaseError where it is no database. */
  static open(path: string): TableReader {
    const file = RandomAccessFile.open(path, 'read');
    try {
      const bytes = new Uint8Array(HEADER_BYTES);
      const header = parseFileHeader(bytes.subarray(0, file.read(bytes, 0)));
      if (header === undefined) throw new DatabaseError(`${path}: not an SQLite database`);
      return new TableReader(file, header, Math.floor(file.size() / header.pageBytes));
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Lets go of the file; may be called again. Gives up the process's locks on it (POSIX). */
  close(): void {
    if (this.isOpen) this.file.close();
    this.isOpen = false;
  }

  /**
   * Rows (id, x, y, z) of the table with that root page, in id order. Throws DatabaseError unless ids are 0, 1, 2
   * and so on and coordinates are finite. The reader reuses the batch.
   */
  *vertices(rootPage: number): Generator<VertexBatch> {
    for (const { count, values } of this.rows(rootPage, true)) yield { count, positions: values };
  }

  /**
   * Rows (id, a, b, c) of the table with that root page, in id order; ids may have gaps. Throws DatabaseError
   * unless corners are integers from 0 to 2^53 - 1. The reader reuses the batch.
   */
  *triangles(rootPage: number): Generator<TriangleBatch> {
    for (const { count, values } of this.rows(rootPage, false)) yield { count, corners: values };
  }

  private *rows(rootPage: number, isVertex: boolean): Generator<{ count: number; values: Float64Array }> {
    if (this.header.isWal) {
      throw new DatabaseError(
        `${this.file.path}: its newest rows may be in a write-ahead log; expected none`,
      );
    }
    const decoder = new LeafDecoder(this.header, isVertex, (page, problem) => this.error(page, problem));
    for (const { number, page } of this.leaves(rootPage, 1)) {
      decoder.decode(number, page);
      if (decoder.count < BATCH_ROWS) continue;
      yield { count: decoder.count, values: decoder.values };
      decoder.count = 0;
    }
    if (decoder.count > 0) yield { count: decoder.count, values: decoder.values };
  }

  /**
   * The leaf pages at and below a page, from left to right. A leaf is valid until anything else is read. A loop
   * comes to its end: it is deeper than any tree, or leads to a leaf whose ids were there before.
   */
  private *leaves(number: number, depth: number): Generator<{ number: number; page: Uint8Array }> {
    if (depth > DEPTH_MAX)
      throw this.error(number, `in level ${depth} of a tree; expected ${DEPTH_MAX} at most`);
    const page = this.readPage(number);
    const type = page[0];
    if (type !== TABLE_LEAF && type !== TABLE_INTERIOR) {
      throw this.error(
        number,
        `type ${type}; expected ${TABLE_INTERIOR} or ${TABLE_LEAF}, a page of a table`,
      );
    }
    const cells = 256 * page[CELL_COUNT]! + page[CELL_COUNT + 1]!;
    const isEmptyTable = type === TABLE_LEAF && depth === 1;
    // Without this rule a few pages could spell out a tree of more empty leaves than there is time for.
    if (cells === 0 && !isEmptyTable) throw this.error(number, 'no cells; expected at least one');
    if (type === TABLE_LEAF) yield { number, page };
    else for (const child of this.children(number, page, cells)) yield* this.leaves(child, depth + 1);
  }

  /** The children of an interior page, copied: the window moves on while they are read. */
  private children(number: number, page: Uint8Array, cells: number): number[] {
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const usableBytes = page.length - this.header.reservedBytes;
    const begin = INTERIOR_HEADER + 2 * cells;
    if (begin > usableBytes) throw this.error(number, `${cells} cells; expected no more than fit`);
    const children: number[] = [];
    for (let k = 0; k < cells; k++) {
      const at = view.getUint16(INTERIOR_HEADER + 2 * k);
      if (at < begin || at + 5 > usableBytes) {
        throw this.error(number, `a cell at ${at}; expected ${begin} to ${usableBytes - 5}`);
      }
      children.push(view.getUint32(at));
    }
    children.push(view.getUint32(RIGHT_CHILD));
    return children;
  }

  private readPage(number: number): Uint8Array {
    if (!(number >= 2 && number <= this.pages)) {
      throw this.error(number, `not in the file; expected one of 2 to ${this.pages}`);
    }
    const { pageBytes } = this.header;
    if (number < this.first || number >= this.first + this.count) {
      // While the tree leads forward, twice as many pages each time; one where SQLite strewed them about.
      const max = this.window.length / pageBytes;
      const ahead = number - (this.first + this.count);
      const isForward = this.count > 0 && ahead >= 0 && ahead < max;
      const asked = isForward ? Math.min(max, 2 * this.count) : 1;
      const got = this.file.read(this.window.subarray(0, asked * pageBytes), pageBytes * (number - 1));
      this.first = number;
      this.count = Math.floor(got / pageBytes);
      if (this.count === 0) throw this.error(number, 'cannot be read; expected it inside the file');
    }
    const start = pageBytes * (number - this.first);
    return this.window.subarray(start, start + pageBytes);
  }

  private error(page: number, problem: string): DatabaseError {
    return new DatabaseError(`${this.file.path}: page ${page}: ${problem}`, {
      hint: 'import the source again',
    });
  }
}

/** Decodes leaves, one after the other, into three values a row. */
class LeafDecoder {
  /** Rows in `values`. */
  count = 0;
  readonly values: Float64Array;
  private readonly usableBytes: number;
  private rows = 0;
  private lastId = -1;
  /** Where the varint read last ends. */
  private after = 0;

  constructor(
    header: FileHeader,
    private readonly isVertex: boolean,
    private readonly error: (page: number, problem: string) => DatabaseError,
  ) {
    this.usableBytes = header.pageBytes - header.reservedBytes;
    // A row needs more than 8 bytes: a pointer of two, a size, an id and a header of five.
    this.values = new Float64Array(3 * (BATCH_ROWS + header.pageBytes / 8));
  }

  /** Appends the rows of leaf `number` to `values`. */
  decode(number: number, page: Uint8Array): void {
    const { values, isVertex, usableBytes } = this;
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const cells = view.getUint16(CELL_COUNT);
    const begin = LEAF_HEADER + 2 * cells;
    if (begin + 7 * cells > usableBytes) throw this.error(number, `${cells} rows; expected no more than fit`);
    const payloadMax = localPayloadMax(usableBytes);
    let to = 3 * this.count;
    for (let k = 0; k < cells; k++) {
      const at = view.getUint16(LEAF_HEADER + 2 * k);
      if (at < begin)
        throw this.error(number, `a row at ${at}; expected it after the ${cells} cell pointers`);
      const payload = this.readVarint(number, page, at);
      const id = this.readVarint(number, page, this.after);
      const start = this.after;
      const end = start + payload;
      if (payload < 5 || payload > payloadMax || end > usableBytes) {
        throw this.error(number, `a row of ${payload} bytes at ${at}; expected 5 or more, all in this page`);
      }
      if (isVertex ? id !== this.rows : !(id > this.lastId && id <= Number.MAX_SAFE_INTEGER)) {
        throw this.error(
          number,
          isVertex
            ? `vertex ids have a gap or go back, ${id} was found; expected ${this.rows}`
            : `triangle id ${id}; expected one from ${this.lastId + 1} to 2^53 - 1`,
        );
      }
      this.lastId = id;
      this.rows++;
      // A header of one byte for its size, NULL for the id and three types; columns added later follow them.
      const headerBytes = page[start]!;
      if (headerBytes < 5 || headerBytes > 127 || page[start + 1] !== 0) {
        throw this.error(
          number,
          `row ${id} does not begin as a row of a mesh; expected an id and three numbers`,
        );
      }
      let from = start + headerBytes;
      for (let column = 2; column < 5; column++) {
        const type = page[start + column]!;
        const next = from + (type >= 1 && type <= 9 ? INTEGER_BYTES[type]! : NO_NUMBER);
        if (next > end)
          throw this.error(number, `a column of type ${type} in row ${id}; expected a number inside the row`);
        const value =
          type === FLOAT_TYPE
            ? view.getFloat64(from)
            : type >= 8
              ? type - 8
              : readId(page, from, next - from);
        // A coordinate is finite, a corner is an id.
        if (isVertex ? value - value !== 0 : !isId(value)) {
          const expected = isVertex ? 'a finite coordinate' : 'a vertex id';
          throw this.error(number, `${value} in row ${id}; expected ${expected}`);
        }
        values[to++] = value;
        from = next;
      }
    }
    this.count += cells;
  }

  /** Reads a varint of up to eight bytes: nine are for negative ids and those beyond 2^53, which no mesh has. */
  private readVarint(number: number, page: Uint8Array, at: number): number {
    let value = 0;
    for (let k = at; k < at + 8 && k < this.usableBytes; k++) {
      const byte = page[k]!;
      if (byte < 128) {
        this.after = k + 1;
        return 128 * value + byte;
      }
      value = 128 * value + byte - 128;
    }
    throw this.error(
      number,
      `a row's size or id at ${at} does not end; expected at most eight bytes in the page`,
    );
  }
}

function isId(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value;
}

/** Reads an integer column; the widths that most ids have come first. */
function readId(page: Uint8Array, at: number, width: number): number {
  if (width === 3) return ((page[at]! << 24) | (page[at + 1]! << 16) | (page[at + 2]! << 8)) >> 8;
  if (width === 4) return (page[at]! << 24) | (page[at + 1]! << 16) | (page[at + 2]! << 8) | page[at + 3]!;
  return readInteger(page, at, width);
}
