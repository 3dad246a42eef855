/** The stored bytes of a file, compressed or not. */
import { createHash, type Hash } from 'node:crypto';
import type { Pull } from '../pull.js';
import type { Origin } from './open-file.js';

/** The stored bytes of a file, counted and digested as they are read. */
export class FileBytes {
  bytesRead = 0;
  bytesReadAt = 0;
  size: number | undefined;
  readonly hash: Hash | undefined;

  constructor(
    readonly origin: Origin,
    digest: boolean,
  ) {
    this.size = origin.size;
    this.hash = digest ? createHash('sha256') : undefined;
  }

  readonly pull: Pull = async (target) => {
    const count = await this.origin.pull(target);
    this.hash?.update(target.subarray(0, count));
    this.bytesRead += count;
    return count;
  };

  async release(): Promise<void> {
    await this.origin.release?.();
  }
}
