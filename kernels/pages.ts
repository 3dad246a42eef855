/**
 * Rows of vertices and triangles as cells of a b-tree leaf of SQLite (sqlite.org/fileformat2.html, sections 1.6 and 2.1).
 * Cells fill a page from its end, their pointers from its beginning; all numbers are big-endian. A cell has the size of its
 * payload, the id of the row, the size of the payload's header, a type for each column, and the columns.
 */

/** Fields of a table: the address of its leaf, cells there and where they begin, and the largest id so far. */
const LEAF: usize = 0;
const CELLS: usize = 4;
const CONTENT: usize = 8;
const LAST: usize = 16;

/** Bytes before the cell pointers. */
const LEAF_HEADER: i32 = 8;
/** The header of a payload: its own size and four types, of which that of a row's id is 0. */
const HEADER_BYTES: i32 = 5;
const FLOAT_TYPE: u8 = 7;

/** Returns the bytes of a varint, up to 8. */
@inline
function varintWidth(value: u64): i32 {
  return (70 - i32(clz(value | 1))) / 7;
}

/** Writes a varint that ends before `end`; returns where it begins. */
@inline
function writeVarint(end: usize, value: u64): usize {
  store<u8>(--end, u8(value & 127));
  for (let rest = value >> 7; rest > 0; rest >>= 7) store<u8>(--end, u8((rest & 127) | 128));
  return end;
}

/** Returns the narrowest type of an integer from 0 to 2^53 - 1: 0 and 1 have types of their own. */
@inline
function integerType(value: u64): u8 {
  if (value < 2) return 8 + u8(value);
  if (value < u64(1) << 7) return 1;
  if (value < u64(1) << 15) return 2;
  if (value < u64(1) << 23) return 3;
  if (value < u64(1) << 31) return 4;
  return value < u64(1) << 47 ? 5 : 6;
}

/** Returns the bytes of an integer of a type. */
@inline
function integerBytes(type: u8): i32 {
  if (type < 5) return type;
  if (type === 5) return 6;
  return type === 6 ? 8 : 0;
}

/** Writes a number whose lowest bytes end before `end`; all 8 bytes there change. */
@inline
function writeBefore(end: usize, value: u64): void {
  store<u64>(end - 8, bswap(value));
}

/**
 * Appends a cell whose columns have been written; `at` is where they begin. Writes its pointer last, because
 * {@link writeBefore} may have changed it.
 */
@inline
function endCell(
  table: usize,
  leaf: usize,
  at: usize,
  size: i32,
  payload: i32,
  id: u64,
  a: u8,
  b: u8,
  c: u8,
): void {
  store<u8>(at - 1, c);
  store<u8>(at - 2, b);
  store<u8>(at - 3, a);
  store<u8>(at - 4, 0);
  store<u8>(at - 5, HEADER_BYTES);
  store<u8>(writeVarint(at - 5, id) - 1, payload);
  const cells = load<i32>(table, CELLS);
  const content = load<i32>(table, CONTENT) - size;
  store<u16>(leaf + LEAF_HEADER + 2 * cells, bswap(u16(content)));
  store<i32>(table, cells + 1, CELLS);
  store<i32>(table, content, CONTENT);
  store<f64>(table, f64(id), LAST);
}

/** Whether a leaf has room for another cell of `size` bytes. */
@inline
function hasRoom(table: usize, size: i32): bool {
  return load<i32>(table, CONTENT) - size >= LEAF_HEADER + 2 * load<i32>(table, CELLS) + 2;
}

/**
 * Appends rows (id, a, b, c) of three float64 that are integers from 0 to 2^53 - 1, with the next ids, until the leaf is
 * full. Returns how many.
 */
export function appendTriangles(table: usize, rows: usize, count: i32): i32 {
  const leaf = load<usize>(table, LEAF);
  let id = u64(i64(load<f64>(table, LAST)));
  for (let k = 0; k < count; k++, rows += 24) {
    id++;
    const a = u64(load<f64>(rows));
    const b = u64(load<f64>(rows, 8));
    const c = u64(load<f64>(rows, 16));
    const typeA = integerType(a);
    const typeB = integerType(b);
    const typeC = integerType(c);
    const bytesB = integerBytes(typeB);
    const bytesC = integerBytes(typeC);
    const payload = HEADER_BYTES + integerBytes(typeA) + bytesB + bytesC;
    const size = 1 + varintWidth(id) + payload;
    if (!hasRoom(table, size)) return k;
    let at = leaf + load<i32>(table, CONTENT);
    // 0 and 1 take no bytes: what is written there is overwritten.
    writeBefore(at, c);
    at -= bytesC;
    writeBefore(at, b);
    at -= bytesB;
    writeBefore(at, a);
    at -= integerBytes(typeA);
    endCell(table, leaf, at, size, payload, id, typeA, typeB, typeC);
  }
  return count;
}

/**
 * Appends rows (id, x, y, z) of three finite numbers, stored as REAL, -0 as 0, with the next ids, until the leaf is full.
 * Returns how many.
 */
