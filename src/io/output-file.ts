/**
 * Where output goes: a file that appears whole or not at all, or a stream that takes bytes as they come.
 *
 * A file is written beside its final name as `<name>.<random>.partial`, brought to the disk, and renamed; compressed,
 * where its name ends so or the user says so.
 */
import { randomBytes } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileError, fileError, systemCode, UsageError } from '../errors.js';
import { CompressedOutput } from './compress.js';
import { COMPRESSIONS, type CompressionChoice, compressionOfName } from './compression.js';
import { hasJournals, removeFile, removeJournals } from './disk.js';

/** A name beside `path` that cannot be mistaken for a finished file, and that no other run uses. */
export function partialName(path: string, suffix = ''): string {
  return `${path}.${randomBytes(4).toString('hex')}${suffix}.partial`;
}

export interface OutputFile {
  /** Bytes written so far: of a compressed output, those that come out. */
  readonly size: number;
  /** Takes all of `bytes`; the buffer may be used again when the promise is kept. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the output final. */
  commit(): Promise<void>;
  /** Leaves no trace of a file that was not committed. Harmless after commit. */
  discard(): Promise<void>;
}

/**
 * Opens an output: a file, a device or pipe that exists under the path, or standard output where it is `-`.
 * Compresses it as `choice` says or, where that says nothing, as the name does. Throws FileError where a file exists,
 * unless `force`, and where the system refuses, and UsageError for a choice that there is not.
 */
export async function openOutput(
  path: string,
  force: boolean,
  choice: CompressionChoice | undefined = compressionOfName(path),
): Promise<OutputFile> {
  const kinds = ['none', ...COMPRESSIONS.map(({ id }) => id)];
  if (choice !== undefined && !kinds.includes(choice)) {
    throw new UsageError(`unknown compression '${choice}'; expected one of ${kinds.join(', ')}`);
  }
  const output = await openPlainOutput(path, force);
  return choice === undefined || choice === 'none' ? output : new CompressedOutput(output, choice);
}

async function openPlainOutput(path: string, force: boolean): Promise<OutputFile> {
  if (path === '-') return new StdoutOutput();
  const kind = checkOutput(path, force);
  try {
    if (kind === 'stream') return new StreamOutput(await open(path, 'a'), path);
    // A symbolic link stays one: what it points to is replaced.
    const target = kind === 'file' ? realpathSync(path) : path;
    const partial = partialName(target);
    return new RenamedOutput(await open(partial, 'wx'), partial, target);
  } catch (error) {
    throw fileError(error, 'write', path);
  }
}

/** Says what stands under an output path, and throws FileError if it must not be written over. */
export function checkOutput(path: string, force: boolean): 'absent' | 'file' | 'stream' {
  let stat: ReturnType<typeof statSync>;
  try {
    stat = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw fileError(error, 'write', path);
  }
  if (stat === undefined) return 'absent';
  if (stat.isDirectory()) throw new FileError(`${path}: is a directory; expected a file name for the output`);
  if (!stat.isFile()) return 'stream';
  if (!force) throw new FileError(`${path}: exists already`, { hint: '--force replaces it' });
  return 'file';
}

/**
 * Gives a whole file or folder, which is on the disk, its final name, and brings that to the disk: a power cut leaves
 * what stood there before, or what is there now.
 */
export async function renameWhole(partial: string, path: string): Promise<void> {
  try {
    await rename(partial, path);
  } catch (error) {
    throw fileError(error, 'write', path);
  }
  await syncNames(dirname(path), path);
}

/**
 * Gives a database that is whole the name of another one, or a new name. Of a former one what SQLite has not finished
 * with goes with it: the new one must not be given that.
 */
export async function renameDatabase(partial: string, path: string): Promise<void> {
  if (hasJournals(path)) {
    // In this order: without its journal the old database would only look whole.
    removeFile(path);
    await syncNames(dirname(path), path);
    removeJournals(path);
  }
  await renameWhole(partial, path);
}

/** Codes of systems that bring no folder to the disk, or not this one, which may be written to but not be read. */
const UNSYNCED: readonly (string | undefined)[] = ['EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM'];

/** Brings the names in a folder to the disk, that of `path` among them. Throws FileError. */
export async function syncNames(folder: string, path: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (UNSYNCED.includes(systemCode(error))) return;
    const hint = 'what has its name is whole, but a power cut may still take the name away';
    const { message } = fileError(error, 'bring its name to the disk', path) as Error;
    throw new FileError(message, { hint, cause: error });
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, path: string): Promise<void> {
  try {
    for (let done = 0; done < bytes.length; ) {
      done += (await handle.write(bytes, done, bytes.length - done)).bytesWritten;
    }
  } catch (error) {
    throw fileError(error, 'write', path);
  }
}

/** Closes a file that has been written: a network may tell only now of what it could not write. Throws FileError. */
async function closeWritten(handle: FileHandle, path: string): Promise<void> {
  try {
    await handle.close();
  } catch (error) {
    throw fileError(error, 'close', path);
  }
}

class RenamedOutput implements OutputFile {
  size = 0;
  private state: 'open' | 'closed' | 'done' = 'open';

  constructor(
    private readonly handle: FileHandle,
    private readonly partial: string,
    private readonly target: string,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    await writeAll(this.handle, bytes, this.target);
    this.size += bytes.length;
  }

  async commit(): Promise<void> {
    try {
      await this.handle.sync();
      await this.close();
      await renameWhole(this.partial, this.target);
      this.state = 'done';
    } catch (error) {
      throw fileError(error, 'write', this.target);
    }
  }

  async discard(): Promise<void> {
    if (this.state === 'done') return;
    try {
      await this.close();
    } finally {
      removeFile(this.partial);
    }
  }

  private async close(): Promise<void> {
    if (this.state !== 'open') return;
    this.state = 'closed';
    await closeWritten(this.handle, this.target);
  }
}

class StreamOutput implements OutputFile {
  size = 0;
  private closed = false;

  constructor(
    private readonly handle: FileHandle,
    private readonly path: string,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    await writeAll(this.handle, bytes, this.path);
    this.size += bytes.length;
  }

  async commit(): Promise<void> {
    await this.discard();
  }

  async discard(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await closeWritten(this.handle, this.path);
  }
}

const IGNORE = () => undefined;

class StdoutOutput implements OutputFile {
  size = 0;

  constructor() {
    // A failed write also raises 'error' on the stream; the write's own callback is what reports it.
    process.stdout.off('error', IGNORE);
    process.stdout.on('error', IGNORE);
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      process.stdout.write(bytes, (error) => {
        // A reader that has enough is no failure: who runs the program knows EPIPE by its code.
        if (error)
          return reject(systemCode(error) === 'EPIPE' ? error : fileError(error, 'write', 'standard output'));
        this.size += bytes.length;
        resolve();
      });
    });
  }

  async commit(): Promise<void> {}

  async discard(): Promise<void> {}
}
