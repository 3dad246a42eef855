/**
 * An exact table of positions with a fixed memory: open addressing, linear probing, keys beside it in order of
 * insertion. It never forgets by itself and never grows beyond the memory it was given.
 */

/** Values per position. */
const AXES = 3;

/** Rows whose places in a table are worth fetching ahead of their look-ups, see {@link WeldTable.touch}. */
export const TOUCH_ROWS = 128;

export type Positions = Float32Array | Float64Array;

/** The same memory as coordinates. */
export function positionsOf(bits: Int32Array, bytesPerValue: 4 | 8): Positions {
  return bytesPerValue === 4 ? new Float32Array(bits.buffer) : new Float64Array(bits.buffer);
}

export class WeldTable {
  /** Positions held. */
  count = 0;
  /** The most positions it can hold. */
  readonly capacity: number;
  /** Values of the positions held, 3 each, in order of insertion. */
  readonly keys: Positions;
  private readonly slots: Int32Array;
  private readonly keyBits: Int32Array;
  private readonly keyHashes = new Int32Array(HASH_BATCH);
  /** A slot holds the number of a key plus 1 in its low bits, and the hash's own high bits in the others. */
  private readonly numberMask: number;
  private mask = 0;
  /** Only written: see {@link touch}. */
  touched = 0;
  /** Where the search that found nothing ended. */
  private freeSlot = 0;

  /**
   * The memory to use is `[start, start + bytes)` of `arena`, aligned to 8. Pages of it that are never touched cost
   * nothing: slots grow in place as positions come.
   */
  constructor(
    arena: ArrayBuffer,
    start: number,
    bytes: number,
    private readonly bytesPerValue: 4 | 8,
  ) {
    const { slots, capacity } = divide(bytes, AXES * bytesPerValue);
    this.capacity = capacity;
    this.slots = new Int32Array(arena, start, slots);
    const Keys = bytesPerValue === 4 ? Float32Array : Float64Array;
    this.keys = new Keys(arena, start + 4 * slots, AXES * capacity);
    this.keyBits = new Int32Array(arena, start + 4 * slots, (AXES * capacity * bytesPerValue) / 4);
    this.numberMask = 2 ** (32 - Math.clz32(capacity)) - 1;
    this.clear();
  }

  /** The positions held as 32-bit words: 3 a position in float32, 6 in float64. */
  get bits(): Int32Array {
    return this.keyBits;
  }

  /** Forgets everything, and makes room for about `expected` positions before it has to grow. */
  clear(expected = 0): void {
    this.count = 0;
    let slots = SLOTS_MIN;
    while (FILL_MAX * slots < expected) slots *= 2;
    this.resize(Math.min(this.slots.length, slots));
  }

