/**
 * An exact table of positions in fixed memory: open addressing, linear probing, each slot with a position and its
 * number. It never forgets by itself and never grows beyond its memory.
 *
 * If triangles are in random order, a lookup waits for memory, so everything it needs is in one place. Positions in
 * order of insertion, with slots that held their numbers, took less memory (17 bytes instead of 20) but half as long
 * again: 3.1 s instead of 2.1 s for the corners of 10 M triangles.
 */

import type { PositionHash } from '../collections/position-hash.js';

/** Rows whose slots are worth fetching ahead of their lookups, see {@link WeldTable.touch}. */
export const TOUCH_ROWS = 128;

export type Positions = Float32Array | Float64Array;

/** Views the same memory as coordinates. */
export function positionsOf(bits: Int32Array, bytesPerValue: 4 | 8): Positions {
  return bytesPerValue === 4 ? new Float32Array(bits.buffer) : new Float64Array(bits.buffer);
}

/** Words of a position: 3 in float32, 6 in float64. */
export function wordsOf(bytesPerValue: 4 | 8): 3 | 6 {
  return bytesPerValue === 4 ? 3 : 6;
}

export class WeldTable {
  /** The number of positions held. */
  count = 0;
  /** The most positions it can hold. */
  readonly capacity: number;
  /** Slots of {@link stride} words: a position, and its number plus 1, or 0 in a free slot. */
  private readonly slots: Int32Array;
  private readonly words: 3 | 6;
  private readonly stride: number;
  /** Slots in use: the first `size`. */
  private size = 0;
  private end = 0;
  /** Maps a hash to a slot: slots are in the order of the hashes, except where probing moves them. */
  private scale = 0;
  /** Write-only, see {@link touch}. */
  touched = 0;
  /** The free slot where the last unsuccessful search ended. */
  private freeSlot = 0;

  /**
   * Uses `[start, start + bytes)` of `arena`, aligned to 4. Untouched pages of it cost nothing: slots grow in place as
   * positions come.
   */
  constructor(
    arena: ArrayBuffer,
    start: number,
    bytes: number,
    private readonly hash: PositionHash,
  ) {
    this.words = hash.words;
    const bytesPerValue = hash.words === 3 ? 4 : 8;
    this.stride = this.words + 1;
    const slots = slotsIn(bytes, bytesPerValue);
    this.capacity = capacityOf(slots);
    this.slots = new Int32Array(arena, start, this.stride * slots);
    this.clear();
  }

  /** Forgets everything, and makes room for about `expected` positions before it has to grow. */
  clear(expected = 0): void {
    this.count = 0;
    this.resize(Math.max(SLOTS_MIN, expected / FILL_EXPECTED));
    this.slots.fill(0, 0, this.end);
  }

  /**
   * Returns the number, by order of insertion, of the position whose words begin at `from` of `bits`, or -1. `hash`
   * must come from the table's {@link PositionHash}.
   */
  find(hash: number, bits: Int32Array, from: number): number {
    const { slots, words, stride, end } = this;
    const x = bits[from]!;
    const y = bits[from + 1]!;
    const z = bits[from + 2]!;
    for (let at = stride * slotOf(hash, this.scale); ; ) {
      const entry = slots[at + words]!;
      if (entry === 0) {
        this.freeSlot = at;
        return -1;
      }
      if (slots[at] === x && slots[at + 1] === y && slots[at + 2] === z) {
        if (words === 3 || this.agreeBehind(at, bits, from)) return entry - 1;
      }
      at += stride;
      if (at === end) at = 0;
    }
  }

  /**
   * Brings the slots for lookups of these hashes into the processor's caches. Independent reads overlap; separate
   * lookups would each wait.
   */
  touch(hashes: Int32Array, from: number, to: number): void {
    const { slots, words, stride, scale } = this;
    let sum = 0;
    for (let k = from; k < to; k++) sum ^= slots[stride * slotOf(hashes[k]!, scale) + words]!;
    // Kept, so that the reads are not optimized away.
    this.touched = sum;
  }