@inline
function appendVertices<T>(table: usize, rows: usize, count: i32): i32 {
  const leaf = load<usize>(table, LEAF);
  let id = u64(i64(load<f64>(table, LAST)));
  for (let k = 0; k < count; k++, rows += 3 * sizeof<T>()) {
    id++;
    const payload = HEADER_BYTES + 24;
    const size = 1 + varintWidth(id) + payload;
    if (!hasRoom(table, size)) return k;
    const at = leaf + load<i32>(table, CONTENT);
    writeReal(at, f64(load<T>(rows, 2 * sizeof<T>())));
    writeReal(at - 8, f64(load<T>(rows, sizeof<T>())));
    writeReal(at - 16, f64(load<T>(rows)));
    endCell(table, leaf, at - 24, size, payload, id, FLOAT_TYPE, FLOAT_TYPE, FLOAT_TYPE);
  }
  return count;
}

@inline
function writeReal(end: usize, value: f64): void {
  // -0 + 0 is 0.
  writeBefore(end, reinterpret<u64>(value + 0));
}

export function appendVertices32(table: usize, rows: usize, count: i32): i32 {
  return appendVertices<f32>(table, rows, count);
}

export function appendVertices64(table: usize, rows: usize, count: i32): i32 {
  return appendVertices<f64>(table, rows, count);
}

/**
 * Appends entries of an index on three numbers, from rows of three finite float64 and an id as float64, until the leaf is
 * full. An entry is the cell of a row without its id, which is the last column instead. Returns how many.
 */
export function appendEntries(table: usize, rows: usize, count: i32): i32 {
  const leaf = load<usize>(table, LEAF);
  for (let k = 0; k < count; k++, rows += 32) {
    const id = u64(load<f64>(rows, 24));
    const type = integerType(id);
    const bytes = integerBytes(type);
    const payload = HEADER_BYTES + 24 + bytes;
    if (!hasRoom(table, 1 + payload)) return k;
    const content = load<i32>(table, CONTENT) - 1 - payload;
    const at = leaf + content;
    const end = at + 1 + payload;
    writeBefore(end, id);
    writeReal(end - bytes, load<f64>(rows, 16));
    writeReal(end - bytes - 8, load<f64>(rows, 8));
    writeReal(end - bytes - 16, load<f64>(rows));
    store<u8>(at, u8(payload));
    store<u8>(at, HEADER_BYTES, 1);
    store<u8>(at, FLOAT_TYPE, 2);
    store<u8>(at, FLOAT_TYPE, 3);
    store<u8>(at, FLOAT_TYPE, 4);
    store<u8>(at, type, 5);
    const cells = load<i32>(table, CELLS);
    store<u16>(leaf + LEAF_HEADER + 2 * cells, bswap(u16(content)));
    store<i32>(table, cells + 1, CELLS);
    store<i32>(table, content, CONTENT);
  }
  return count;
}

/** Fields of a decoder: the next id and the largest integer so far, as float64; rows, and bytes of the cells of a page. */
const NEXT_ID: usize = 0;
const LARGEST: usize = 8;
const ROWS: usize = 16;
const BYTES: usize = 20;

const CELL_COUNT: usize = 3;
/** Room for the size, the id and the header of a cell, and for what is read before its columns. */
const CELL_BEGIN: i32 = 10;

/** Moves the bytes of two float64 in big-endian order. */
const SWAP_FLOATS = i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);

/** Returns an unsigned number of 16 bits in big-endian order. */
@inline
function word(at: usize): i32 {
  return i32(bswap(load<u16>(at)));
}

/** Returns an integer of type 3 or 4, which is also the number of its bytes. */
@inline
function integer(at: usize, type: i32): i32 {
  const bits = i32(bswap(load<u32>(at - 4 + type)));
  return type === 3 ? (bits << 8) >> 8 : bits;
}

/** Whether a type is that of an integer of up to 32 bits: 1 to 4 are numbers of bytes, 8 and 9 are the integers 0 and 1. */
@inline
function isShort(type: i32): bool {
  return type <= 9 && ((0b11_0001_1110 >> type) & 1) === 1;
}

/** Returns the bytes of a type for which {@link isShort}. */
@inline
function bytesOf(type: i32): i32 {
  return type < 8 ? type : 0;
}

/** Returns an integer of a type for which {@link isShort}. */
@inline
function shortInteger(at: usize, type: i32): i32 {
  if (type >= 8) return type - 8;
  const unused = 32 - 8 * type;
  return (i32(bswap(load<u32>(at - 4 + type))) << unused) >> unused;
}

/**
 * Decodes cells `[first, stop)` of a leaf, of three floats (`isReal`) or three integers of up to 32 bits, with ids below 2^28
 * and headers of five bytes, as nearly all rows are. Adds their values and ids to `values` and `ids`, as float64. Returns
 * the first cell of another form, or `stop`. Ids ascend from the next one on, without gaps if `isDense`. Positions
 * (`isFinite`) are finite.
 */
