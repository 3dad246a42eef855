/**
 * SQLite's file format, as needed for rowid tables and their indexes: file header, page layout, varints, integers, columns.
 *
 * Everything here follows sqlite.org/fileformat2.html, sections 1.3 (file header), 1.6 (b-tree pages) and 2.1
 * (records). All numbers in a database file are big-endian. No I/O, no overflow pages.
 */

/** Bytes of the file header, at the beginning of page 1. */
export const FILE_HEADER_BYTES = 100;

/** Offsets in the file header of fields rewritten after a load, 32 bits each (section 1.3). */
export const CHANGE_COUNTER = 24;
export const PAGE_COUNT = 28;
export const VERSION_VALID_FOR = 92;

/** Page types: the first byte of a page of a table's or an index's b-tree (section 1.6). */
export const TABLE_INTERIOR = 5;
export const TABLE_LEAF = 13;
export const INDEX_INTERIOR = 2;
export const INDEX_LEAF = 10;

/** Bytes before a page's cell pointers, by page type. */
export const LEAF_HEADER = 8;
export const INTERIOR_HEADER = 12;

/** Offsets in a page header: three 16-bit numbers, a byte and, in interior pages, a 32-bit page number. */
const FIRST_FREE_BLOCK = 1;
export const CELL_COUNT = 3;
export const CONTENT_START = 5;
const FRAGMENTS = 7;
export const RIGHT_CHILD = 8;

/** The highest page number. */
export const PAGES_MAX = 2 ** 32 - 2;

/**
 * Returns the bytes that the cells of a page take according to its header: everything neither before them nor free.
 * Returns -1 if the list of free blocks is invalid.
 */
export function cellBytes(page: DataView, usableBytes: number): number {
  // 65,536 does not fit in the two bytes and is written as 0.
  const start = page.getUint16(CONTENT_START) || 65_536;
  let free = page.getUint8(FRAGMENTS);
  for (let at = page.getUint16(FIRST_FREE_BLOCK), next = 0; at !== 0; at = next) {
    if (at < start || at + 4 > usableBytes) return -1;
    next = page.getUint16(at);
    const size = page.getUint16(at + 2);
    if (size < 4 || (next !== 0 && next < at + size)) return -1;
    free += size;
  }
  return usableBytes - start - free;
}

/** Returns the number of cells that the header of a page states. */
export function countCells(page: Uint8Array): number {
  return 256 * page[CELL_COUNT]! + page[CELL_COUNT + 1]!;
}

/** Returns the largest payload without overflow pages, in bytes (section 1.6, "X is U-35"). */
export function localPayloadMax(usableBytes: number): number {
  return usableBytes - 35;
}

/** Returns the number of the page with byte 2^30, where SQLite sets its locks; it is never used (section 1.4). */
export function lockPage(pageBytes: number): number {
  return 2 ** 30 / pageBytes + 1;
}

/** The content of a file header. */
export interface FileHeader {
  /** A power of two from 512 to 65,536. */
  readonly pageBytes: number;
  /** Unused bytes at the end of each page. */
  readonly reservedBytes: number;
  readonly pageCount: number;
  readonly isWal: boolean;
  readonly isAutoVacuum: boolean;
  readonly isUtf8: boolean;
}

const MAGIC = 'SQLite format 3\0';

/** Parses the first 100 bytes of a file; undefined if they are not the header of a database (section 1.3). */
export function parseFileHeader(bytes: Uint8Array): FileHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < FILE_HEADER_BYTES) return undefined;
  if (Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') !== MAGIC) return undefined;
  // 65,536 does not fit in the two bytes and is written as 1.
  const pageBytes = view.getUint16(16) === 1 ? 65_536 : view.getUint16(16);
  const reservedBytes = view.getUint8(20);
  if ((pageBytes & (pageBytes - 1)) !== 0 || pageBytes - reservedBytes < 480) return undefined;
  return {
    pageBytes,
    reservedBytes,
    pageCount: view.getUint32(PAGE_COUNT),
    isWal: view.getUint8(18) !== 1 || view.getUint8(19) !== 1,
    isAutoVacuum: view.getUint32(52) !== 0,
    isUtf8: view.getUint32(56) <= 1,
  };
}

