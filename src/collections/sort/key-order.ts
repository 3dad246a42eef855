/**
 * Sorts records by 60-bit keys, two words of 30 bits at the start of each record. It orders the numbers of the records;
 * the records stay where they are. Records with equal keys keep their order.
 */

const DIGIT_BITS = 10;
const DIGITS = 2 ** DIGIT_BITS;
const MASK = DIGITS - 1;
/** The three digits of a word. */
const SHIFTS = [0, DIGIT_BITS, 2 * DIGIT_BITS] as const;
/** Records with equal first words that insertion sorts faster than three passes over 1024 counts. */
const FEW = 96;

/** Bytes that ordering takes for each record, in addition to the records. */
export const ORDER_BYTES = 16;

export class KeyOrder {
  private order: Uint32Array;
  private spareOrder: Uint32Array;
  private keys: Int32Array;
  private spareKeys: Int32Array;
  private readonly counts = new Uint32Array(SHIFTS.length * DIGITS);
  private total = 0;

  constructor(capacity: number) {
    this.order = new Uint32Array(capacity);
    this.spareOrder = new Uint32Array(capacity);
    this.keys = new Int32Array(capacity);
    this.spareKeys = new Int32Array(capacity);
  }

  /**
   * Returns the numbers of the first `count` records, each of `width` words, in the order of their keys. The result is
   * valid until the next call.
   */
  sort(words: Int32Array, count: number, width: number): Uint32Array {
    if (count > this.order.length) this.grow(count);
    const { order, keys } = this;
    for (let k = 0; k < count; k++) {
      order[k] = k;
      keys[k] = words[k * width]!;
    }
    this.total = count;
    this.sortKeys(0, count);
    this.sortTies(words, count, width);
    return this.order;
  }

  private grow(count: number): void {
    const capacity = Math.ceil(1.25 * count);
    this.order = new Uint32Array(capacity);
    this.spareOrder = new Uint32Array(capacity);
    this.keys = new Int32Array(capacity);
    this.spareKeys = new Int32Array(capacity);
  }

  /** Sorts `[from, to)` of `order` by `keys`, the lowest digit first. */
  private sortKeys(from: number, to: number): void {
    const { counts } = this;
    counts.fill(0);
    for (let k = from; k < to; k++) {
      const key = this.keys[k]!;
      counts[key & MASK]!++;
      counts[DIGITS + ((key >> DIGIT_BITS) & MASK)]!++;
      counts[2 * DIGITS + (key >> (2 * DIGIT_BITS))]!++;
    }
    for (let pass = 0; pass < SHIFTS.length; pass++) {
      const shift = SHIFTS[pass]!;
      const first = pass * DIGITS;
      if (counts[first + ((this.keys[from]! >> shift) & MASK)] === to - from) continue;
      for (let digit = first, sum = from; digit < first + DIGITS; digit++) {
        const some = counts[digit]!;
        counts[digit] = sum;
        sum += some;
      }
      const { order, keys, spareOrder, spareKeys } = this;
      for (let k = from; k < to; k++) {
        const key = keys[k]!;
        const at = counts[first + ((key >> shift) & MASK)]!++;
        spareKeys[at] = key;
        spareOrder[at] = order[k]!;
      }
      if (to - from === this.total) this.swap();
      else {
        order.set(spareOrder.subarray(from, to), from);
        keys.set(spareKeys.subarray(from, to), from);
      }
    }
  }

  private swap(): void {
    [this.order, this.spareOrder] = [this.spareOrder, this.order];
    [this.keys, this.spareKeys] = [this.spareKeys, this.keys];
  }

  /** Sorts records with equal first words by their second. */
  private sortTies(words: Int32Array, count: number, width: number): void {
    for (let from = 0, to = 0; from < count; from = to) {
      const { keys, order } = this;
      const key = keys[from]!;
      for (to = from + 1; to < count && keys[to] === key; to++);
      if (to - from === 1) continue;
      if (to - from <= FEW) {
        insertByLow(order, from, to, words, width);
        continue;
      }
      for (let k = from; k < to; k++) keys[k] = words[order[k]! * width + 1]!;
      this.sortKeys(from, to);
    }
  }
}

function insertByLow(order: Uint32Array, from: number, to: number, words: Int32Array, width: number): void {
  for (let k = from + 1; k < to; k++) {
    const record = order[k]!;
    const low = words[record * width + 1]!;
    let at = k;
    while (at > from && words[order[at - 1]! * width + 1]! > low) {
      order[at] = order[at - 1]!;
      at--;
    }
    order[at] = record;
  }
}
