/** Opens a file or a named pipe for reading, in order and, if it is a file, at any place. */
import { constants, fstatSync, openSync, read, readSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { FileError, fileError } from '../../errors.js';
import { countOf, formatCount } from '../../wording.js';
import { closeRead, closeReadSync } from '../disk.js';
import type { Pull } from '../pull.js';
import { readError } from './missing-file.js';
import { waitForPipe } from './pipe-wait.js';

/**
 * The largest read of a file that is synchronous, in bytes. A small read takes less time than handing it to another thread:
 * 10,000 files of 5 kB are imported in 4.2 s of CPU time instead of 10.4.
 */
const SYNC_BYTES_MAX = 65_536;

const readLater = promisify(read);

/** An open file before its content is examined. */
export interface Origin {
  readonly pull: Pull;
  /** Moves to an offset; absent if bytes come only in order. */
  readonly seek?: ((offset: number) => void) | undefined;
  /** Reads at an offset, without moving; absent if bytes come only in order. */
  readonly readAt?: ((target: Uint8Array, offset: number) => Promise<number>) | undefined;
  readonly size?: number | undefined;
  readonly modified?: Date;
  /** Throws FileError if the file has changed. */
  readonly checkUnchanged?: (() => Promise<void>) | undefined;
  readonly release?: () => Promise<void>;
}

/** Opens the file at `path`. Throws FileError. */
export async function openFile(path: string, signal: AbortSignal | undefined): Promise<Origin> {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw new FileError(`${path}: is a directory; expected a mesh file`);
    return stat.isFile() ? openPlain(path, signal) : await openPipe(path, signal);
  } catch (error) {
    throw readError(error, path);
  }
}

function openPlain(path: string, signal: AbortSignal | undefined): Origin {
  // Without blocking, in case that a pipe has taken the place of the file.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const before = statOpen(file);
  let position = 0;
  const readAt = async (target: Uint8Array, offset: number): Promise<number> => {
    try {
      if (target.length <= SYNC_BYTES_MAX) return readSync(file, target, 0, target.length, offset);
      return (await readLater(file, target, 0, target.length, offset)).bytesRead;
    } catch (error) {
      throw fileError(error, 'read', path);
    }
  };
  return {
    pull: async (target) => {
      const count = await readAt(target, position);
      signal?.throwIfAborted();
      position += count;
      return count;
    },
    seek: (offset) => {
      position = offset;
    },
    readAt,
    size: before.size,
    modified: before.mtime,
    checkUnchanged: async () => compare(before, fstatSync(file), path),
    release: async () => closeReadSync(file),
  };
}

/** Returns the facts about an open file; closes it if that fails. */
function statOpen(file: number): Stats {
  try {
    return fstatSync(file);
  } catch (error) {
    closeReadSync(file);
    throw error;
  }
}

async function openPipe(path: string, signal: AbortSignal | undefined): Promise<Origin> {
  let handle: FileHandle | undefined;
  try {
    handle = await waitForPipe(path, signal, () => open(path, 'r'));
    signal?.throwIfAborted();
    const { mtime } = await handle.stat();
    const opened = handle;
    return {
      pull: async (target) => {
        try {
          const { bytesRead } = await waitForPipe(path, signal, () =>
            opened.read(target, 0, target.length, null),
          );
          signal?.throwIfAborted();
          return bytesRead;
        } catch (error) {
          throw fileError(error, 'read', path);
        }
      },
      modified: mtime,
      release: () => closeRead(opened),
    };
  } catch (error) {
    await closeRead(handle);
    throw error;
  }
}

/** Throws FileError if the size or the modification time of a file has changed. */
function compare(before: Stats, { size, mtimeMs }: Stats, path: string): void {
  if (size === before.size && mtimeMs === before.mtimeMs) return;
  const sizes =
    size === before.size
      ? `still ${countOf(size, 'byte')}, but different ones`
      : `from ${countOf(before.size, 'byte')} to ${formatCount(size)}`;
  throw new FileError(`${path}: changed while it was read, ${sizes}; expected a file that stays unchanged`, {
    code: 'SOURCE_CHANGED',
    hint: 'another program is writing to it; run again when it is done',
  });
}
