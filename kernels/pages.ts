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
/** The header of a payload: its own size, a type of 0 for the id, and three types. */
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
