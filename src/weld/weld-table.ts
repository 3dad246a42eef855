/**
 * An exact table of positions in fixed memory, filled by kernels. It never forgets by itself and never grows beyond its
 * memory.
 *
 * Positions in order of insertion, with slots that held their numbers, took less memory (17 bytes instead of 20) but half
 * as long again in random order.
 */
import { wordsOf } from './positions.js';
import type { WeldMemory } from './weld-memory.js';

/** Bytes before the slots, for what kernels know of a table: its slots, their number, and the number of positions. */
const HEADER_BYTES = 64;
const SLOTS = 0;
const SIZE = 1;
const COUNT = 2;

export class WeldTable {
  /** The most positions it can hold. */
  readonly capacity: number;
  private readonly header: Int32Array;
  /** Slots of {@link stride} words: a position, and its number plus 1, or 0 in a free slot. */
  private readonly slots: Int32Array;
  private readonly stride: number;
  /** Slots from here on are 0. */
  private touched: number;

  /**
   * Uses `bytes` of the arena from `address` on, aligned to 64. Slots grow in place as positions come: untouched pages cost
   * nothing. If the memory `isNew`, they are not even cleared.
   */
  constructor(
    private readonly memory: WeldMemory,
    readonly address: number,
    bytes: number,
    isNew = false,
  ) {
    const { words, buffer } = memory;
    const slots = slotsIn(bytes, words);
    this.stride = words + 1;
    this.capacity = capacityOf(slots);
    this.header = new Int32Array(buffer, address, HEADER_BYTES / 4);
    this.slots = new Int32Array(buffer, address + HEADER_BYTES, this.stride * slots);
    this.header[SLOTS] = address + HEADER_BYTES;
    this.touched = isNew ? 0 : slots;
    this.clear();
  }

  /** The number of positions held. */
  get count(): number {
    return this.header[COUNT]!;
  }

  /** Forgets everything, and makes room for about `expected` positions before it has to grow. */
  clear(expected = 0): void {
    this.header[COUNT] = 0;
    this.header[SIZE] = this.limit(Math.max(SLOTS_MIN, expected / FILL_EXPECTED));
    this.clearSlots(0);
  }

  /** Makes room for `more` positions, as far as its memory allows. */
  reserve(more: number): void {
    const { header, memory } = this;
    const { kernels, at, added, words } = memory;
    const grow = words === 3 ? kernels.growTable32 : kernels.growTable64;
    const wanted = Math.min(this.capacity, this.count + more);
    while (wanted > FILL_MAX * header[SIZE]!) {
      const before = header[SIZE]!;
      header[SIZE] = this.limit(GROWTH * before);
      this.clearSlots(before);
      grow(at.state, this.address, before, at.added, at.added + added.byteLength);
    }
  }

  /**
   * Numbers the staged rows of `stride` words, which have hashes: one in the table has its number there, any other is
   * inserted and gets the next number. Ends before a position beyond the first `room`; returns how many rows have numbers.
   */
  numberRows(count: number, stride: number, room = this.capacity): number {
    const { kernels, at, words } = this.memory;
    this.reserve(count);
    const number = words === 3 ? kernels.numberRows32 : kernels.numberRows64;
    return number(at.state, this.address, room, at.rows, 4 * stride, count, at.hashes, at.ids);
  }

  /**
   * Copies positions out of the slots `[first, ...)`, in no order: their words to `bits`, their numbers to `numbers`.
   * Returns how many, and the next slot; 0 positions at the end.
   */
  copy(first: number, bits: Int32Array, numbers: Int32Array): { count: number; next: number } {
    const { slots, stride, header } = this;
    const words = stride - 1;
    const end = stride * header[SIZE]!;
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

  /** Clears the slots in use from slot `first` on. */
  private clearSlots(first: number): void {
    const { slots, stride, touched } = this;
    const size = this.header[SIZE]!;
    slots.fill(0, stride * first, stride * Math.min(touched, size));
    this.touched = Math.max(touched, size);
  }

  /** Returns the number of slots that come nearest to `slots`. */
  private limit(slots: number): number {
    return Math.min(this.slots.length / this.stride, Math.ceil(slots));
  }
}

/** Returns how many positions a table of `bytes` holds. */
export function tableCapacity(bytes: number, bytesPerValue: 4 | 8): number {
  return capacityOf(slotsIn(bytes, wordsOf(bytesPerValue)));
}

function slotsIn(bytes: number, words: 3 | 6): number {
  return Math.max(0, Math.floor((bytes - HEADER_BYTES) / (4 * (words + 1))));
}

function capacityOf(slots: number): number {
  return Math.floor(FILL_MAX * slots);
}

/** The initial number of slots. */
const SLOTS_MIN = 2 ** 14;
/** The largest share of slots in use. */
const FILL_MAX = 0.8;
/** The share of slots that the expected number of positions takes. */
const FILL_EXPECTED = 2 / 3;
/** The factor by which slots grow. */
const GROWTH = 4;
