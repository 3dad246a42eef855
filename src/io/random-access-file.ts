/**
 * Complete reads and writes at positions of one open file, synchronous: database pages and spill files.
 *
 * No buffering and no cursor: callers bring their own buffers, sized within the memory budget.
 */
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { fileError } from '../errors.js';
import { creationError } from './disk.js';

const FLAGS = {
  read: 'r',
  // A link in place of a file to resume would lead to another's file. Windows has no such flag.
  update: constants.O_RDWR | (constants.O_NOFOLLOW ?? 0),
  create: 'wx+',
  ensure: 'a+',
} as const;

export class RandomAccessFile {
  private constructor(
    readonly path: string,
    /** The file descriptor, the same in all threads of the process. */
    readonly descriptor: number,
    private readonly isWritten: boolean,
  ) {}

  /**
   * Opens a file: `read` and `update` require it to exist, `create` requires it not to, `ensure` neither. `update`
   * follows no symbolic link. Throws FileError.
   */
  static open(path: string, mode: 'read' | 'update' | 'create' | 'ensure'): RandomAccessFile {
    try {
      const descriptor = openSync(path, FLAGS[mode]);
      return new RandomAccessFile(path, descriptor, mode !== 'read');
    } catch (error) {
      const isNew = mode === 'create' || mode === 'ensure';
      throw isNew ? creationError(error, 'create', path) : fileError(error, 'open', path);
    }
  }

  /** Wraps a descriptor that another thread has opened and will close. */
  static attach(path: string, descriptor: number): RandomAccessFile {
    return new RandomAccessFile(path, descriptor, false);
  }

  /** Fills `target` from byte `position` on; returns the number of bytes read, fewer only at the end of the file. */
  read(target: Uint8Array, position: number): number {
    try {
      let done = 0;
      while (done < target.length) {
        const count = readSync(this.descriptor, target, done, target.length - done, position + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    } catch (error) {
      throw fileError(error, 'read', this.path);
    }
  }

  /** Writes all of `source` at byte `position`. */
  write(source: Uint8Array, position: number): void {
    try {
      for (let done = 0; done < source.length; ) {
        done += writeSync(this.descriptor, source, done, source.length - done, position + done);
      }
    } catch (error) {
      throw fileError(error, 'write', this.path);
    }
  }

  /** Returns the size in bytes. */
  size(): number {
    try {
      return fstatSync(this.descriptor).size;
    } catch (error) {
      throw fileError(error, 'read', this.path);
    }
  }

  /** Truncates the file to `size` bytes, or extends it with zeros. */
  truncate(size: number): void {
    try {
      ftruncateSync(this.descriptor, size);
    } catch (error) {
      throw fileError(error, 'write', this.path);
    }
  }

  /** Brings what was written to the disk. */
  sync(): void {
    try {
      fsyncSync(this.descriptor);
    } catch (error) {
      throw fileError(error, 'write', this.path);
    }
  }

  /** Closes the file. Throws FileError if it was written to: a network may report a failed write only now. */
  close(): void {
    try {
      closeSync(this.descriptor);
    } catch (error) {
      if (this.isWritten) throw fileError(error, 'close', this.path);
    }
  }
}
