/**
 * An exact table of positions with a fixed memory: open addressing, linear probing, each slot holding a position and
 * its number. It never forgets by itself and never grows beyond the memory it was given.
 *
 * Where triangles come in random order a look-up waits for memory, so that all it needs lies in one place. Positions
 * in order of insertion, with slots that held their numbers, took less memory (17 bytes instead of 20) and half as
 * long again: 3.1 s instead of 2.1 s for the corners of 10 M triangles.
 */

import type { PositionHash } from '../collections/position-hash.js';

/** Rows whose slots in a table are worth fetching ahead of their look-ups, see {@link WeldTable.touch}. */
export const TOUCH_ROWS = 128;

export type Positions = Float32Array | Float64Array;

/** The same memory as coordinates. */
export function positionsOf(bits: Int32Array, bytesPerValue: 4 | 8): Positions {
  return bytesPerValue === 4 ? new Float32Array(bits.buffer) : new Float64Array(bits.buffer);
}

/** Words of a position: 3 in float32, 6 in float64. */
export function wordsOf(bytesPerValue: 4 | 8): 3 | 6 {
  return bytesPerValue === 4 ? 3 : 6;
}

export class WeldTable {
  /** Positions held. */
  count = 0;
  /** The most positions it can hold. */
  readonly capacity: number;
  /** Slots of {@link stride} words: the position's, and its number plus 1 or, in a free slot, 0. */
  private readonly slots: Int32Array;
  private readonly words: 3 | 6;
  private readonly stride: number;
  /** Slots in use: the first `size` of them. */
  private size = 0;
  private end = 0;
  /** From a hash to a slot: the slots are in the order of the hashes, but for what probing moves. */
  private scale = 0;
  /** Only written: see {@link touch}. */
  touched = 0;
  /** Where the search that found nothing ended. */
  private freeSlot = 0;

  /**
   * The memory to use is `[start, start + bytes)` of `arena`, aligned to 4. Pages of it that are never touched cost
   * nothing: slots grow in place as positions come.
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
   * Number, by order of insertion, of the position whose words begin at `from` of `bits`, or -1. `hash` is what
   * the table's {@link PositionHash} gave for it.
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
   * Brings the slots that look-ups of these hashes will need into the processor's caches. Reads that do not wait for
   * each other overlap; one look-up after the other waits for each.
   */
  touch(hashes: Int32Array, from: number, to: number): void {
    const { slots, words, stride, scale } = this;
    let sum = 0;
    for (let k = from; k < to; k++) sum ^= slots[stride * slotOf(hashes[k]!, scale) + words]!;
    // Kept, so that the reads are not optimised away.
    this.touched = sum;
  }

  /** Puts in the position that {@link find} has just not found. The caller sees to the capacity. */
  insert(bits: Int32Array, from: number): number {
    const { slots, words, freeSlot } = this;
    for (let w = 0; w < words; w++) slots[freeSlot + w] = bits[from + w]!;
    slots[freeSlot + words] = ++this.count;
    if (this.count > this.size * FILL_MAX && this.count < this.capacity) this.grow();
    return this.count - 1;
  }

  /**
   * Copies out positions from the slots `[first, ...)`, in no order: their words to `bits`, their numbers to
   * `numbers`. Returns how many, and the slot to go on from; 0 of them when there are no more.
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

  /** Whether the three last words of a position in float64 are those of a slot. */
  private agreeBehind(at: number, bits: Int32Array, from: number): boolean {
    const { slots } = this;
    return (
      slots[at + 3] === bits[from + 3] && slots[at + 4] === bits[from + 4] && slots[at + 5] === bits[from + 5]
    );
  }

  /**
   * Spreads the positions over more slots, in place. Between two free slots lies a cluster, whose positions belong
   * there; in the larger table each belongs at the same slot or behind, and no nearer to the end. So clusters are
   * taken out and put in again from the last to the first, and none meets one that is still to come. What probing
   * had moved from the end to the beginning is put in last.
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

  /** Puts in entries that were taken out, and empties the list. */
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

/** How many positions a table of `bytes` holds. */
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

/** Slots to begin with. */
const SLOTS_MIN = 2 ** 14;
/** The share of the slots that positions may take. */
const FILL_MAX = 0.8;
/** The share of the slots that as many positions as were expected take. */
const FILL_EXPECTED = 2 / 3;
/** Slots are so many times more when they grow. */
const GROWTH = 4;
