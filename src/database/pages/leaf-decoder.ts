/**
 * Decodes the rows of leaf pages as numbers: vertices, whose ids are dense, triangles, whose ids ascend, and the colors,
 * normals and words of some of these.
 *
 * Pages are not trusted: any violation of the format (sqlite.org/fileformat2.html sections 1.6 and 2.1) or of the
 * mesh's own rules is an error that names the page.
 */

import type { IdSet } from '../../collections/id-set.js';
import type { DatabaseError } from '../../errors.js';
import {
  CELL_COUNT,
  cellBytes,
  type FileHeader,
  FLOAT_TYPE,
  INTEGER_BYTES,
  LEAF_HEADER,
  localPayloadMax,
  readInteger,
  TABLE_LEAF,
} from './page-format.js';
import { type Decoding, rowKernel } from './row-kernel.js';

/**
 * A batch ends with the page that brings it to this many rows. With 16,384, an export of 100,000 triangles took 6 %
 * longer: the compiler learns from loops that end.
 */
export const BATCH_ROWS = 4096;
/** What is expected of rows, by their width. */
const NUMBERS: readonly string[] = ['', 'a number', '', 'three numbers', 'four numbers'];
const EXPECTED_IDS: readonly string[] = ['', 'an attribute word', '', 'a vertex id'];
/** The width of a column that is not a number: it ends beyond any row. */
const NO_NUMBER = 2 ** 16;

/** The smallest row of three numbers in bytes: a pointer of two, a size, an id and a header of five. */
export const ROW_BYTES_MIN = 9;

/** Returns the most rows of a page; they have three numbers unless stated. */
export function rowsMax(pageBytes: number, width = 3): number {
  return Math.floor(pageBytes / (ROW_BYTES_MIN - 3 + width));
}

/** `count` rows with their ids. Valid until the next batch is requested. */
export interface Rows {
  readonly count: number;
  readonly ids: Float64Array;
}

/** A table of rows: the number of columns besides the id, and what they must be. */
export interface RowKind {
  readonly width: number;
  /** Whether ids count from 0 without gaps; else they ascend. */
  readonly isDense: boolean;
  /** Finite numbers, integers from 0 to 2^53 - 1, or any numbers. */
  readonly holds: 'positions' | 'ids' | 'numbers';
}

/** The tables of a mesh. */
export const ROW_KINDS = {
  vertices: { width: 3, isDense: true, holds: 'positions' },
  triangles: { width: 3, isDense: false, holds: 'ids' },
  colors: { width: 4, isDense: false, holds: 'numbers' },
  normals: { width: 3, isDense: false, holds: 'numbers' },
  words: { width: 1, isDense: false, holds: 'ids' },
} as const satisfies Record<string, RowKind>;

/**
 * Decodes leaves, one after another, into the values of each row.
 *
 * Usual rows, with short varints and columns of one kind, are decoded by a kernel (`npm run bench -- --only tables`).
 */
export class LeafDecoder implements Decoding {
  /** The number of rows in `values`. */
  count = 0;
  /** As many values a row as its kind has. */
  readonly values: Float64Array;
  readonly ids: Float64Array;
  /** The next row's required id (vertices, which are dense) or least id (triangles, which may have gaps). */
  nextId = 0;
  /** The id of the first row. */
  firstId = -1;
  /** The largest integer decoded so far, of rows of ids; -1 if there is none. */
  largest = -1;
  /** Bytes of the cells that were decoded of the current page. */
  bytes = 0;
  private readonly usableBytes: number;
  private readonly isVertex: boolean;
  private readonly width: number;
  /** The end of the last varint read. */
  private after = 0;

  constructor(
    header: FileHeader,
    private readonly kind: RowKind,
    private readonly error: (page: number, problem: string) => DatabaseError,
  ) {
    this.usableBytes = header.pageBytes - header.reservedBytes;
    const rows = BATCH_ROWS + rowsMax(header.pageBytes, kind.width);
    this.isVertex = kind.isDense;
    this.width = kind.width;
    this.values = new Float64Array(kind.width * rows);
    this.ids = new Float64Array(rows);
  }

  /** Returns the decoded rows, in memory that the decoder reuses. */
  rows(): Rows & { values: Float64Array } {
    return { count: this.count, ids: this.ids, values: this.values };
  }

  /** Starts again, with any id. */
  expectAny(): void {
    this.firstId = -1;
    this.nextId = -1;
  }

  /** Appends the rows of leaf `number` to `values`: all of them, or those of a set. */
  decode(number: number, page: Uint8Array, wanted?: IdSet): void {
    this.decodeCells(number, page, 0, this.countCells(number, page), wanted);
  }

  /** Appends at most `count` rows of a leaf of vertices from id `first` on; none if that id is not there. */
  decodeFrom(number: number, page: Uint8Array, first: number, count: number): void {
    const cells = this.countCells(number, page);
    const skip = first - this.readId(number, page, 256 * page[LEAF_HEADER]! + page[LEAF_HEADER + 1]!);
    this.nextId = first;
    if (skip >= 0 && skip < cells) this.decodeCells(number, page, skip, Math.min(cells, skip + count));
  }

