/**
 * Rows of the mesh's two large tables, in id order, straight from their leaf pages.
 *
 * A full export reads every row once; decoding pages here is eleven to fourteen times as fast as SELECT (`npm run bench
 * -- --only tables`). The pages of one tree level tell where the leaves are before any of them is read, so that
 * stretches that stand together are read at once, and threads can share them out. Not done here: locks (nobody may
 * write meanwhile; the caller holds SQLite's shared lock), write-ahead logs, overflow pages, look-ups by id. That rows
 * are missing at the end of a table shows only against its counts, which the caller has.
 *
 * Lost: stretches of always 1 MiB (2 M triangles inserted in random order: 330 ms, now 80 ms).
 */

import type { IdSet } from '../../collections/id-set.js';
import { DatabaseError } from '../../errors.js';
import { RandomAccessFile } from '../../io/random-access-file.js';
import type { TriangleBatch, VertexBatch } from '../../mesh.js';
import { BATCH_ROWS, LeafDecoder, type Rows } from './leaf-decoder.js';
import {
  CELL_COUNT,
  cellBytes,
  FILE_HEADER_BYTES,
  type FileHeader,
  INTERIOR_HEADER,
  parseFileHeader,
  RIGHT_CHILD,
  readVarint,
  TABLE_INTERIOR,
  TABLE_LEAF,
  varintWidth,
} from './page-format.js';

/** The most bytes read at a time: the next leaves of a table mostly stand close behind each other. */
const WINDOW_BYTES = 2 ** 20;
/** Leaves whose numbers are had before they are read; more than the window holds. */
export const LEAVES_AT_ONCE = 4096;
/** SQLite's own limit (BTCURSOR_MAX_DEPTH). */
const DEPTH_MAX = 20;

/** What a thread needs to read from a file that another has open: its descriptor is the process's. */
export interface SharedFile {
  readonly path: string;
  readonly descriptor: number;
  readonly header: FileHeader;
}

/** Leaf pages from left to right, and the ids that each may hold; the last one's have no limit. */
export interface Leaves {
  readonly pages: number[];
  readonly firstIds: number[];
  readonly lastIds: number[];
}

/** Pages below another, from left to right: the last id that each may hold, and the first one of all. */
interface Children {
  readonly pages: readonly number[];
  readonly firstId: number;
  readonly lastIds: readonly number[];
}

/** Whether a file begins as SQLite's databases do. Throws FileError. */
export function isDatabase(path: string): boolean {
  const file = RandomAccessFile.open(path, 'read');
  try {
    const bytes = new Uint8Array(FILE_HEADER_BYTES);
    return parseFileHeader(bytes.subarray(0, file.read(bytes, 0))) !== undefined;
  } finally {
    file.close();
  }
}

/** One database file, open for reading. Its streams may run side by side. */
export class TableReader {
  private readonly pages: number;
  private isOpen = true;

  private constructor(
    private readonly file: RandomAccessFile,
    private readonly header: FileHeader,
  ) {
    this.pages = Math.floor(file.size() / header.pageBytes);
  }

  /** Opens a database file for reading. Throws FileError, or DatabaseError where it is no database. */
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

  /** Reads from a file that another reader has open, and keeps open as long. Not to be closed. */
  static attach({ path, descriptor, header }: SharedFile): TableReader {
    return new TableReader(RandomAccessFile.attach(path, descriptor), header);
  }

  /** For {@link attach}. */
  share(): SharedFile {
    const { path, descriptor } = this.file;
    return { path, descriptor, header: this.header };
  }

  /** Lets go of the file; may be called again. Gives up the process's locks on it (POSIX). */
  close(): void {
    const { isOpen } = this;
    this.isOpen = false;
    if (isOpen) this.file.close();
  }

  /**
   * Rows (id, x, y, z) of the table with that root page, in id order. Throws DatabaseError unless ids are 0, 1, 2
   * and so on and coordinates are finite. Only those of a set, if one is given: leaves without any
   * are passed over. The reader reuses the
   * batch.
   */
  *vertices(rootPage: number, wanted?: IdSet): Generator<VertexBatch & Rows> {
    for (const { count, ids, values } of this.rows(rootPage, true, wanted))
      yield { count, ids, positions: values };
  }

  /**
   * Rows (id, a, b, c) of the table with that root page, likewise; ids may have gaps. Throws DatabaseError unless
   * corners are integers from 0 to 2^53 - 1.
   */
  *triangles(rootPage: number, wanted?: IdSet): Generator<TriangleBatch & Rows> {
    for (const { count, ids, values } of this.rows(rootPage, false, wanted))
      yield { count, ids, corners: values };
  }

  /**
   * A table's leaf pages, from left to right, at most `max` at a time, without those in which nothing is wanted. The
   * leaves are not read: whether they are leaves shows when they are decoded. Throws DatabaseError.
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

  /** A decoder for {@link decode}. */
  decoder(isVertex: boolean): LeafDecoder {
    return new LeafDecoder(this.header, isVertex, (page, problem) => this.error(page, problem));
  }

  /** Memory for {@link read}: each stream needs its own. */
  window(): Uint8Array {
    return new Uint8Array(Math.max(this.pageBytes, WINDOW_BYTES));
  }

  /**
   * Reads pages into a window, one after the other, stretches that stand together at once. A page is valid until the
   * next.
   */
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

  /** Reads one page into memory of the caller's, {@link pageBytes} long. */
  readPage(number: number, page: Uint8Array): void {
    this.checkNumber(number);
    this.file.read(page, this.header.pageBytes * (number - 1));
  }

  get pageBytes(): number {
    return this.header.pageBytes;
  }

  /** An error about a page of this file. */
  error(page: number, problem: string): DatabaseError {
    return new DatabaseError(`${this.file.path}: page ${page}: ${problem}`, {
      code: 'DATABASE_DAMAGED',
      hint: 'import the source again',
    });
  }

  private *rows(
    rootPage: number,
    isVertex: boolean,
    wanted: IdSet | undefined,
  ): Generator<Rows & { values: Float64Array }> {
    const decoder = this.decoder(isVertex);
    const window = this.window();
    for (const { pages, firstIds } of this.leaves(rootPage, LEAVES_AT_ONCE, wanted)) {
      let leaf = 0;
      for (const { number, page } of this.read(pages, window)) {
        // After a leaf that was passed over, ids go on with the one that must come here.
        if (wanted !== undefined) decoder.nextId = firstIds[leaf++]!;
        decoder.decode(number, page, wanted);
        if (decoder.count < BATCH_ROWS) continue;
        yield decoder.rows();
        decoder.count = 0;
      }
    }
    if (decoder.count > 0) yield decoder.rows();
  }

  /** Levels of a tree: 1 where the root is a leaf. */
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
   * The lowest of `levels` levels at and below a page that has the ids from `firstId` to `lastId`, without pages above
   * nothing that is wanted. A loop comes to its end: its leaves were there before.
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

  /** The children of an interior page that has the ids from `firstId` to `lastId`. */
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

  /** A page of a table, in memory of its own. */
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
