/**
 * Keeps the blocks of buffers that were read last: a scene of many small meshes, or one mesh at many nodes, would otherwise
 * take a read of the file for each.
 */

/** Bytes of a block. Larger reads bypass the cache. */
export const BLOCK_BYTES = 16_384;
const BLOCKS_MAX = 64;

/** Reads bytes of a buffer; they must exist. */
export type ReadBuffer = (buffer: number, target: Uint8Array, offset: number) => Promise<void>;

interface Block {
  readonly buffer: number;
  readonly begin: number;
  readonly bytes: Uint8Array;
}

export class BlockCache {
  /** The one that was used last is at the end. */
  private readonly blocks: Block[] = [];

  constructor(private readonly read: ReadBuffer) {}

  /** Fills `target` from byte `offset` of a buffer of `size` bytes on. */
  async readAt(buffer: number, target: Uint8Array, offset: number, size: number): Promise<void> {
    if (target.length >= BLOCK_BYTES) return this.read(buffer, target, offset);
    for (let done = 0; done < target.length; ) {
      const at = offset + done;
      const begin = at - (at % BLOCK_BYTES);
      const { bytes } = this.find(buffer, begin) ?? (await this.load(buffer, begin, size));
      const some = bytes.subarray(at - begin, at - begin + target.length - done);
      if (some.length === 0) throw new RangeError(`byte ${at} of a buffer of ${size} bytes`);
      target.set(some, done);
      done += some.length;
    }
  }

  /** Returns a block that was read before, which moves to the end. */
  private find(buffer: number, begin: number): Block | undefined {
    const { blocks } = this;
    const index = blocks.findLastIndex((block) => block.begin === begin && block.buffer === buffer);
    const block = blocks[index];
    if (block !== undefined && index < blocks.length - 1) blocks.push(...blocks.splice(index, 1));
    return block;
  }

  private async load(buffer: number, begin: number, size: number): Promise<Block> {
    if (this.blocks.length === BLOCKS_MAX) this.blocks.shift();
    const bytes = new Uint8Array(Math.min(BLOCK_BYTES, size - begin));
    await this.read(buffer, bytes, begin);
    const block = { buffer, begin, bytes };
    this.blocks.push(block);
    return block;
  }
}
