/**
 * A temporary file that holds what has been read of a stream, for formats that need bytes out of order. The file has no
 * name while it is used, so nothing of it remains if the process is killed.
 */
import { tmpdir } from 'node:os';
import { CHUNK_BYTES } from '../../memory.js';
import type { Pull } from '../pull.js';
import type { RandomAccessFile } from '../random-access-file.js';
import { createUnnamed } from './temporary-file.js';

export class Spool {
  private file: RandomAccessFile | undefined;
  private length = 0;
  private isComplete = false;
  private readonly chunk = new Uint8Array(CHUNK_BYTES);

  /**
   * Keeps all that `pull` returns in a file in `folder`; `pull` must begin at byte 0 of the stream. `onKeep` gets the
   * number of bytes kept so far and may stop by throwing.
   */
  constructor(
    private readonly pull: Pull,
    private readonly folder = tmpdir(),
    private readonly onKeep?: (keptBytes: number) => void,
  ) {}

  /**
   * Fills `target` from byte `offset` of the stream on, reading the stream as far as needed; returns how many bytes, fewer
   * only at its end. Throws FileError.
   */
  async readAt(target: Uint8Array, offset: number): Promise<number> {
    const length = await this.fill(offset + target.length);
    return length <= offset ? 0 : this.file!.read(target, offset);
  }

  /** Reads the stream up to byte `end` or to its end; returns the number of bytes kept. Throws FileError. */
  async fill(end: number): Promise<number> {
    this.file ??= createUnnamed(this.folder);
    while (!this.isComplete && this.length < end) {
      const count = await this.pull(this.chunk);
      this.isComplete = count === 0;
      this.file.write(this.chunk.subarray(0, count), this.length);
      this.length += count;
      this.onKeep?.(this.length);
    }
    return this.length;
  }

  /** Frees the space of the file. Throws FileError. */
  close(): void {
    this.file?.close();
    this.file = undefined;
  }
}
