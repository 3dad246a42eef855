/**
 * Reads the rows of the mesh's two large tables, in id order, directly from their leaf pages.
 *
 * A full export reads every row once; decoding pages here is eleven to fourteen times as fast as SELECT (`npm run bench
 * -- --only tables`). The pages of one tree level tell where the leaves are before any is read, so adjacent leaves are
 * read at once, and threads can share them. Not done here: locks (the caller holds SQLite's shared lock, so there are
 * no writers), write-ahead logs, overflow pages, lookups by id. Rows missing at the end of a table show only in its counts,
 * which the caller has.
 *
 * Lost: reads of always 1 MiB (2 M triangles inserted in random order: 330 ms, now 80 ms).
 */

import type { IdSet } from '../../collections/id-set.js';
import { DatabaseError } from '../../errors.js';
import { RandomAccessFile } from '../../io/random-access-file.js';
import type { TriangleBatch, VertexBatch } from '../../mesh.js';
import { BATCH_ROWS, LeafDecoder, ROW_KINDS, type RowKind, type Rows } from './leaf-decoder.js';
import {
  CELL_COUNT,
  cellBytes,
  FILE_HEADER_BYTES,
  type FileHeader,
  INTERIOR_HEADER,
  LEAF_HEADER,
  parseFileHeader,
  RIGHT_CHILD,
  readVarint,
  TABLE_INTERIOR,
  TABLE_LEAF,
  varintWidth,
} from './page-format.js';

/** The most bytes read at a time; the next leaves of a table are mostly adjacent. */
const WINDOW_BYTES = 2 ** 20;
/** Leaves listed before they are read; more than the window holds. */
export const LEAVES_AT_ONCE = 4096;
/** SQLite's own limit (BTCURSOR_MAX_DEPTH). */
const DEPTH_MAX = 20;

/** The data that a thread needs to read a file that another thread has open: descriptors belong to the process. */
export interface SharedFile {
  readonly path: string;
  readonly descriptor: number;
  readonly header: FileHeader;
}

/** Leaf pages from left to right, with the ids that each may hold; the last one has no limit. */
export interface Leaves {
  readonly pages: number[];
  readonly firstIds: number[];
  readonly lastIds: number[];
}

/** Pages below another, from left to right: the last id that each may hold, and the first id of all. */
interface Children {
  readonly pages: readonly number[];
  readonly firstId: number;
  readonly lastIds: readonly number[];
}

/** Whether a file begins like an SQLite database. Throws FileError. */
export function isDatabase(path: string): boolean {
  const file = RandomAccessFile.open(path, 'read');
  try {
    const bytes = new Uint8Array(FILE_HEADER_BYTES);
    return parseFileHeader(bytes.subarray(0, file.read(bytes, 0))) !== undefined;
  } finally {
    file.close();
  }
}

/** One database file, open for reading. Its streams may be read concurrently. */
export class TableReader {
  private readonly pages: number;
  private isOpen = true;
  /** The window of a stream that has ended. */
  private spare: Uint8Array | undefined;

  private constructor(
    private readonly file: RandomAccessFile,
    private readonly header: FileHeader,
  ) {
    this.pages = Math.floor(file.size() / header.pageBytes);
  }

