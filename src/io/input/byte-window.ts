/**
 * A sliding window over a source, for parsers to work on between reads.
 *
 * Parsers run synchronously over `bytes[start, end)`, move `start` past what they have parsed, and ask for more if the
 * rest is no complete item. The size of an item is bounded, so the window is too.
 */

import { FormatError, type Place } from '../../errors.js';
import { CHUNK_BYTES, LINE_BYTES_MAX } from '../../memory.js';
import { formatCount } from '../../wording.js';
import type { ByteSource } from './byte-source.js';

export class ByteWindow {
  /** The buffer; only `[start, end)` holds bytes that are not yet parsed. */
  readonly bytes: Uint8Array;
  start = 0;
  end = 0;
  /** Whether the source has no bytes beyond `end`. */
  ended = false;
  /** Offset in the source of `bytes[0]`. */
  base = 0;

  /**
   * `itemBytes` is the largest item, `chunkBytes` the size of one read. `memory` is for the buffer, if given: as many bytes
   * as {@link bytesFor} returns.
   */
  constructor(
    private readonly source: Pick<ByteSource, 'read'> & Partial<Pick<ByteSource, 'seek' | 'size'>>,
    private readonly itemBytes = LINE_BYTES_MAX,
    private readonly chunkBytes = CHUNK_BYTES,
    memory?: Uint8Array,
  ) {
    this.bytes = memory ?? new Uint8Array(ByteWindow.bytesFor(source.size, itemBytes, chunkBytes));
  }

  /** Returns the bytes of the buffer for a source of `size` bytes, if known. */
  static bytesFor(size: number | undefined, itemBytes: number, chunkBytes = CHUNK_BYTES): number {
    // A small source needs no more than its size, and one byte to find its end: there may be thousands of them.
    return Math.min(itemBytes + chunkBytes, (size ?? Number.POSITIVE_INFINITY) + 1);
  }

  /** Offset in the source of the first byte not yet parsed. */
  get offset(): number {
    return this.base + this.start;
  }

  /** Moves to byte `offset` of the source; keeps what the window already holds of it. */
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

  /** Skips `count` bytes of the source that others have read; the window must be empty. */
  skip(count: number): void {
    this.base += count;
  }

  /**
   * Keeps the unparsed bytes and reads more after them; sets `ended` if nothing is left. Throws FormatError at `place`
   * if the item there is larger than the window.
   */
  async fill(place: () => Place): Promise<void> {
    const rest = this.end - this.start;
    if (rest > this.itemBytes) {
      const limit = formatCount(this.itemBytes);
      throw new FormatError(`an item longer than ${limit} bytes; expected a shorter one`, {
        place: place(),
      });
    }
    this.bytes.copyWithin(0, this.start, this.end);
    this.base += this.start;
    this.start = 0;
    this.end = rest;
    // If bytes arrive in small pieces, read as much again as there is: a long item is not rescanned for each piece.
    const wanted = Math.min(rest, this.chunkBytes);
    let count: number;
    do {
      count = await this.source.read(this.bytes.subarray(this.end, rest + this.chunkBytes));
      this.end += count;
    } while (count > 0 && this.end - rest < wanted);
    this.ended = this.end === rest;
  }
}