  /** Inserts the position that {@link find} has just not found. The caller must respect the capacity. */
  insert(bits: Int32Array, from: number): number {
    const { slots, words, freeSlot } = this;
    for (let w = 0; w < words; w++) slots[freeSlot + w] = bits[from + w]!;
    slots[freeSlot + words] = ++this.count;
    if (this.count > this.size * FILL_MAX && this.count < this.capacity) this.grow();
    return this.count - 1;
  }

  /**
   * Copies positions out of the slots `[first, ...)`, in no order: their words to `bits`, their numbers to `numbers`.
   * Returns how many, and the next slot; 0 positions at the end.
   */
  copy(first: number, bits: Int32Array, numbers: Int32Array): { count: number; next: number } {
    const { slots, words, stride, end } = this;
    let count = 0;
    let at = stride * first;
    for (; at < end && count < numbers.length; at += stride) {
      const entry = slots[at + words]!;
      if (entry === 0) continue;
      for (let w = 0; w < words; w++) bits[words * count + w] = slots[at + w]!;
      numbers[count++] = entry - 1;
    }
    return { count, next: at / stride };
  }

  /** Whether the last three words of a float64 position equal those of a slot. */
  private agreeBehind(at: number, bits: Int32Array, from: number): boolean {
    const { slots } = this;
    return (
      slots[at + 3] === bits[from + 3] && slots[at + 4] === bits[from + 4] && slots[at + 5] === bits[from + 5]
    );
  }

  /**
   * Spreads the positions over more slots, in place. The slots between two free ones form a cluster. In the larger
   * table each of its positions belongs at the same slot or later, and no nearer to the end. So clusters are reinserted
   * from the last to the first, and none meets one that is still to come. Positions that probing had wrapped from the
   * end to the beginning come last.
   */
  private grow(): void {
    const { slots, words, stride, end } = this;
    this.resize(GROWTH * this.size);
    slots.fill(0, end, this.end);
    const cluster: number[] = [];
    const moved: number[] = [];
    const takeOut = (at: number, target: number[]) => {
      for (let w = 0; w < stride; w++) target.push(slots[at + w]!);
      slots[at + words] = 0;
    };
    let first = 0;
    for (; slots[first + words] !== 0; first += stride) takeOut(first, moved);
    for (let at = end - stride; at >= first; at -= stride) {
      if (slots[at + words] !== 0) takeOut(at, cluster);
      else if (cluster.length > 0) this.putBack(cluster);
    }
    this.putBack(moved);
  }

  /** Reinserts removed entries, and empties the list. */
  private putBack(entries: number[]): void {
    const { slots, words, stride, end } = this;
    for (let from = 0; from < entries.length; from += stride) {
      let at = stride * slotOf(this.hash.hashOne(entries, from), this.scale);
      while (slots[at + words] !== 0) {
        at += stride;
        if (at === end) at = 0;
      }
      for (let w = 0; w < stride; w++) slots[at + w] = entries[from + w]!;
    }
    entries.length = 0;
  }

  private resize(slots: number): void {
    this.size = Math.min(this.slots.length / this.stride, Math.ceil(slots));
    this.end = this.stride * this.size;
    this.scale = this.size / 2 ** 32;
  }
}

/** Returns how many positions a table of `bytes` holds. */
export function tableCapacity(bytes: number, bytesPerValue: 4 | 8): number {
  return capacityOf(slotsIn(bytes, bytesPerValue));
}

function slotsIn(bytes: number, bytesPerValue: 4 | 8): number {
  return Math.floor(bytes / (4 * (wordsOf(bytesPerValue) + 1)));
}

function capacityOf(slots: number): number {
  return Math.floor(FILL_MAX * slots);
}

function slotOf(hash: number, scale: number): number {
  return ((hash >>> 0) * scale) | 0;
}

/** The initial number of slots. */
const SLOTS_MIN = 2 ** 14;
/** The largest share of slots in use. */
const FILL_MAX = 0.8;
/** The share of slots that the expected number of positions takes. */
const FILL_EXPECTED = 2 / 3;
/** The factor by which slots grow. */
const GROWTH = 4;