  /** Opens a database file for reading. Throws FileError, or DatabaseError if it is not a database. */
  static open(path: string): TableReader {
    const file = RandomAccessFile.open(path, 'read');
    try {
      const bytes = new Uint8Array(FILE_HEADER_BYTES);
      const header = parseFileHeader(bytes.subarray(0, file.read(bytes, 0)));
      if (header === undefined)
        throw new DatabaseError(`${path}: not an SQLite database`, { code: 'DATABASE_FOREIGN' });
      return new TableReader(file, header);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Reads from a file that another reader has open and keeps open. Must not be closed. */
  static attach({ path, descriptor, header }: SharedFile): TableReader {
    return new TableReader(RandomAccessFile.attach(path, descriptor), header);
  }

  /** Returns the argument for {@link attach}. */
  share(): SharedFile {
    const { path, descriptor } = this.file;
    return { path, descriptor, header: this.header };
  }

  /** Closes the file; may be called again. Releases the process's locks on it (POSIX). */
  close(): void {
    const { isOpen } = this;
    this.isOpen = false;
    if (isOpen) this.file.close();
  }

  /**
   * Yields rows (id, x, y, z) of the table with that root page, in id order. Throws DatabaseError unless ids are 0, 1,
   * 2 and so on and coordinates are finite. With a set, yields only its rows and skips leaves without any. The reader
   * reuses the batch.
   */
  *vertices(rootPage: number, wanted?: IdSet): Generator<VertexBatch & Rows> {
    for (const { count, ids, values } of this.rows(rootPage, ROW_KINDS.vertices, wanted))
      yield { count, ids, positions: values };
  }

  /**
   * Yields rows (id, a, b, c) of the table with that root page, like {@link vertices}; ids may have gaps. Throws
   * DatabaseError unless corners are integers from 0 to 2^53 - 1.
   */
  *triangles(rootPage: number, wanted?: IdSet): Generator<TriangleBatch & Rows> {
    for (const { count, ids, values } of this.rows(rootPage, ROW_KINDS.triangles, wanted))
      yield { count, ids, corners: values };
  }

  /** Counts the rows of a table by the headers of its leaves; SQLite would read all pages. Throws DatabaseError. */
  count(rootPage: number): number {
    const header = new Uint8Array(LEAF_HEADER);
    let rows = 0;
    for (const { pages } of this.leaves(rootPage, LEAVES_AT_ONCE)) {
      for (const number of pages) {
        this.readPage(number, header);
        if (header[0] !== TABLE_LEAF) throw this.error(number, `type ${header[0]}; expected ${TABLE_LEAF}`);
        rows += 256 * header[CELL_COUNT]! + header[CELL_COUNT + 1]!;
      }
    }
    return rows;
  }

  /**
   * Yields a table's leaf pages, from left to right, at most `max` at a time, except those without wanted rows. They
   * are not read: decoding them shows whether they are leaves. Throws DatabaseError.
   */
  *leaves(rootPage: number, max: number, wanted?: IdSet): Generator<Leaves> {
    let some: { pages: number[]; firstIds: number[]; lastIds: number[] } = {
      pages: [],
      firstIds: [],
      lastIds: [],
    };
    for (const { pages, lastIds, firstId } of this.allLeaves(rootPage, wanted)) {
      let first = firstId;
      for (let k = 0; k < pages.length; k++) {
        const last = lastIds[k]!;
        if (wanted === undefined || wanted.hasAny(first, last)) {
          some.pages.push(pages[k]!);
          some.firstIds.push(first);
          some.lastIds.push(last);
        }
        first = last + 1;
        if (some.pages.length < max) continue;
        yield some;
        some = { pages: [], firstIds: [], lastIds: [] };
      }
    }
    if (some.pages.length > 0) yield some;
  }

  private *allLeaves(rootPage: number, wanted: IdSet | undefined): Generator<Children> {
    if (this.header.isWal) {
      throw new DatabaseError(
        `${this.file.path}: its newest rows may be in a write-ahead log; expected none`,
      );
    }
    const levels = this.countLevels(rootPage);
    const lastId = Number.POSITIVE_INFINITY;
    if (levels > 1) yield* this.lowest(rootPage, levels, 0, lastId, wanted);
    else if (this.examine(rootPage).cells > 0) yield { pages: [rootPage], firstId: 0, lastIds: [lastId] };
  }

  /** Creates a decoder for {@link decode}. */
  decoder(kind: RowKind): LeafDecoder {
    return new LeafDecoder(this.header, kind, (page, problem) => this.error(page, problem));
  }

  /** Allocates memory for {@link read}; each stream needs its own. */
  window(): Uint8Array {
    return new Uint8Array(Math.max(this.pageBytes, WINDOW_BYTES));
  }

  /** Reads pages into a window, one after another, adjacent ones at once. A page is valid until the next one. */
  *read(numbers: readonly number[], window: Uint8Array): Generator<{ number: number; page: Uint8Array }> {
    const { pageBytes } = this.header;
    const max = window.length / pageBytes;
    for (let k = 0; k < numbers.length; ) {
      const first = numbers[k]!;
      let count = 1;
      while (count < max && numbers[k + count] === first + count) count++;
      k += count;
      const bytes = window.subarray(0, count * pageBytes);
      this.checkNumber(first);
      this.checkNumber(first + count - 1);
      this.file.read(bytes, pageBytes * (first - 1));
      for (let at = 0; at < bytes.length; at += pageBytes) {
        yield { number: first + at / pageBytes, page: bytes.subarray(at, at + pageBytes) };
      }
    }
  }

  /** Reads one page into the caller's memory, {@link pageBytes} long, or its beginning. */
  readPage(number: number, page: Uint8Array): void {
    this.checkNumber(number);
    this.file.read(page, this.header.pageBytes * (number - 1));
  }

  get pageBytes(): number {
    return this.header.pageBytes;
  }

  /** Creates an error about a page of this file. */
  error(page: number, problem: string): DatabaseError {
    return new DatabaseError(`${this.file.path}: page ${page}: ${problem}`, {
      code: 'DATABASE_DAMAGED',
      hint: 'import the source again',
    });
  }

  private *rows(
    rootPage: number,
    kind: RowKind,
    wanted: IdSet | undefined,
  ): Generator<Rows & { values: Float64Array }> {
    const decoder = this.decoder(kind);
    // Memory that is allocated for each file of a split would take most of its time.
    const window = this.spare ?? this.window();
    this.spare = undefined;
    try {
      for (const { pages, firstIds } of this.leaves(rootPage, LEAVES_AT_ONCE, wanted)) {
        let leaf = 0;
        for (const { number, page } of this.read(pages, window)) {
          // After a skipped leaf, ids continue with the one expected here.
          if (wanted !== undefined) decoder.nextId = firstIds[leaf++]!;
          decoder.decode(number, page, wanted);
          if (decoder.count < BATCH_ROWS) continue;
          yield decoder.rows();
          decoder.count = 0;
        }
      }
      if (decoder.count > 0) yield decoder.rows();
    } finally {
      this.spare = window;
    }
  }

  /** Counts the levels of a tree: 1 if the root is a leaf. */
  private countLevels(rootPage: number): number {
    let number = rootPage;
    for (let level = 1; level <= DEPTH_MAX; level++) {
      const { page, type, cells } = this.examine(number);
      if (type === TABLE_LEAF) return level;
      number = this.children(number, page, cells).pages[0]!;
    }
    throw this.error(number, `in level ${DEPTH_MAX + 1} of a tree; expected ${DEPTH_MAX} at most`);
  }

  /**
   * Yields the lowest of `levels` levels at and below a page with the ids from `firstId` to `lastId`, without pages
   * above nothing wanted. A loop ends: its leaves have occurred before.
   */
  private *lowest(
    number: number,
    levels: number,
    firstId: number,
    lastId: number,
    wanted: IdSet | undefined,
  ): Generator<Children> {
    const { page, type, cells } = this.examine(number);
    if (type !== TABLE_INTERIOR) {
      throw this.error(number, `type ${type}; expected ${TABLE_INTERIOR}, a page above the leaves`);
    }
    const children = this.children(number, page, cells, firstId, lastId);
    if (levels === 2) {
      yield children;
      return;
    }
    let first = firstId;
    for (const [k, child] of children.pages.entries()) {
      const last = children.lastIds[k]!;
      if (wanted === undefined || wanted.hasAny(first, last)) {
        yield* this.lowest(child, levels - 1, first, last, wanted);
      }
      first = last + 1;
    }
  }

  /** Returns the children of an interior page with the ids from `firstId` to `lastId`. */
  private children(number: number, page: Uint8Array, cells: number, firstId = 0, lastId = 0): Children {
    const view = new DataView(page.buffer);
    const usableBytes = page.length - this.header.reservedBytes;
    const begin = INTERIOR_HEADER + 2 * cells;
    if (cells === 0) throw this.error(number, 'no cells; expected at least one');
    if (begin > usableBytes) throw this.error(number, `${cells} cells; expected no more than fit`);
    const pages: number[] = [];
    const lastIds: number[] = [];
    let bytes = 0;
    for (let k = 0; k < cells; k++) {
      const at = view.getUint16(INTERIOR_HEADER + 2 * k);
      if (at < begin || at + 5 > usableBytes) {
        throw this.error(number, `a cell at ${at}; expected ${begin} to ${usableBytes - 5}`);
      }
      pages.push(view.getUint32(at));
      lastIds.push(readVarint(page, at + 4));
      bytes += 4 + varintWidth(lastIds[k]!);
    }
    const expected = cellBytes(view, usableBytes);
    if (bytes !== expected) throw this.error(number, `cells of ${bytes} bytes; expected ${expected}`);
    pages.push(view.getUint32(RIGHT_CHILD));
    lastIds.push(lastId);
    return { pages, firstId, lastIds };
  }

  /** Reads a page of a table into its own memory, and checks its type. */
  private examine(number: number): { page: Uint8Array; type: number; cells: number } {
    const page = new Uint8Array(this.pageBytes);
    this.readPage(number, page);
    const type = page[0]!;
    if (type !== TABLE_LEAF && type !== TABLE_INTERIOR) {
      throw this.error(
        number,
        `type ${type}; expected ${TABLE_INTERIOR} or ${TABLE_LEAF}, a page of a table`,
      );
    }
    return { page, type, cells: 256 * page[CELL_COUNT]! + page[CELL_COUNT + 1]! };
  }

  private checkNumber(number: number): void {
    if (number >= 2 && number <= this.pages) return;
    throw this.error(number, `not in the file; expected one of 2 to ${this.pages}`);
  }
}
