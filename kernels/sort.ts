/**
 * Sorts positions by x, then y, then z: numbers of rows move, rows stay. A pass distributes rows by where their coordinate
 * lies between the lowest and the highest, in cells of equal width, which suits coordinates; rows that share a cell are
 * sorted again, within its bounds.
 */

/** Bytes of a row (three float64), of an item of the order, and of a sorted row (a row and its id as float64). */
const ROW: usize = 24;
const ITEM: usize = 8;
const SORTED: usize = 32;

/** Rows that insertion sorts faster than passes. */
const FEW: i32 = 24;
/** Bits of a digit, of two, for few and for many rows. */
const DIGIT_FEW: i32 = 7;
const DIGIT_MANY: i32 = 11;
const MANY: i32 = 8192;

/** Whether a position comes before another. */
@inline
function isBefore(a: usize, b: usize): bool {
  const ax = load<f64>(a);
  const bx = load<f64>(b);
  if (ax !== bx) return ax < bx;
  const ay = load<f64>(a, 8);
  const by = load<f64>(b, 8);
  if (ay !== by) return ay < by;
  return load<f64>(a, 16) < load<f64>(b, 16);
}

/** Returns the row of an item: its lower word is the row's number, the upper one its cell. */
@inline
function rowOf(rows: usize, item: usize): usize {
  return rows + ROW * load<u32>(item);
}

/** Sorts items `[from, to)` by insertion. */
function insert(rows: usize, from: usize, to: usize): void {
  for (let at = from + ITEM; at < to; at += ITEM) {
    const item = load<u64>(at);
    const row = rowOf(rows, at);
    let hole = at;
    for (; hole > from && isBefore(row, rowOf(rows, hole - ITEM)); hole -= ITEM) {
      store<u64>(hole, load<u64>(hole - ITEM));
    }
    store<u64>(hole, item);
  }
}

/** Moves items `[from, to)` by a digit of their cells; `counts` becomes where the next item of each digit goes. */
@inline
function distribute(from: usize, to: usize, target: usize, counts: usize, shift: i32, mask: u32): void {
  let sum = target;
  for (let at = counts, end = counts + 4 * (mask + 1); at < end; at += 4) {
    const some = load<u32>(at);
    store<u32>(at, u32(sum));
    sum += ITEM * some;
  }
  for (let at = from; at < to; at += ITEM) {
    const item = load<u64>(at);
    const count = counts + 4 * (u32(item >> (32 + shift)) & mask);
    const place = load<u32>(count);
    store<u64>(place, item);
    store<u32>(count, place + u32(ITEM));
  }
}

/** Sorts items `[from, to)`, whose rows have the same coordinates before `axis`. Items at `spare` change. */
function sortItems(rows: usize, from: usize, to: usize, spare: usize, counts: usize, axis: usize): void {
  const count = i32((to - from) / ITEM);
  if (count <= FEW) {
    insert(rows, from, to);
    return;
  }
  let low = Infinity;
  let high = -Infinity;
  for (; axis < 3; axis++) {
    low = Infinity;
    high = -Infinity;
    for (let at = from; at < to; at += ITEM) {
      const value = load<f64>(rowOf(rows, at) + 8 * axis);
      low = min(low, value);
      high = max(high, value);
    }
    if (low < high) break;
  }
  if (axis === 3) return;
  const bits = count < MANY ? DIGIT_FEW : DIGIT_MANY;
  const mask: u32 = (1 << bits) - 1;
  const upper = counts + 4 * (mask + 1);
  memory.fill(counts, 0, 8 * (mask + 1));
  const last = f64((1 << (2 * bits)) - 1);
  // Halves, if the difference is beyond float64. Each step keeps the order, and the ends get different cells.
  const unit: f64 = high - low < Infinity ? 1 : 0.5;
  const first = unit * low;
  const span = unit * high - first;
  for (let at = from; at < to; at += ITEM) {
    const cell = u32(((unit * load<f64>(rowOf(rows, at) + 8 * axis) - first) / span) * last);
    store<u32>(at, cell, 4);
    const one = counts + 4 * (cell & mask);
    store<u32>(one, load<u32>(one) + 1);
    const other = upper + 4 * (cell >> bits);
    store<u32>(other, load<u32>(other) + 1);
  }
  distribute(from, to, spare, counts, 0, mask);
  distribute(spare, spare + (to - from), from, upper, bits, mask);
  for (let at = from; at < to; ) {
    const cell = load<u32>(at, 4);
    let end = at + ITEM;
    while (end < to && load<u32>(end, 4) === cell) end += ITEM;
    if (end > at + ITEM) sortItems(rows, at, end, spare + (at - from), counts, axis);
    at = end;
  }
}

/**
 * Puts the numbers of `count` rows in order, as items at `order`; those at `spare` are for its use. There are
 * {@link sortBytes} at `counts`.
 */
export function sortPositions(rows: usize, count: i32, order: usize, spare: usize, counts: usize): void {
  for (let k = 0; k < count; k++) store<u64>(order + ITEM * k, u64(k));
  sortItems(rows, order, order + ITEM * count, spare, counts, 0);
}

/** Returns the bytes for counting. */
export function sortBytes(): i32 {
  return 8 * (1 << DIGIT_MANY);
}

/** Copies the rows of `count` items, each with its id: `firstId` and the number of the row. */
export function gatherPositions(rows: usize, order: usize, count: i32, firstId: f64, target: usize): void {
  for (let k = 0; k < count; k++, order += ITEM, target += SORTED) {
    const row = rowOf(rows, order);
    v128.store(target, v128.load(row));
    store<f64>(target, load<f64>(row, 16), 16);
    store<f64>(target, firstId + f64(load<u32>(order)), 24);
  }
}

/** Returns how many of `count` sorted rows come each after the one before; the one before the first is at `rows`. */
export function countAscending(rows: usize, count: i32): i32 {
  for (let k = 0; k < count; k++, rows += SORTED) if (!isBefore(rows, rows + SORTED)) return k;
  return count;
}
