/**
 * The weld: numbers for positions, by exact hash tables in fixed memory.
 *
 * A table has open addressing and linear probing. Each slot holds a position, then its number plus 1, or 0 if the slot is
 * free. Everything a lookup needs is in one place, because in random order it waits for memory. Slots are in the order of
 * the hashes, except where probing moves them.
 *
 * A position takes 12 bytes (`f32`) or 24 (`f64`). Up to 16 bytes are read from its address on, so there must be memory
 * after the last one.
 */

/** Fields of a table: the address of its slots, their number, and the number of positions. */
const SLOTS: usize = 0;
const SIZE: usize = 4;
const COUNT: usize = 8;

/** Lookups whose slots are fetched together: independent reads overlap, separate ones would each wait. */
const AHEAD: i32 = 128;
/** The most corners that wait for a lookup of another. */
const FOLLOWERS: i32 = 1024;
/** Positions seen last. */
const RECENT: i32 = 16_384;
/** If more corners in a row are not among these, the next {@link PASSES} steps do not look there. */
const MISSES_MAX: i32 = (7 * AHEAD) / 8;
const PASSES: i32 = 64;

/**
 * The state of a weld: the key of the hash (an initial number, then those for low and for high halves of up to eight
 * words), a sum that keeps reads from being optimized away, the steps that pass by recent positions, and lists.
 */
const KEY: usize = 0;
const KEY_LOW: usize = 16;
const KEY_HIGH: usize = 48;
const FETCHED: usize = 80;
const PASSING: usize = 84;
const WAITING: usize = 96;
const FOLLOWING: usize = WAITING + 12 * AHEAD;
const RECENTS: usize = FOLLOWING + 8 * FOLLOWERS;

/** Returns the bytes of the state of a weld. */
export function weldBytes(): i32 {
  return i32(RECENTS) + RECENT * 32;
}

/** Forgets recent positions: their ids have changed. */
export function forgetRecent(state: usize): void {
  memory.fill(state + RECENTS, 0, RECENT * 32);
}

/** Returns a position of three words, and 0. */
@inline
function narrow(at: usize): v128 {
  return v128.and(v128.load(at), i32x4(-1, -1, -1, 0));
}

/** Replaces every -0 of a position with 0: the two are one coordinate. */
@inline
function cleanZeros<T>(at: usize): void {
  if (sizeof<T>() === 4) {
    if (!v128.any_true(i32x4.eq(narrow(at), i32x4.splat(i32.MIN_VALUE)))) return;
    for (let k: usize = 0; k < 12; k += 4) {
      if (load<i32>(at + k) === i32.MIN_VALUE) store<i32>(at + k, 0);
    }
  } else {
    const zeros = i64x2.eq(v128.load(at), i64x2.splat(i64.MIN_VALUE));
    if (!v128.any_true(zeros) && load<i64>(at, 16) !== i64.MIN_VALUE) return;
    for (let k: usize = 0; k < 24; k += 8) {
      if (load<i64>(at + k) === i64.MIN_VALUE) store<i64>(at + k, 0);
    }
  }
}

/** Hashes a position without -0, as `hashOne` of `src/collections/position-hash.ts` does. */
@inline
function hashOf<T>(state: usize, at: usize): u32 {
  let sums: v128;
  if (sizeof<T>() === 4) {
    sums = multiply(narrow(at), state);
  } else {
    sums = i32x4.add(multiply(v128.load(at), state), multiply(v128.load64_zero(at + 16), state + 16));
  }
  sums = i32x4.add(sums, i32x4.shuffle(sums, sums, 2, 3, 0, 1));
  const hash: u32 = load<u32>(state, KEY) + i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
  const product: u32 = (hash ^ (hash >>> 15)) * 0x85ebca6b;
  return product ^ (product >>> 13);
}

/** Multiplies the halves of four words, each plus its number in the key. */
@inline
function multiply(words: v128, state: usize): v128 {
  return i32x4.mul(
    i32x4.add(v128.and(words, i32x4.splat(0xffff)), v128.load(state, KEY_LOW)),
    i32x4.add(i32x4.shr_u(words, 16), v128.load(state, KEY_HIGH)),
  );
}

