/**
 * An exact table of positions with a fixed memory: open addressing, linear probing, keys beside it in order of
 * insertion. It never forgets by itself and never grows beyond the memory it was given.
 */

/** Values per position. */
const AXES = 3;

export type Positions = Float32Array | Float64Array;

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
  private mask = 0;

  /**
   * The memory to use is `[start, start + bytes)` of `arena`, aligned to 8. Pages of it that are never touched cost
   * nothing: slots are doubled in place as positions come.
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
    this.clear();
  }

  /** The positions held as 32-bit words: 3 a position in float32, 6 in float64. */
  get bits(): Int32Array {
    return this.keyBits;
  }

  /** Forgets everything. */
  clear(): void {
    this.count = 0;
    this.resize(Math.min(this.slots.length, 2 ** 14));
  }

  /** Number of a position by order of insertion, or -1. `hash` is what {@link hashPositions} gave for it. */
  find(hash: number, x: number, y: number, z: number): number {
    const { slots, keys, mask } = this;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]!;
      if (entry === 0) return -1;
      const k = AXES * entry - AXES;
      if (keys[k] === x && keys[k + 1] === y && keys[k + 2] === z) return entry - 1;
    }
  }

  /** Puts in a position that is not held yet; returns its number. The caller sees to the capacity. */
  insert(hash: number, x: number, y: number, z: number): number {
    const { slots, keys, mask } = this;
    const number = this.count++;
    keys[AXES * number] = x;
    keys[AXES * number + 1] = y;
    keys[AXES * number + 2] = z;
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = number + 1;
    if (this.count * 4 > (mask + 1) * 3 && mask + 1 < this.slots.length) this.grow();
    return number;
  }

  private grow(): void {
    this.resize(2 * (this.mask + 1));
    const { slots, mask, keyHashes } = this;
    const words = this.bytesPerValue / 4;
    for (let done = 0; done < this.count; done += HASH_BATCH) {
      const count = Math.min(HASH_BATCH, this.count - done);
      const from = AXES * words * done;
      hashPositions(this.keyBits.subarray(from, from + AXES * words * count), words, count, keyHashes);
      for (let k = 0; k < count; k++) {
        let slot = keyHashes[k]! & mask;
        while (slots[slot] !== 0) slot = (slot + 1) & mask;
        slots[slot] = done + k + 1;
      }
    }
  }

  private resize(slots: number): void {
    this.slots.fill(0, 0, slots);
    this.mask = slots - 1;
  }
}

/** The power of two of slots that lets most keys into `bytes`, with at least a quarter of the slots free. */
function divide(bytes: number, keyBytes: number): { slots: number; capacity: number } {
  let best = { slots: 0, capacity: 0 };
  for (let slots = 2 ** 10; 4 * slots < bytes; slots *= 2) {
    const capacity = Math.min(Math.floor(0.75 * slots), Math.floor((bytes - 4 * slots) / keyBytes));
    if (capacity > best.capacity) best = { slots, capacity };
  }
  return best;
}

const HASH_BATCH = 4096;

/**
 * Hashes `count` positions, given as 1 (float32) or 2 (float64) 32-bit words per value, into `hashes`. -0 must
 * have been made 0 before: the two are one position.
 */
export function hashPositions(bits: Int32Array, words: number, count: number, hashes: Int32Array): void {
  if (words === 1) {
    for (let k = 0, at = 0; k < count; k++, at += 3) {
      hashes[k] = mix(mix(mix(0, bits[at]!), bits[at + 1]!), bits[at + 2]!);
    }
    return;
  }
  for (let k = 0, at = 0; k < count; k++, at += 6) {
    const x = mix(mix(0, bits[at]!), bits[at + 1]!);
    const y = mix(mix(x, bits[at + 2]!), bits[at + 3]!);
    hashes[k] = mix(mix(y, bits[at + 4]!), bits[at + 5]!);
  }
}

/** A multiply and a shift for each word (the step of MurmurHash3's finaliser). */
function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x85ebca6b);
  return product ^ (product >>> 15);
}
