/** Opens a file or a named pipe for reading, in order and, if it is a file, at any place. */
import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { FileError, fileError } from '../../errors.js';
import { countOf, formatCount } from '../../wording.js';
import { closeRead } from '../disk.js';
import type { Pull } from '../pull.js';
import { readError } from './missing-file.js';
import { waitForPipe } from './pipe-wait.js';

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
  let handle: FileHandle | undefined;
  try {
    handle = await waitForPipe(path, signal, () => open(path, 'r'));
    signal?.throwIfAborted();
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new FileError(`${path}: is a directory; expected a mesh file`);
    const opened = handle;
    return {
      ...readsOf(opened, path, stat.isFile(), signal),
      size: stat.isFile() ? stat.size : undefined,
      modified: stat.mtime,
      checkUnchanged: stat.isFile() ? () => compareWith(stat, opened, path) : undefined,
      release: () => closeRead(opened),
    };
  } catch (error) {
    await closeRead(handle);
    throw readError(error, path);
  }
}

/** Reads a file from its beginning; `isSeekable` is false for a pipe. */
function readsOf(
  handle: FileHandle,
  path: string,
  isSeekable: boolean,
  signal: AbortSignal | undefined,
): Pick<Origin, 'pull' | 'seek' | 'readAt'> {
  // Without a position, the system continues at the current one.
  let position: number | null = isSeekable ? 0 : null;
  return {
    pull: async (target) => {
      try {
        const read = () => handle.read(target, 0, target.length, position);
        const { bytesRead } = await (isSeekable ? read() : waitForPipe(path, signal, read));
        signal?.throwIfAborted();
        if (position !== null) position += bytesRead;
        return bytesRead;
      } catch (error) {
        throw fileError(error, 'read', path);
      }
    },
    seek: isSeekable
      ? (offset) => {
          position = offset;
        }
      : undefined,
    readAt: isSeekable
      ? async (target, offset) => {
          try {
            return (await handle.read(target, 0, target.length, offset)).bytesRead;
          } catch (error) {
            throw fileError(error, 'read', path);
          }
        }
      : undefined,
  };
}

/** Throws FileError if the size or the modification time of a file has changed. */
async function compareWith(before: Stats, handle: FileHandle, path: string): Promise<void> {
  const { size, mtimeMs } = await handle.stat();
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