  /** Returns the number of rows of a leaf, checked. */
  private countCells(number: number, page: Uint8Array): number {
    if (page[0] !== TABLE_LEAF) throw this.error(number, `type ${page[0]}; expected ${TABLE_LEAF}, a leaf`);
    const cells = 256 * page[CELL_COUNT]! + page[CELL_COUNT + 1]!;
    // Without this rule, a few pages could form a tree with more empty leaves than could ever be read.
    if (cells === 0) throw this.error(number, 'no cells; expected at least one');
    if (LEAF_HEADER + (ROW_BYTES_MIN - 3 + this.width) * cells > this.usableBytes)
      throw this.error(number, `${cells} rows; expected no more than fit`);
    return cells;
  }

  private decodeCells(number: number, page: Uint8Array, first: number, stop: number, wanted?: IdSet): void {
    const { ids, isVertex, usableBytes, width } = this;
    const { holds } = this.kind;
    let kernel = wanted === undefined && width === 3 ? rowKernel() : undefined;
    let isStaged = false;
    /** A header: one byte for its size, NULL for the id, a type for each column. */
    const leastBytes = 2 + width;
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const cells = view.getUint16(CELL_COUNT);
    const begin = LEAF_HEADER + 2 * cells;
    const payloadMax = localPayloadMax(usableBytes);
    const dense = wanted === undefined ? -1 : this.findDense(number, page, view, cells);
    this.bytes = 0;
    for (let k = first; k < stop; k++) {
      if (kernel !== undefined && this.firstId >= 0) {
        if (!isStaged) kernel.stage(page);
        isStaged = true;
        const before = k;
        k = kernel.decode(k, stop, usableBytes, holds, isVertex, this);
        if (k === stop) break;
        // Where rows are of another form, such as coordinates stored as integers, mostly all of the page are.
        if (k === before) kernel = undefined;
      }
      if (dense >= 0) {
        if (!wanted!.has(dense + k)) continue;
        this.nextId = dense + k;
      }
      const at = view.getUint16(LEAF_HEADER + 2 * k);
      if (at < begin)
        throw this.error(number, `a row at ${at}; expected it after the ${cells} cell pointers`);
      const payload = this.readVarint(number, page, at);
      const id = this.readVarint(number, page, this.after);
      const start = this.after;
      const end = start + payload;
      if (payload < leastBytes || payload > payloadMax || end > usableBytes) {
        throw this.error(
          number,
          `a row of ${payload} bytes at ${at}; expected at least ${leastBytes}, all in this page`,
        );
      }
      this.bytes += end - at;
      if (this.firstId < 0) this.begin(id);
      if (
        isVertex || dense >= 0 ? id !== this.nextId : !(id >= this.nextId && id <= Number.MAX_SAFE_INTEGER)
      ) {
        throw this.error(number, describeOrder(isVertex, id, this.nextId));
      }
      this.nextId = id + 1;
      if (wanted !== undefined && !wanted.has(id)) continue;
      // Columns added later follow.
      const headerBytes = page[start]!;
      if (headerBytes < leastBytes || headerBytes > 127 || page[start + 1] !== 0) {
        throw this.error(
          number,
          `row ${id} does not begin as a row of a mesh; expected an id and ${NUMBERS[width]}`,
        );
      }
      const from = start + headerBytes;
      const row = this.count++;
      const isDone =
        holds === 'positions'
          ? this.decodePosition(page, view, start, from, end, row)
          : holds === 'ids' && width === 3 && this.decodeCorners(page, view, start, from, end, row);
      if (!isDone) this.decodeColumns(number, page, view, id, start, from, end, row);
      ids[row] = id;
      if (holds === 'ids') this.noteLargest(row);
    }
    if (dense >= 0) this.nextId = dense + stop;
    // A damaged count or pointer leaves cells that no row is read from, or two are.
    else if (stop - first === cells) this.checkCells(number, view);
  }

  private noteLargest(row: number): void {
    const { width, values } = this;
    for (let at = width * row; at < width * (row + 1); at++) {
      if (values[at]! > this.largest) this.largest = values[at]!;
    }
  }

  /** Throws DatabaseError unless the rows of a page are its entire content. */
  private checkCells(number: number, view: DataView): void {
    const { bytes } = this;
    const expected = cellBytes(view, this.usableBytes);
    if (bytes === expected) return;
    const found = expected < 0 ? 'a damaged list of free blocks' : `rows of ${bytes} bytes`;
    throw this.error(number, `${found}; expected ${expected < 0 ? 'a valid one' : expected}`);
  }

