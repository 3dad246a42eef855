/**
 * Keeps a source of unknown size from filling the disk: compressed data may expand a thousandfold, and standard input has
 * no limit. Without a forecast, free space is checked while the source is read.
 */

import { FileError } from '../../errors.js';
import { type DiskSpace, diskSpace } from '../../io/disk.js';
import { formatBytes } from '../../wording.js';

/** The space to keep free on a disk, in bytes, or as a share of a small disk. */
const RESERVE_BYTES = 1e9;
const RESERVE_SHARE = 0.05;

/** Content between two checks, in bytes: small compared to the space kept free. */
const LOOK_BYTES = 2 * 2 ** 20;

export class DiskWatch {
  private readonly folders: readonly string[];
  private due = 0;

  /** Watches the `folders` that are written to; `spaceOf` returns the space in one. */
  constructor(
    folders: readonly string[],
    private readonly spaceOf: (folder: string) => DiskSpace = diskSpace,
  ) {
    this.folders = [...new Set(folders)];
  }

  /**
   * Throws FileError if too little space is free; `contentBytes` of the source have been read. Call it often: it checks
   * only once in a while.
   */
  check(contentBytes: number): void {
    if (contentBytes < this.due) return;
    this.due = contentBytes + LOOK_BYTES;
    this.look(contentBytes);
  }

  /** Checks the free space immediately. */
  look(contentBytes: number): void {
    for (const folder of this.folders) {
      const { freeBytes, totalBytes } = this.spaceOf(folder);
      const least = Math.min(RESERVE_BYTES, RESERVE_SHARE * totalBytes);
      if (freeBytes >= least) continue;
      const found = `${formatBytes(freeBytes)} free after ${formatBytes(contentBytes)} of content`;
      throw new FileError(
        `${folder}: disk space is running out, ${found}; expected ${formatBytes(least)} to stay free`,
        {
          code: 'DISK_FULL',
          hint: 'make space, or choose another disk with `tempFolder`; `maxBytes` limits the decompressed size',
        },
      );
    }
  }
}
