/**
 * A temporary file for what a reader keeps of a source. The file has no name while it is used, so nothing of it remains if
 * the process is killed.
 */
import { unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomAccessFile } from '../random-access-file.js';
import { randomBytes } from '../random-bytes.js';

/** Creates a file in `folder` that has no name. Throws FileError. */
export function createUnnamed(folder: string): RandomAccessFile {
  const path = join(folder, `offload-${randomBytes(16).toString('hex')}.partial`);
  const file = RandomAccessFile.open(path, 'create');
  unlinkSync(path);
  return file;
}

export class TemporaryFile {
  /** Bytes written so far. */
  length = 0;
  private file: RandomAccessFile | undefined;

  /** The file is created in `folder` when it is written to. `onKeep` may stop a write by throwing. */
  constructor(
    private readonly folder = tmpdir(),
    private readonly onKeep?: () => void,
  ) {}

  /** Appends bytes. Throws FileError. */
  append(bytes: Uint8Array): void {
    this.file ??= createUnnamed(this.folder);
    this.file.write(bytes, this.length);
    this.length += bytes.length;
    this.onKeep?.();
  }

  /** Fills `target` from byte `offset` on; returns how many bytes, fewer only at the end. Throws FileError. */
  read(target: Uint8Array, offset: number): number {
    return this.file?.read(target, offset) ?? 0;
  }

  /** Frees the space of the file; may be called again. Throws FileError. */
  close(): void {
    this.file?.close();
    this.file = undefined;
  }
}