  /**
   * Decodes three floats from `from` on, whose types follow `start`. Returns false if they are something else, or not
   * finite; {@link decodeColumns} then decides what is wrong.
   */
  private decodePosition(
    page: Uint8Array,
    view: DataView,
    start: number,
    from: number,
    end: number,
    row: number,
  ): boolean {
    for (let column = 2; column < 5; column++) if (page[start + column] !== FLOAT_TYPE) return false;
    if (from + 24 > end) return false;
    const { values } = this;
    const x = view.getFloat64(from);
    const y = view.getFloat64(from + 8);
    const z = view.getFloat64(from + 16);
    values[3 * row] = x;
    values[3 * row + 1] = y;
    values[3 * row + 2] = z;
    return x - x + (y - y) + (z - z) === 0;
  }

  /** Decodes three integers of 24 or 32 bits, as nearly all corners are; returns false for others. */
  private decodeCorners(
    page: Uint8Array,
    view: DataView,
    start: number,
    from: number,
    end: number,
    row: number,
  ): boolean {
    for (let column = 0; column < 3; column++) {
      // For these two serial types, the type is the number of bytes.
      const type = page[start + 2 + column]!;
      if ((type !== 3 && type !== 4) || from + type > end) return false;
      const corner = type === 3 ? (view.getInt32(from - 1) << 8) >> 8 : view.getInt32(from);
      if (corner < 0) return false;
      this.values[3 * row + column] = corner;
      from += type;
    }
    return true;
  }

  /** Decodes any columns. Throws DatabaseError unless they fit a row of a mesh. */
  private decodeColumns(
    number: number,
    page: Uint8Array,
    view: DataView,
    id: number,
    start: number,
    from: number,
    end: number,
    row: number,
  ): void {
    const { width } = this;
    const { holds } = this.kind;
    for (let column = 0; column < width; column++) {
      const type = page[start + 2 + column]!;
      const next = from + (type >= 1 && type <= 9 ? INTEGER_BYTES[type]! : NO_NUMBER);
      if (next > end)
        throw this.error(number, `a column of type ${type} in row ${id}; expected a number inside the row`);
      const value =
        type === FLOAT_TYPE
          ? view.getFloat64(from)
          : type >= 8
            ? type - 8
            : readInteger(page, from, next - from);
      // A coordinate must be finite, a corner must be an id, an attribute word an integer.
      if (holds === 'positions' ? value - value !== 0 : holds === 'ids' && !isId(value)) {
        const expected = holds === 'positions' ? 'a finite coordinate' : EXPECTED_IDS[width];
        throw this.error(number, `${value} in row ${id}; expected ${expected}`);
      }
      this.values[width * row + column] = value;
      from = next;
    }
  }

  /**
   * Returns the id of a leaf's first row if the leaf's ids are dense and may follow the previous ones; else -1.
   * Unwanted rows then need not be decoded.
   */
  private findDense(number: number, page: Uint8Array, view: DataView, cells: number): number {
    const first = this.readId(number, page, view.getUint16(LEAF_HEADER));
    const last = this.readId(number, page, view.getUint16(LEAF_HEADER + 2 * (cells - 1)));
    if (last - first !== cells - 1) return -1;
    if (this.firstId < 0) this.begin(first);
    return (this.isVertex ? first === this.nextId : first >= this.nextId) ? first : -1;
  }

  /** Returns the id of the row at `at`. */
  private readId(number: number, page: Uint8Array, at: number): number {
    this.readVarint(number, page, at);
    return this.readVarint(number, page, this.after);
  }

  private begin(id: number): void {
    this.firstId = id;
    if (this.nextId < 0) this.nextId = id;
  }

  /** Reads a varint; the fast path covers up to four bytes. Sizes mostly have one byte, ids below 2^28 four at most. */
  private readVarint(number: number, page: Uint8Array, at: number): number {
    if (at < this.usableBytes - 4) {
      const first = page[at]!;
      this.after = at + 1;
      if (first < 128) return first;
      const second = page[at + 1]!;
      this.after = at + 2;
      if (second < 128) return ((first & 127) << 7) | second;
      const third = page[at + 2]!;
      this.after = at + 3;
      if (third < 128) return ((first & 127) << 14) | ((second & 127) << 7) | third;
      const fourth = page[at + 3]!;
      this.after = at + 4;
      if (fourth < 128) return ((first & 127) << 21) | ((second & 127) << 14) | ((third & 127) << 7) | fourth;
    }
    return this.readLongVarint(number, page, at);
  }

  /** Reads a varint of up to eight bytes. Nine are for negative ids and those beyond 2^53, which no mesh has. */
  private readLongVarint(number: number, page: Uint8Array, at: number): number {
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

/** Describes a wrong id if `next` is the required id, or the smallest allowed one. */
export function describeOrder(isVertex: boolean, id: number, next: number): string {
  return isVertex
    ? `vertex ids are not dense, found ${id}; expected ${next}`
    : `triangle id ${id}; expected one from ${next} to 2^53 - 1`;
}

function isId(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER && Math.floor(value) === value;
}