@inline
function decodeRows(
  decoder: usize,
  page: usize,
  usableBytes: i32,
  first: i32,
  stop: i32,
  isDense: bool,
  isReal: bool,
  isFinite: bool,
  values: usize,
  ids: usize,
): i32 {
  const begin = LEAF_HEADER + 2 * word(page + CELL_COUNT);
  const last = usableBytes - CELL_BEGIN;
  const nextBefore = load<f64>(decoder, NEXT_ID);
  // Larger ids are not usual.
  if (!(nextBefore < 2 ** 28)) return first;
  let nextId = i32(nextBefore);
  let largest = i32(min<f64>(load<f64>(decoder, LARGEST), i32.MAX_VALUE));
  let count = load<i32>(decoder, ROWS);
  let bytes = load<i32>(decoder, BYTES);
  let k = first;
  for (; k < stop; k++) {
    const offset = word(page + LEAF_HEADER + 2 * k);
    if (offset < begin || offset > last) break;
    const at = page + offset;
    const payload = i32(load<u8>(at));
    let start = at + 2;
    let id = i32(load<u8>(at, 1));
    if (id >= 128) {
      let byte = i32(load<u8>(start++));
      id = ((id & 127) << 7) | (byte & 127);
      if (byte >= 128) {
        byte = i32(load<u8>(start++));
        id = (id << 7) | (byte & 127);
        if (byte >= 128) {
          byte = i32(load<u8>(start++));
          if (byte >= 128) break;
          id = (id << 7) | byte;
        }
      }
    }
    const end = start + payload;
    if (payload >= 128 || end > page + usableBytes || load<u16>(start) !== HEADER_BYTES) break;
    if (id !== nextId && (isDense || id < nextId)) break;
    const x = i32(load<u8>(start, 2));
    const y = i32(load<u8>(start, 3));
    const z = i32(load<u8>(start, 4));
    const from = start + HEADER_BYTES;
    const to = values + 24 * count;
    if (isReal) {
      if (x !== i32(FLOAT_TYPE) || y !== i32(FLOAT_TYPE) || z !== i32(FLOAT_TYPE)) break;
      if (payload < HEADER_BYTES + 24) break;
      const ab = i8x16.swizzle(v128.load(from), SWAP_FLOATS);
      const c = reinterpret<f64>(bswap(load<u64>(from, 16)));
      if (isFinite) {
        const a = f64x2.extract_lane(ab, 0);
        const b = f64x2.extract_lane(ab, 1);
        if (a - a + (b - b) + (c - c) !== 0) break;
      }
      v128.store(to, ab);
      store<f64>(to, c, 16);
    } else {
      let a: i32;
      let b: i32;
      let c: i32;
      if ((x === 3 || x === 4) && (y === 3 || y === 4) && (z === 3 || z === 4)) {
        if (payload < HEADER_BYTES + x + y + z) break;
        a = integer(from, x);
        b = integer(from + x, y);
        c = integer(from + x + y, z);
      } else {
        // As in meshes of fewer than 32,768 vertices.
        if (!isShort(x) || !isShort(y) || !isShort(z)) break;
        const bAt = from + bytesOf(x);
        const cAt = bAt + bytesOf(y);
        if (cAt + bytesOf(z) > end) break;
        a = shortInteger(from, x);
        b = shortInteger(bAt, y);
        c = shortInteger(cAt, z);
      }
      if ((a | b | c) < 0) break;
      store<f64>(to, f64(a));
      store<f64>(to, f64(b), 8);
      store<f64>(to, f64(c), 16);
      largest = max(largest, max(a, max(b, c)));
    }
    store<f64>(ids + 8 * count, f64(id));
    count++;
    nextId = id + 1;
    bytes += i32(end - at);
  }
  store<f64>(decoder, f64(nextId), NEXT_ID);
  if (!isReal && f64(largest) > load<f64>(decoder, LARGEST)) store<f64>(decoder, f64(largest), LARGEST);
  store<i32>(decoder, count, ROWS);
  store<i32>(decoder, bytes, BYTES);
  return k;
}

/** Decodes positions by {@link decodeRows}. */
export function decodePositions(
  decoder: usize,
  page: usize,
  usableBytes: i32,
  first: i32,
  stop: i32,
  isDense: bool,
  values: usize,
  ids: usize,
): i32 {
  return decodeRows(decoder, page, usableBytes, first, stop, isDense, true, true, values, ids);
}

/** Decodes any three floats by {@link decodeRows}. */
export function decodeFloats(
  decoder: usize,
  page: usize,
  usableBytes: i32,
  first: i32,
  stop: i32,
  isDense: bool,
  values: usize,
  ids: usize,
): i32 {
  return decodeRows(decoder, page, usableBytes, first, stop, isDense, true, false, values, ids);
}

/** Decodes three ids by {@link decodeRows}. */
export function decodeIds(
  decoder: usize,
  page: usize,
  usableBytes: i32,
  first: i32,
  stop: i32,
  isDense: bool,
  values: usize,
  ids: usize,
): i32 {
  return decodeRows(decoder, page, usableBytes, first, stop, isDense, false, false, values, ids);
}
