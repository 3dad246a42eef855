/**
 * Keeps a source of unknown size from filling the disk: compressed data may unpack to a thousand times its size, and
 * standard input to anything. Nothing is forecast of these, so free space is looked at while they are read.
 */

import { FileError } from '../../errors.js';
import { type DiskSpace, diskSpace } from '../../io/disk.js';
import { formatBytes } from '../../wording.js';

/** What is left free of a disk, in bytes and as a share of a smaller one. */
const RESERVE_BYTES = 1e9;
const RESERVE_SHARE = 0.05;

/** Content between two looks, in bytes: a small part of what is left free. */
const LOOK_BYTES = 2 * 2 ** 20;

export class DiskWatch {
  private readonly folders: readonly string[];
  private due = 0;

  /** `folders` are those that are written to; `spaceOf` says how much room there is in one. */
  constructor(
    folders: readonly string[],
    private readonly spaceOf: (folder: string) => DiskSpace = diskSpace,
  ) {
    this.folders = [...new Set(folders)];
  }

  /**
   * Throws FileError where too little is free; `contentBytes` of the source have been read. To be called often: it looks
   * only now and then.
   */
  check(contentBytes: number): void {
    if (contentBytes < this.due) return;
    this.due = contentBytes + LOOK_BYTES;
    this.look(contentBytes);
  }

  /** The same at once. */
  look(contentBytes: number): void {
    for (const folder of this.folders) {
      const { freeBytes, totalBytes } = this.spaceOf(folder);
      const least = Math.min(RESERVE_BYTES, RESERVE_SHARE * totalBytes);
      if (freeBytes >= least) continue;
      const found = `${formatBytes(freeBytes)} are free after ${formatBytes(contentBytes)} of content`;
      throw new FileError(
        `${folder}: disk space is running out, ${found}; expected ${formatBytes(least)} to stay free`,
        {
          code: 'DISK_FULL',
          hint: 'make space, or choose another disk with `tempFolder`; `maxBytes` limits what is unpacked',
        },
      );
    }
  }
}