@inline
function isSame<T>(a: usize, b: usize): bool {
  if (sizeof<T>() === 4) return load<i64>(a) === load<i64>(b) && load<i32>(a, 8) === load<i32>(b, 8);
  return (
    load<i64>(a) === load<i64>(b) &&
    load<i64>(a, 8) === load<i64>(b, 8) &&
    load<i64>(a, 16) === load<i64>(b, 16)
  );
}

@inline
function copyPosition<T>(to: usize, from: usize): void {
  if (sizeof<T>() === 4) {
    store<i64>(to, load<i64>(from));
    store<i32>(to, load<i32>(from, 8), 8);
  } else {
    v128.store(to, v128.load(from));
    store<i64>(to, load<i64>(from, 16), 16);
  }
}

/** Bytes of a slot. */
@inline
function strideOf<T>(): usize {
  return 3 * sizeof<T>() + 4;
}

/** What follows the position of a slot. */
@inline
function entryOf<T>(slot: usize): i32 {
  return load<i32>(slot, 3 * sizeof<T>());
}

@inline
function setEntry<T>(slot: usize, entry: i32): void {
  store<i32>(slot, entry, 3 * sizeof<T>());
}

/** Returns the slot where the search for a hash begins. */
@inline
function homeOf<T>(slots: usize, size: u32, hash: u32): usize {
  return slots + strideOf<T>() * usize((u64(hash) * u64(size)) >> 32);
}

/** Returns the slot of a position, or the free one where the search for it ended. */
@inline
function findSlot<T>(slots: usize, size: u32, hash: u32, at: usize): usize {
  const end = slots + strideOf<T>() * size;
  let slot = homeOf<T>(slots, size, hash);
  while (entryOf<T>(slot) !== 0 && !isSame<T>(slot, at)) {
    slot += strideOf<T>();
    if (slot === end) slot = slots;
  }
  return slot;
}

/** Puts a position into a free slot; returns its number. */
@inline
function fillSlot<T>(table: usize, slot: usize, at: usize): i32 {
  const number = load<i32>(table, COUNT);
  copyPosition<T>(slot, at);
  setEntry<T>(slot, number + 1);
  store<i32>(table, number + 1, COUNT);
  return number;
}

/** Where the position with a hash is among the recent ones; its entry is an id plus 1. */
@inline
function recentOf<T>(state: usize, hash: u32): usize {
  return state + RECENTS + (sizeof<T>() === 4 ? 16 : 32) * (hash & (RECENT - 1));
}

/** Hashes `count` rows of `stride` bytes that begin with a position, and changes -0 to 0 in them. */
@inline
function hashRows<T>(state: usize, rows: usize, stride: usize, count: i32, hashes: usize): void {
  for (let k = 0; k < count; k++, rows += stride, hashes += 4) {
    cleanZeros<T>(rows);
    store<u32>(hashes, hashOf<T>(state, rows));
  }
}

/**
 * Numbers rows of `stride` bytes that begin with a position: one in the table has its number there, any other is inserted
 * and gets the next number. Ends before a position beyond the first `room`; returns how many rows have numbers.
 */
@inline
function numberRows<T>(
  state: usize,
  table: usize,
  room: i32,
  rows: usize,
  stride: usize,
  count: i32,
  hashes: usize,
  numbers: usize,
): i32 {
  const slots = load<usize>(table, SLOTS);
  const size = load<u32>(table, SIZE);
  let sum = 0;
  for (let k = 0, ahead = 0; k < count; k++) {
    if (k === ahead) {
      ahead = min(count, k + AHEAD);
      for (let next = k; next < ahead; next++) {
        sum ^= entryOf<T>(homeOf<T>(slots, size, load<u32>(hashes + 4 * next)));
      }
    }
    const at = rows + stride * k;
    const slot = findSlot<T>(slots, size, load<u32>(hashes + 4 * k), at);
    let number = entryOf<T>(slot) - 1;
    if (number < 0) {
      if (load<i32>(table, COUNT) === room) return k;
      number = fillSlot<T>(table, slot, at);
    }
    store<i32>(numbers + 4 * k, number);
  }
  store<i32>(state, sum, FETCHED);
  return count;
}