  /** Number of a position by order of insertion, or -1. `hash` is what {@link hashPositions} gave for it. */
  find(hash: number, x: number, y: number, z: number): number {
    const { slots, keys, mask, numberMask } = this;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]!;
      if (entry === 0) {
        this.freeSlot = slot;
        return -1;
      }
      // Keys are far apart in memory: only those whose hash agrees in the high bits are looked at.
      if (((entry ^ hash) & ~numberMask) !== 0) continue;
      const number = (entry & numberMask) - 1;
      const k = AXES * number;
      if (keys[k] === x && keys[k + 1] === y && keys[k + 2] === z) return number;
    }
  }

  /**
   * Brings the slots and keys that look-ups of these hashes will need into the processor's caches. Reads that do
   * not wait for each other overlap; one look-up after the other waits for each.
   */
  touch(hashes: Int32Array, from: number, to: number): void {
    const { slots, keys, mask, numberMask } = this;
    let sum = 0;
    for (let k = from; k < to; k++) sum ^= slots[hashes[k]! & mask]!;
    let total = sum;
    for (let k = from; k < to; k++) {
      const number = slots[hashes[k]! & mask]! & numberMask;
      if (number > 0) total += keys[AXES * number - AXES]!;
    }
    // Kept, so that the reads are not optimised away.
    this.touched = total;
  }

  /** Puts in the position that {@link find} has just not found. The caller sees to the capacity. */
  insert(hash: number, x: number, y: number, z: number): number {
    const { slots, keys, mask, numberMask } = this;
    const number = this.count++;
    keys[AXES * number] = x;
    keys[AXES * number + 1] = y;
    keys[AXES * number + 2] = z;
    slots[this.freeSlot] = (hash & ~numberMask) | (number + 1);
    if (this.count > (mask + 1) * FILL_MAX && mask + 1 < this.slots.length) this.grow();
    return number;
  }

  private grow(): void {
    this.resize(Math.min(this.slots.length, GROWTH * (this.mask + 1)));
    const { slots, mask, numberMask, keyHashes } = this;
    const words = this.bytesPerValue / 4;
    for (let done = 0; done < this.count; done += HASH_BATCH) {
      const count = Math.min(HASH_BATCH, this.count - done);
      const from = AXES * words * done;
      hashPositions(this.keyBits.subarray(from, from + AXES * words * count), words, count, keyHashes);
      for (let k = 0; k < count; k++) {
        const hash = keyHashes[k]!;
        let slot = hash & mask;
        while (slots[slot] !== 0) slot = (slot + 1) & mask;
        slots[slot] = (hash & ~numberMask) | (done + k + 1);
      }
    }
  }

  private resize(slots: number): void {
    this.slots.fill(0, 0, slots);
    this.mask = slots - 1;
  }
}

/** How many positions a table of `bytes` holds. */
export function tableCapacity(bytes: number, bytesPerValue: 4 | 8): number {
  return divide(bytes, AXES * bytesPerValue).capacity;
}

/** The power of two of slots that lets most keys into `bytes`, with at least a quarter of the slots free. */
function divide(bytes: number, keyBytes: number): { slots: number; capacity: number } {
  let best = { slots: 0, capacity: 0 };
  for (let slots = 16; 4 * slots < bytes; slots *= 2) {
    const capacity = Math.min(Math.floor(FILL_MAX * slots), Math.floor((bytes - 4 * slots) / keyBytes));
    if (capacity > best.capacity) best = { slots, capacity };
  }
  return best;
}

const HASH_BATCH = 4096;
/** Slots to begin with. */
const SLOTS_MIN = 2 ** 14;
/** The share of the slots that keys may take. */
const FILL_MAX = 3 / 4;
/** Slots are so many times more when they grow: all keys have to be put in again, one wait for memory each. */
const GROWTH = 4;

const MINUS_ZERO = -0x80000000;
/** Which word of a double holds its sign on this machine. */
const SIGN_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * Makes every -0 a 0, since the two are one coordinate, and hashes `count` positions, given as 1 (float32) or 2
 * (float64) 32-bit words per value, into `hashes`.
 */
export function hashPositions(bits: Int32Array, words: number, count: number, hashes: Int32Array): void {
  if (words === 1) {
    for (let k = 0, at = 0; k < count; k++, at += 3) {
      let x = bits[at]!;
      let y = bits[at + 1]!;
      let z = bits[at + 2]!;
      if (x === MINUS_ZERO) bits[at] = x = 0;
      if (y === MINUS_ZERO) bits[at + 1] = y = 0;
      if (z === MINUS_ZERO) bits[at + 2] = z = 0;
      hashes[k] = mix(mix(mix(0, x), y), z);
    }
    return;
  }
  for (let k = 0, at = 0; k < count; k++) {
    let hash = 0;
    for (const end = at + 6; at < end; at += 2) {
      const low = bits[at + 1 - SIGN_WORD]!;
      let high = bits[at + SIGN_WORD]!;
      if (high === MINUS_ZERO && low === 0) bits[at + SIGN_WORD] = high = 0;
      hash = mix(mix(hash, low), high);
    }
    hashes[k] = hash;
  }
}

/** A multiply and a shift for each word (the step of MurmurHash3's finaliser). */
function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x85ebca6b);
  return product ^ (product >>> 15);
}
