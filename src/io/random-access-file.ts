/**
 * Whole reads and writes at positions of one open file, synchronous: database pages and spill files.
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
  // A link in the place of a file that is to go on would lead to somebody else's; Windows has no such flag.
  update: constants.O_RDWR | (constants.O_NOFOLLOW ?? 0),
  create: 'wx+',
  ensure: 'a+',
} as const;

export class RandomAccessFile {
  private constructor(
    readonly path: string,
    /** The system's number for the open file, the same in all threads of the process. */
    readonly descriptor: number,
    private readonly isWritten: boolean,
  ) {}

  /** Opens a file: `read` and `update` need it to exist, `create` needs it not to, `ensure` does not.
   * `update` follows no symbolic link. Throws FileError. */
  static open(path: string, mode: 'read' | 'update' | 'create' | 'ensure'): RandomAccessFile {
    try {
      const descriptor = openSync(path, FLAGS[mode]);
      return new RandomAccessFile(path, descriptor, mode !== 'read');
    } catch (error) {
      const isNew = mode === 'create' || mode === 'ensure';
      throw isNew ? creationError(error, 'create', path) : fileError(error, 'open', path);
    }
  }

  /** The file that another thread has open under `descriptor`, and will close. */
  static attach(path: string, descriptor: number): RandomAccessFile {
    return new RandomAccessFile(path, descriptor, false);
  }

  /** Fills `target` from byte `position` on; returns the bytes read, fewer only at the end of the file. */
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

  /** Size in bytes. */
  size(): number {
    try {
      return fstatSync(this.descriptor).size;
    } catch (error) {
      throw fileError(error, 'read', this.path);
    }
  }

  /** Cuts the file to `size` bytes, or extends it with zeros. */
  truncate(size: number): void {
    try {
      ftruncateSync(this.descriptor, size);
    } catch (error) {
      throw fileError(error, 'write', this.path);
    }
  }

  /** Returns when what was written is on the disk. */
  sync(): void {
    try {
      fsyncSync(this.descriptor);
    } catch (error) {
      throw fileError(error, 'write', this.path);
    }
  }

  /** Lets go of the file. Throws FileError where it was written to: a network may tell only now that it could not. */
  close(): void {
    try {
      closeSync(this.descriptor);
    } catch (error) {
      if (this.isWritten) throw fileError(error, 'close', this.path);
    }
  }
}