/**
 * Finds the ids of corners in a young table, into which new positions go, and in an old one, which may be empty. Ids of the
 * old table begin with `base`, those of the young one `shift` later. Writes an id for each corner, as a float64, and the new
 * positions. Adds up the lookups in the young table, and those that only the old one answered.
 *
 * Neighbors in a file are mostly neighbors in space, so most corners are found among recent positions, which stay in the
 * processor's caches. The others are looked up together. A position that comes again before its lookup waits for that one:
 * with a lookup for each, 10 M triangles in scan order took 2.2 s of processor time with reading, not 1.0 s.
 */
@inline
function weldCorners<T>(
  state: usize,
  young: usize,
  old: usize,
  base: f64,
  shift: i32,
  corners: usize,
  count: i32,
  ids: usize,
  added: usize,
  tally: usize,
): void {
  const slots = load<usize>(young, SLOTS);
  const size = load<u32>(young, SIZE);
  const oldSlots = load<usize>(old, SLOTS);
  const oldSize = load<u32>(old, COUNT) === 0 ? 0 : load<u32>(old, SIZE);
  const width: usize = 3 * sizeof<T>();
  const waiting = state + WAITING;
  const following = state + FOLLOWING;
  let passing = load<i32>(state, PASSING);
  let lookUps = 0;
  let oldHits = 0;
  let sum = 0;
  for (let k = 0; k < count; ) {
    const first = k;
    const isPassing = passing > 0;
    let waits = waiting;
    let follows = following;
    for (; k < count && waits < following && follows < following + 8 * FOLLOWERS; k++) {
      const at = corners + width * k;
      cleanZeros<T>(at);
      const hash = hashOf<T>(state, at);
      if (!isPassing) {
        const recent = recentOf<T>(state, hash);
        const entry = entryOf<T>(recent);
        if (entry !== 0 && isSame<T>(recent, at)) {
          if (entry > 0) {
            store<f64>(ids + 8 * k, base + f64(entry - 1));
          } else {
            store<i32>(follows, k);
            store<i32>(follows, ~entry, 4);
            follows += 8;
          }
          continue;
        }
        // Its id is not known yet: the entry names its place among those that wait.
        copyPosition<T>(recent, at);
        setEntry<T>(recent, ~i32(waits - waiting));
      }
      store<i32>(waits, k);
      store<u32>(waits, hash, 4);
      waits += 12;
    }
    if (isPassing) passing--;
    else if (waits === following && k - first < AHEAD + AHEAD - MISSES_MAX) passing = PASSES;
    lookUps += i32(waits - waiting) / 12;
    for (let next = waiting; next < waits; next += 12) {
      sum ^= entryOf<T>(homeOf<T>(slots, size, load<u32>(next, 4)));
    }
    if (oldSize > 0) {
      for (let next = waiting; next < waits; next += 12) {
        sum ^= entryOf<T>(homeOf<T>(oldSlots, oldSize, load<u32>(next, 4)));
      }
    }
    for (let next = waiting; next < waits; next += 12) {
      const corner = load<i32>(next);
      const hash = load<u32>(next, 4);
      const at = corners + width * corner;
      const slot = findSlot<T>(slots, size, hash, at);
      let id = entryOf<T>(slot) - 1;
      if (id >= 0) {
        id += shift;
      } else {
        if (oldSize > 0) id = entryOf<T>(findSlot<T>(oldSlots, oldSize, hash, at)) - 1;
        if (id >= 0) {
          oldHits++;
        } else {
          id = shift + fillSlot<T>(young, slot, at);
          copyPosition<T>(added, at);
          added += width;
        }
      }
      store<f64>(ids + 8 * corner, base + f64(id));
      if (isPassing) continue;
      store<i32>(next, id, 8);
      const recent = recentOf<T>(state, hash);
      if (entryOf<T>(recent) === ~i32(next - waiting)) setEntry<T>(recent, id + 1);
    }
    for (let next = following; next < follows; next += 8) {
      store<f64>(ids + 8 * load<i32>(next), base + f64(load<i32>(waiting + load<i32>(next, 4), 8)));
    }
  }
  store<i32>(state, passing, PASSING);
  store<i32>(state, sum, FETCHED);
  store<i32>(tally, load<i32>(tally) + lookUps);
  store<i32>(tally, load<i32>(tally, 4) + oldHits, 4);
}

