/** Shared by the writers: the buffers of the chunks that they yield, and default values for vertices without any. */
import { CHUNK_BYTES } from '../../memory.js';
import type { Tally } from '../writer.js';

/** Two alternating buffers: one is written to disk while the other is filled. */
export class ChunkBuffers {
  /** The size of each, in bytes. */
  readonly bytes: number;
  private readonly buffers: Buffer[] = [];
  private turn = 0;

  /** Buffers of {@link CHUNK_BYTES}, or of `mostBytes` if no chunk needs more: a split may have thousands of small files. */
  constructor(mostBytes: number) {
    this.bytes = Math.min(CHUNK_BYTES, mostBytes);
  }

  /** Returns the buffer to fill next. */
  next(): Buffer {
    const turn = this.turn++ & 1;
    this.buffers[turn] ??= Buffer.alloc(this.bytes);
    return this.buffers[turn];
  }
}

/** A component of a color from 0 to 1 as the nearest byte. */
export function toByte(component: number): number {
  return Math.min(255, Math.max(0, Math.round(255 * component)));
}

/** Views bytes as numbers. */
export function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Fills gaps in the colors or normals of vertices with a default value. */
export class GapFiller {
  private filled = new Float64Array(0);

  /**
   * `standIn` is the default value, as many numbers as a row has. A number beyond `limit` in magnitude also makes a gap,
   * not only NaN: a normal of infinite length has no text. Gaps are counted in `tally` under `name`.
   */
  constructor(
    private readonly standIn: readonly number[],
    private readonly limit: number,
    private readonly tally: Tally,
    private readonly name: keyof Tally,
  ) {
    tally[name] = 0;
  }

  /** Returns values of which rows `[from, to)` have no gaps. Valid until the next call. */
  fill(values: Float64Array | undefined, from: number, to: number): Float64Array {
    const width = this.standIn.length;
    let result = values;
    for (let k = from; k < to; k++) {
      if (values !== undefined && this.isWhole(values, k * width)) continue;
      if (result === values) result = this.copy(values, from * width, to * width);
      result!.set(this.standIn, k * width);
      this.tally[this.name]!++;
    }
    return result ?? this.filled;
  }

  private isWhole(values: Float64Array, at: number): boolean {
    for (let k = at; k < at + this.standIn.length; k++) {
      if (!(Math.abs(values[k]!) <= this.limit)) return false;
    }
    return true;
  }

  private copy(values: Float64Array | undefined, from: number, to: number): Float64Array {
    if (this.filled.length < to) this.filled = new Float64Array(to);
    if (values !== undefined) this.filled.set(values.subarray(from, to), from);
    return this.filled;
  }
}
