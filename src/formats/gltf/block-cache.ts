/**
 * Keeps the blocks of buffers that were read last: a scene of many small meshes, or one mesh at many nodes, would otherwise
 * take a read of the file for each.
 */

/** Bytes of a block. Larger reads bypass the cache. */
export const BLOCK_BYTES = 16_384;
const BLOCKS_MAX = 64;

/** Reads bytes of a buffer; they must exist. */
export type ReadBuffer = (buffer: number, target: Uint8Array, offset: number) => Promise<void>;

export class BlockCache {
  /** The blocks; the one that was used last is at the end. */
  private readonly blocks = new Map<string, Uint8Array>();

  constructor(private readonly read: ReadBuffer) {}

  /** Fills `target` from byte `offset` of a buffer of `size` bytes on. */
  async readAt(buffer: number, target: Uint8Array, offset: number, size: number): Promise<void> {
    if (target.length >= BLOCK_BYTES) return this.read(buffer, target, offset);
    for (let done = 0; done < target.length; ) {
      const at = offset + done;
      const begin = at - (at % BLOCK_BYTES);
      const key = `${buffer} ${begin}`;
      const block = this.blocks.get(key) ?? (await this.load(buffer, begin, size));
      this.blocks.delete(key);
      this.blocks.set(key, block);
      const some = block.subarray(at - begin, at - begin + target.length - done);
      if (some.length === 0) throw new RangeError(`byte ${at} of a buffer of ${size} bytes`);
      target.set(some, done);
      done += some.length;
    }
  }

  private async load(buffer: number, begin: number, size: number): Promise<Uint8Array> {
    const [oldest] = this.blocks.keys();
    const isFull = this.blocks.size >= BLOCKS_MAX && oldest !== undefined;
    if (isFull) this.blocks.delete(oldest);
    const block = new Uint8Array(Math.min(BLOCK_BYTES, size - begin));
    await this.read(buffer, block, begin);
    return block;
  }
}
