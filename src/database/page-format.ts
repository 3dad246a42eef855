/**
 * SQLite's file format, as far as pages of rowid tables need it: constants, varints, integers.
 *
 * Everything here follows sqlite.org/fileformat2.html, sections 1.3 (header), 1.6 (b-tree pages) and 2.1 (records).
 * All numbers in a database file are big-endian.
 */

export const HEADER_BYTES = 100;
/** Offsets in the header. */
export const HEADER = {
  pageSize: 16,
  writeVersion: 18,
  reserved: 20,
  changeCounter: 24,
  pageCount: 28,
  largestRoot: 52,
  versionValidFor: 92,
} as const;

export const MAGIC = 'SQLite format 3\0';

/** Page types. */
export const TABLE_INTERIOR = 5;
export const TABLE_LEAF = 13;

/** Bytes before the cell pointers of a page. */
export const LEAF_HEADER = 8;
export const INTERIOR_HEADER = 12;
/** Offsets in a page's header. */
export const CELL_COUNT = 3;
export const CONTENT_START = 5;
export const RIGHT_CHILD = 8;

/** The page that holds the byte at 2^30 is never used: locks stand there. */
export function lockPage(pageBytes: number): number {
  return 2 ** 30 / pageBytes + 1;
}

/** Number of bytes of a varint. `value` is an integer from 0 to 2^53 - 1. */
export function varintWidth(value: number): number {
  let width = 1;
  for (let limit = 128; value >= limit && width < 9; limit *= 128) width++;
  return width;
}

/** Writes a varint of the width that varintWidth gives, 8 at most below 2^53; returns the position after it. */
export function writeVarint(page: Uint8Array, at: number, value: number, width: number): number {
  let rest = value;
  for (let k = at + width - 1; k > at; k--) {
    const high = Math.floor(rest / 128);
    page[k] = (rest - 128 * high) | (k === at + width - 1 ? 0 : 128);
    rest = high;
  }
  page[at] = rest | (width > 1 ? 128 : 0);
  return at + width;
}

/** Width in bytes of an integer column by its serial type, 0 to 6. */
export const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8] as const;

/** The narrowest serial type of an integer from -(2^53 - 1) to 2^53 - 1; 8 and 9 stand for 0 and 1. */
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

/** Writes an integer in two's complement over `width` bytes; returns the position after it. */
export function writeInteger(page: Uint8Array, at: number, value: number, width: number): number {
  let rest = value;
  for (let k = at + width - 1; k >= at; k--) {
    const high = Math.floor(rest / 256);
    page[k] = rest - 256 * high;
    rest = high;
  }
  return at + width;
}

/** Reads an integer in two's complement; exact up to 2^53, nearest double beyond. */
export function readInteger(page: Uint8Array, at: number, width: number): number {
  let value = page[at]! >= 128 ? page[at]! - 256 : page[at]!;
  for (let k = 1; k < width; k++) value = 256 * value + page[at + k]!;
  return value;
}
