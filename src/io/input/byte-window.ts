/**
 * A sliding view of a source: what a parser works on between two reads.
 *
 * Parsers run synchronously over `bytes[start, end)`, move `start` past what they have understood, and ask for
 * more when the rest is no whole item. What one item may need is bounded, so that the window is, too.
 */

import { FormatError, type Place } from '../../errors.js';
import { CHUNK_BYTES, LINE_BYTES_MAX } from '../../memory.js';
import { formatCount } from '../../wording.js';
import type { ByteSource } from './byte-source.js';

export class ByteWindow {
  /** The buffer; only `[start, end)` holds bytes that are not yet understood. */
  readonly bytes: Uint8Array;
  start = 0;
  end = 0;
  /** True when the source has no bytes beyond `end`. */
  ended = false;
  /** Offset in the source of `bytes[0]`. */
  base = 0;

  /** `itemBytes` is the most that one item may need, `chunkBytes` how much is asked of the source at a time. */
  constructor(
    private readonly source: Pick<ByteSource, 'read'> & Partial<Pick<ByteSource, 'seek'>>,
    private readonly itemBytes = LINE_BYTES_MAX,
    private readonly chunkBytes = CHUNK_BYTES,
  ) {
    this.bytes = new Uint8Array(itemBytes + chunkBytes);
  }

  /** Offset in the source of the first byte not yet understood. */
  get offset(): number {
    return this.base + this.start;
  }

  /** Goes on at byte `offset` of the source, with what the window holds of it or with an empty one. */
  async jump(offset: number): Promise<void> {
    if (offset >= this.base && offset < this.base + this.end) {
      this.start = offset - this.base;
      return;
    }
    await this.source.seek?.(offset);
    this.base = offset;
    this.start = 0;
    this.end = 0;
    this.ended = false;
  }

  /** Goes past the next `count` bytes of the source, which others have read; the window must be empty. */
  skip(count: number): void {
    this.base += count;
  }

  /**
   * Keeps what is not yet understood and reads on behind it; sets `ended` where nothing is left. Throws
   * FormatError at `place` when the item that stands there is longer than the window allows.
   */
  async fill(place: () => Place): Promise<void> {
    const rest = this.end - this.start;
    if (rest > this.itemBytes) {
      const limit = formatCount(this.itemBytes);
      throw new FormatError(`an item of more than ${limit} bytes without an end; expected a shorter one`, {
        place: place(),
      });
    }
    this.bytes.copyWithin(0, this.start, this.end);
    this.base += this.start;
    this.start = 0;
    this.end = rest;
    // As much again as there is, where bytes come few at a time: what has no end is not looked at for each of them.
    const wanted = Math.min(rest, this.chunkBytes);
    let count: number;
    do {
      count = await this.source.read(this.bytes.subarray(this.end, rest + this.chunkBytes));
      this.end += count;
    } while (count > 0 && this.end - rest < wanted);
    this.ended = this.end === rest;
  }
}