/**
 * Spreads the positions in the first `before` slots of a table over all, in place. The slots between two free ones form a cluster. In the
 * larger table each of its positions belongs at the same slot or later, and no nearer to the end. So clusters are
 * reinserted from the last to the first, and none meets one that is still to come. Positions that probing had wrapped from
 * the end to the beginning come last. `scratch` has room for these and the longest cluster.
 */
@inline
function growTable<T>(state: usize, table: usize, before: u32, scratch: usize, scratchEnd: usize): void {
  const slots = load<usize>(table, SLOTS);
  const size = load<u32>(table, SIZE);
  const end = slots + strideOf<T>() * before;
  let first = slots;
  let wrapped = scratch;
  for (; entryOf<T>(first) !== 0; first += strideOf<T>()) wrapped = takeOut<T>(first, wrapped, scratchEnd);
  let cluster = wrapped;
  for (let slot = end - strideOf<T>(); slot >= first; slot -= strideOf<T>()) {
    if (entryOf<T>(slot) !== 0) {
      cluster = takeOut<T>(slot, cluster, scratchEnd);
    } else {
      putBack<T>(state, slots, size, wrapped, cluster);
      cluster = wrapped;
    }
    // Addresses have no sign.
    if (slot === slots) break;
  }
  putBack<T>(state, slots, size, scratch, wrapped);
}

/** Moves the content of a slot to `to`, and frees the slot; returns the address after the content. */
@inline
function takeOut<T>(slot: usize, to: usize, end: usize): usize {
  if (to + strideOf<T>() > end) unreachable();
  copyPosition<T>(to, slot);
  setEntry<T>(to, entryOf<T>(slot));
  setEntry<T>(slot, 0);
  return to + strideOf<T>();
}

@inline
function putBack<T>(state: usize, slots: usize, size: u32, from: usize, to: usize): void {
  for (; from < to; from += strideOf<T>()) {
    const slot = findSlot<T>(slots, size, hashOf<T>(state, from), from);
    copyPosition<T>(slot, from);
    setEntry<T>(slot, entryOf<T>(from));
  }
}

export function hashRows32(state: usize, rows: usize, stride: usize, count: i32, hashes: usize): void {
  hashRows<f32>(state, rows, stride, count, hashes);
}

export function hashRows64(state: usize, rows: usize, stride: usize, count: i32, hashes: usize): void {
  hashRows<f64>(state, rows, stride, count, hashes);
}

export function numberRows32(
  state: usize,
  table: usize,
  room: i32,
  rows: usize,
  stride: usize,
  count: i32,
  hashes: usize,
  numbers: usize,
): i32 {
  return numberRows<f32>(state, table, room, rows, stride, count, hashes, numbers);
}

export function numberRows64(
  state: usize,
  table: usize,
  room: i32,
  rows: usize,
  stride: usize,
  count: i32,
  hashes: usize,
  numbers: usize,
): i32 {
  return numberRows<f64>(state, table, room, rows, stride, count, hashes, numbers);
}

export function weldCorners32(
  state: usize,
  young: usize,
  old: usize,
  base: f64,
  shift: i32,
  corners: usize,
  count: i32,
  ids: usize,
  added: usize,
  tally: usize,
): void {
  weldCorners<f32>(state, young, old, base, shift, corners, count, ids, added, tally);
}

export function weldCorners64(
  state: usize,
  young: usize,
  old: usize,
  base: f64,
  shift: i32,
  corners: usize,
  count: i32,
  ids: usize,
  added: usize,
  tally: usize,
): void {
  weldCorners<f64>(state, young, old, base, shift, corners, count, ids, added, tally);
}

export function growTable32(state: usize, table: usize, before: u32, scratch: usize, scratchEnd: usize): void {
  growTable<f32>(state, table, before, scratch, scratchEnd);
}

export function growTable64(state: usize, table: usize, before: u32, scratch: usize, scratchEnd: usize): void {
  growTable<f64>(state, table, before, scratch, scratchEnd);
}
