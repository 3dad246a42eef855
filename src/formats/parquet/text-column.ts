/** A column of names: runs of equal texts, each of them stored once a row group. */
import type { Column, PageValues } from './column.js';
import { Runs } from './runs.js';

/** The most bytes of different texts in a row group, a thousand of the longest names; and the most of these texts. */
const TEXT_BYTES = 4 * 2 ** 20;
const TEXTS_MAX = 2 ** 14;
/** A power of two, greater than {@link TEXTS_MAX}. */
const SLOTS = 2 ** 15;
/** The most bytes of UTF-8 for one unit of a string. */
const UTF8_MAX = 3;
const LENGTH_BYTES = 4;

/** Texts or NULL. */
export class TextColumn implements Column {
  readonly type = { type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' } as const;
  /** The different texts, each after its length, in the first `textBytes` bytes. */
  private texts = Buffer.alloc(1024);
  private textBytes = 0;
  /** Where the texts begin, `textCount` of them. */
  private readonly starts = new Int32Array(TEXTS_MAX + 1);
  private textCount = 0;
  /**
   * A hash table of texts: the number of one plus 1, or 0. A Map kept their strings alive, and with a million names V8 took
   * 150 MB more before it collected them.
   */
  private readonly slots = new Uint16Array(SLOTS);
  /** Random, so that no file can be crafted whose names share a slot. */
  private readonly seed = Math.floor(2 ** 32 * Math.random());
  /** The number of each text that is not NULL. */
  private readonly picks = new Runs();
  /** 1 for a text, 0 for NULL. */
  private readonly levels = new Runs();

  constructor(readonly name: string) {}

  get isFull(): boolean {
    return this.textBytes > TEXT_BYTES || this.textCount >= TEXTS_MAX;
  }

  /** Adds a text `count` times; undefined is NULL. */
  add(text: string | undefined, count: number): void {
    this.levels.add(text === undefined ? 0 : 1, count);
    if (text !== undefined) this.picks.add(this.numberOf(text), count);
  }

  values(): PageValues {
    const { texts, textBytes, textCount, levels, picks } = this;
    const levelBytes = levels.packAfterLength(1);
    const nulls = levels.count - picks.count;
    if (textCount === 0) return { bytes: levelBytes, nulls, bounds: undefined };
    const bits = 32 - Math.clz32(textCount - 1);
    const bytes = Buffer.concat([levelBytes, Uint8Array.of(bits), picks.pack(Math.ceil(bits / 8))]);
    return {
      bytes,
      nulls,
      bounds: undefined,
      dictionary: { bytes: texts.subarray(0, textBytes), count: textCount },
    };
  }

  clear(): void {
    this.slots.fill(0);
    this.textCount = 0;
    this.textBytes = 0;
    this.picks.clear();
    this.levels.clear();
  }

  /** Returns the number of a text, which is stored if it is new. */
  private numberOf(text: string): number {
    this.makeRoom(LENGTH_BYTES + UTF8_MAX * text.length);
    const { texts, textBytes: start, starts, slots } = this;
    const length = texts.write(text, start + LENGTH_BYTES);
    texts.writeUInt32LE(length, start);
    const end = start + LENGTH_BYTES + length;
    let slot = hashOf(texts, start, end, this.seed);
    for (; slots[slot] !== 0; slot = (slot + 1) % SLOTS) {
      const number = slots[slot]! - 1;
      const from = starts[number]!;
      const to = from + end - start;
      if (to <= start && texts.compare(texts, from, to, start, end) === 0) return number;
    }
    starts[this.textCount] = start;
    this.textBytes = end;
    slots[slot] = ++this.textCount;
    return this.textCount - 1;
  }

  private makeRoom(bytes: number): void {
    if (this.textBytes + bytes <= this.texts.length) return;
    const wider = Buffer.alloc(Math.max(2 * this.texts.length, this.textBytes + bytes));
    this.texts.copy(wider, 0, 0, this.textBytes);
    this.texts = wider;
  }
}

/** Hashes bytes to a slot, as FNV-1a from a start of its own. */
function hashOf(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed;
  for (let k = from; k < to; k++) hash = Math.imul(hash ^ bytes[k]!, 0x01000193);
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