/** Returns the number of bytes of a varint, 1 to 8. `value` is an integer from 0 to 2^53 - 1. */
export function varintWidth(value: number): number {
  let width = 1;
  for (let limit = 128; value >= limit; limit *= 128) width++;
  return width;
}

/** Writes a varint over the `width` bytes from varintWidth; returns the position after it. */
export function writeVarint(page: Uint8Array, at: number, value: number, width: number): number {
  // Bitwise operators would truncate ids to 32 bits.
  let rest = value;
  for (let k = at + width - 1; k >= at; k--) {
    const high = Math.floor(rest / 128);
    page[k] = rest - 128 * high + (k < at + width - 1 ? 128 : 0);
    rest = high;
  }
  return at + width;
}

/** Bytes of an integer column by its serial type; 0, 8 and 9 mean NULL, 0 and 1 (section 2.1). */
export const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0] as const;

/** Serial type of a 64-bit float. */
export const FLOAT_TYPE = 7;

/** Returns the narrowest serial type of an integer from -(2^53 - 1) to 2^53 - 1. */
export function integerType(value: number): number {
  if (value === 0) return 8;
  if (value === 1) return 9;
  const size = value < 0 ? -(value + 1) : value;
  if (size < 2 ** 7) return 1;
  if (size < 2 ** 15) return 2;
  if (size < 2 ** 23) return 3;
  if (size < 2 ** 31) return 4;
  return size < 2 ** 47 ? 5 : 6;
}

/** Writes a safe integer in two's complement over `width` bytes; returns the position after it. */
export function writeBigEndian(page: Uint8Array, at: number, value: number, width: number): number {
  let rest = value;
  for (let k = at + width - 1; k >= at; k--) {
    const high = Math.floor(rest / 256);
    page[k] = rest - 256 * high;
    rest = high;
  }
  return at + width;
}

/** Reads an integer in two's complement over 1, 2, 3, 4, 6 or 8 bytes; beyond 2^53 the nearest double. */
export function readInteger(page: Uint8Array, at: number, width: number): number {
  let high = page[at]! >= 128 ? page[at]! - 256 : page[at]!;
  const lowFrom = width > 4 ? width - 4 : width;
  for (let k = 1; k < lowFrom; k++) high = 256 * high + page[at + k]!;
  if (width <= 4) return high;
  let low = 0;
  for (let k = lowFrom; k < width; k++) low = 256 * low + page[at + k]!;
  // A single rounding, in this sum: both terms are exact.
  return 2 ** 32 * high + low;
}

/** Reads a varint that begins inside the page; bytes cut off by its end count as 0. Exact up to 2^53. */
export function readVarint(page: Uint8Array, at: number): number {
  let value = 0;
  for (let k = at; k < at + 8; k++) {
    const byte = page[k] ?? 0;
    if (byte < 128) return 128 * value + byte;
    value = 128 * value + byte - 128;
  }
  return 256 * value + (page[at + 8] ?? 0);
}

/** A value of a column: safe integers are stored as integers, all other numbers as REAL. */
export type ColumnValue = number | string | Uint8Array | null;

/** Returns the serial type of a value in a UTF-8 database. Throws RangeError for NaN, which SQLite reads as NULL. */
export function columnType(value: ColumnValue): number {
  if (value === null) return 0;
  if (typeof value === 'string') return 13 + 2 * Buffer.byteLength(value, 'utf8');
  if (typeof value !== 'number') return 12 + 2 * value.length;
  if (Number.isNaN(value)) throw new RangeError('NaN is not a column value');
  return Number.isSafeInteger(value) ? integerType(value) : FLOAT_TYPE;
}

/** Returns the bytes of a value by its serial type. */
export function columnBytes(type: number): number {
  return type < 12 ? INTEGER_BYTES[type]! : Math.floor((type - 12) / 2);
}

/**
 * Writes a value of a serial type to a page; returns the position after it. Allocates nothing: a source may have
 * millions of parts, whose names would be freed late.
 */
export function writeColumn(page: Buffer, at: number, value: ColumnValue, type: number): number {
  if (typeof value === 'string') return at + page.write(value, at, 'utf8');
  if (typeof value !== 'number') {
    if (value !== null) page.set(value, at);
    return at + columnBytes(type);
  }
  return type === FLOAT_TYPE
    ? page.writeDoubleBE(value, at)
    : writeBigEndian(page, at, value, columnBytes(type));
}
