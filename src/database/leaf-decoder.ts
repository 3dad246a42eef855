/**
 * The rows of leaf pages, as three numbers each: vertices, whose ids are dense, or triangles, whose ids ascend.
 *
 * Nothing in a page is trusted: whatever breaks the format, sqlite.org/fileformat2.html sections 1.6 and 2.1, or the
 * mesh's own rules is an error that names the page.
 */
import type { DatabaseError } from '../errors.js';
import type { IdSet } from './filter/id-set.js';
import {
  CELL_COUNT,
  type FileHeader,
  FLOAT_TYPE,
  INTEGER_BYTES,
  LEAF_HEADER,
  localPayloadMax,
  readInteger,
  TABLE_LEAF,
} from './page-format.js';

/** A batch is handed over when it has so many rows, with the rest of its last page. */
export const BATCH_ROWS = 16_384;
/** Stands for the width of a column that is no number: it ends beyond any row. */
const NO_NUMBER = 2 ** 16;

/** The least bytes that a row takes of a page: a pointer of two, a size, an id and a header of five. */
const ROW_BYTES_MIN = 9;

/** The most rows of a page. */
export function rowsMax(pageBytes: number): number {
  return Math.floor(pageBytes / ROW_BYTES_MIN);
}

/** `count` rows with their ids. Valid until the next are asked for. */
export interface Rows {
  readonly count: number;
  readonly ids: Float64Array;
}

/** Decodes leaves, one after the other, into three values a row. */
export class LeafDecoder {
  /** Rows in `values`. */
  count = 0;
  /** Three a row. */
  readonly values: Float64Array;
  readonly ids: Float64Array;
  /** The id that the next row must have, or exceed: vertices are dense, triangles may have gaps. */
  nextId = 0;
  /** The id of the first row. */
  firstId = -1;
  private readonly usableBytes: number;
  /** Where the varint read last ends. */
  private after = 0;

  constructor(
    header: FileHeader,
    private readonly isVertex: boolean,
    private readonly error: (page: number, problem: string) => DatabaseError,
  ) {
    this.usableBytes = header.pageBytes - header.reservedBytes;
    const rows = BATCH_ROWS + rowsMax(header.pageBytes);
    this.values = new Float64Array(3 * rows);
    this.ids = new Float64Array(rows);
  }

  /** What has been decoded; the decoder reuses it. */
  rows(): Rows & { values: Float64Array } {
    return { count: this.count, ids: this.ids, values: this.values };
  }

  /** Begins anew, with any id. */
  expectAny(): void {
    this.firstId = -1;
    this.nextId = -1;
  }

  /** Appends the rows of leaf `number` to `values`: all of them, or those of a set. */
  decode(number: number, page: Uint8Array, wanted?: IdSet): void {
    this.decodeCells(number, page, 0, this.countCells(number, page), wanted);
  }

  /** Appends at most `count` rows of a leaf of vertices from id `first` on: none where that does not stand here. */
  decodeFrom(number: number, page: Uint8Array, first: number, count: number): void {
    const cells = this.countCells(number, page);
    this.readVarint(number, page, 256 * page[LEAF_HEADER]! + page[LEAF_HEADER + 1]!);
    const skip = first - this.readVarint(number, page, this.after);
    this.nextId = first;
    if (skip >= 0 && skip < cells) this.decodeCells(number, page, skip, Math.min(cells, skip + count));
  }

  /** The number of rows of a leaf, checked. */
  private countCells(number: number, page: Uint8Array): number {
    if (page[0] !== TABLE_LEAF) throw this.error(number, `type ${page[0]}; expected ${TABLE_LEAF}, a leaf`);
    const cells = 256 * page[CELL_COUNT]! + page[CELL_COUNT + 1]!;
    // Without this rule a few pages could spell out a tree of more empty leaves than there is time for.
    if (cells === 0) throw this.error(number, 'no cells; expected at least one');
    if (LEAF_HEADER + 9 * cells > this.usableBytes)
      throw this.error(number, `${cells} rows; expected no more than fit`);
    return cells;
  }

  private decodeCells(number: number, page: Uint8Array, first: number, stop: number, wanted?: IdSet): void {
    const { values, ids, isVertex, usableBytes } = this;
    const view = new DataView(page.buffer, page.byteOffset, page.length);
    const cells = view.getUint16(CELL_COUNT);
    const begin = LEAF_HEADER + 2 * cells;
    const payloadMax = localPayloadMax(usableBytes);
    let row = this.count;
    let to = 3 * row;
    for (let k = first; k < stop; k++) {
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
      if (this.firstId < 0) this.begin(id);
      if (isVertex ? id !== this.nextId : !(id >= this.nextId && id <= Number.MAX_SAFE_INTEGER)) {
        throw this.error(number, describeOrder(isVertex, id, this.nextId));
      }
      this.nextId = id + 1;
      if (wanted !== undefined && !wanted.has(id)) continue;
      ids[row++] = id;
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
    this.count = row;
  }

  private begin(id: number): void {
    this.firstId = id;
    if (this.nextId < 0) this.nextId = id;
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

/** What is wrong with an id where `next` is the one to come, or the least one. */
export function describeOrder(isVertex: boolean, id: number, next: number): string {
  return isVertex
    ? `vertex ids have a gap or go back, ${id} was found; expected ${next}`
    : `triangle id ${id}; expected one from ${next} to 2^53 - 1`;
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
