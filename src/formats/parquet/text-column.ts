/** A column of names: runs of equal texts, each of them stored once a row group. */
import type { Column, PageValues } from './column.js';
import { Runs } from './runs.js';

/** The most bytes of different texts in a row group: a thousand of the longest names. */
const TEXT_BYTES = 4 * 2 ** 20;

/** Texts or NULL. */
export class TextColumn implements Column {
  readonly type = { type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' } as const;
  private readonly numbers = new Map<string, number>();
  private readonly texts: Buffer[] = [];
  private textBytes = 0;
  /** The number of each text that is not NULL. */
  private readonly picks = new Runs();
  /** 1 for a text, 0 for NULL. */
  private readonly levels = new Runs();

  constructor(readonly name: string) {}

  get isFull(): boolean {
    return this.textBytes > TEXT_BYTES;
  }

  /** Adds a text `count` times; undefined is NULL. */
  add(text: string | undefined, count: number): void {
    this.levels.add(text === undefined ? 0 : 1, count);
    if (text !== undefined) this.picks.add(this.numberOf(text), count);
  }

  values(): PageValues {
    const { texts, levels, picks } = this;
    const levelBytes = levels.packAfterLength(1);
    const nulls = levels.count - picks.count;
    if (texts.length === 0) return { bytes: levelBytes, nulls, bounds: undefined };
    const bits = 32 - Math.clz32(texts.length - 1);
    const bytes = Buffer.concat([levelBytes, Uint8Array.of(bits), picks.pack(Math.ceil(bits / 8))]);
    return {
      bytes,
      nulls,
      bounds: undefined,
      dictionary: { bytes: Buffer.concat(texts), count: this.numbers.size },
    };
  }

  clear(): void {
    this.numbers.clear();
    this.texts.length = 0;
    this.textBytes = 0;
    this.picks.clear();
    this.levels.clear();
  }

  private numberOf(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    const entry = Buffer.alloc(4 + Buffer.byteLength(text));
    entry.writeUInt32LE(entry.length - 4);
    entry.write(text, 4);
    this.texts.push(entry);
    this.textBytes += entry.length;
    const number = this.numbers.size;
    this.numbers.set(text, number);
    return number;
  }
}
