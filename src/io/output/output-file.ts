/**
 * Output files that appear complete or not at all, and streams that take bytes as they come.
 *
 * A file is written beside its final name as `<name>.<random>.partial`, synced, and renamed. It is compressed if its
 * name or the user requests it.
 */

import { realpathSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { FileError, fileError, systemCode, UsageError } from '../../errors.js';
import { CompressedOutput } from '../compression/compress.js';
import { COMPRESSIONS, type CompressionChoice, compressionOfName } from '../compression/compression.js';
import { creationError, fileMode, removeFile } from '../disk.js';
import { randomBytes } from '../random-bytes.js';
import { nameFile, nameTaken } from './final-name.js';
import type { FilePlace, OutputFile } from './output.js';
import { checkOutput, outputName } from './output-check.js';

/** Makes a name beside `path` that cannot be mistaken for a finished file, and that no other run uses. */
export function partialName(path: string, suffix = ''): string {
  return `${path}.${randomBytes(4).toString('hex')}${suffix}.partial`;
}

/**
 * Opens an output: a file, an existing device or pipe, or standard output if the path is `-`. Compresses it according
 * to `choice` (default: according to the name). Throws FileError if a file exists, unless `force`, or if the system
 * refuses, and UsageError for an unknown choice. The file gets the permissions of the file at `likePath`, if there is
 * one.
 */
export async function openOutput(
  path: string,
  force: boolean,
  choice: CompressionChoice | undefined = compressionOfName(path),
  likePath = path,
): Promise<OutputFile> {
  const kinds = ['none', ...COMPRESSIONS.map(({ id }) => id)];
  if (choice !== undefined && !kinds.includes(choice)) {
    throw new UsageError(`unknown compression '${choice}'; expected one of ${kinds.join(', ')}`);
  }
  const output = await openPlainOutput(path, force, likePath);
  return choice === undefined || choice === 'none' ? output : new CompressedOutput(output, choice);
}

async function openPlainOutput(path: string, force: boolean, likePath: string): Promise<OutputFile> {
  if (outputName(path) === '-') return new StdoutOutput();
  const kind = checkOutput(path, force);
  try {
    if (kind === 'stream') return new StreamOutput(await open(path, 'a'), path);
    // A symbolic link stays one: its target is replaced.
    const target = kind === 'file' ? realpathSync(path) : path;
    const partial = partialName(target);
    // A private file stays private, from the first byte on; a new file follows the umask.
    const mode = fileMode(likePath);
    const handle = await open(partial, 'wx', mode);
    const output = new RenamedOutput(handle, partial, target, force);
    if (mode !== undefined) await output.setMode(mode);
    return output;
  } catch (error) {
    throw creationError(error, 'write', path);
  }
}

/** Writes all of `bytes` at a position, or at the end of a stream if it is null. */
async function writeAll(
  handle: FileHandle,
  bytes: Uint8Array,
  path: string,
  position: number | null = null,
): Promise<void> {
  try {
    for (let done = 0; done < bytes.length; ) {
      const at = position === null ? null : position + done;
      done += (await handle.write(bytes, done, bytes.length - done, at)).bytesWritten;
    }
  } catch (error) {
    throw writeError(error, path);
  }
}

/** Keeps EPIPE as it is: a reader that has enough is no failure, and callers recognize its code. */
function writeError(error: unknown, path: string): unknown {
  return systemCode(error) === 'EPIPE' ? error : fileError(error, 'write', path);
}

/** Closes a file that was written: a network file system may report failed writes only now. Throws FileError. */
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
    /** Whether the file replaces an existing one of its name. */
    private readonly replaces: boolean,
  ) {}

  /** Sets the permissions regardless of the umask; on failure, throws the system's error and leaves nothing. */
  async setMode(mode: number): Promise<void> {
    try {
      await this.handle.chmod(mode);
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    const { position } = this.reserve(bytes.length);
    await writeAll(this.handle, bytes, this.target, position);
  }

  reserve(length: number): FilePlace {
    const position = this.size;
    this.size += length;
    return { path: this.target, descriptor: this.handle.fd, position };
  }

  async commit(): Promise<void> {
    try {
      await this.handle.sync();
      await this.close();
      const isNamed = await nameFile(this.partial, this.target, this.replaces);
      this.state = 'done';
      if (!isNamed) throw nameTaken(this.target, this.partial);
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

/** A device or a pipe; if it takes no more bytes, more disk space does not help. */
class StreamOutput implements OutputFile {
  size = 0;
  private closed = false;

  constructor(
    private readonly handle: FileHandle,
    private readonly path: string,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    try {
      await writeAll(this.handle, bytes, this.path);
    } catch (error) {
      if (error instanceof FileError) error.hint = undefined;
      throw error;
    }
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
    // A failed write also raises 'error' on the stream; the write's own callback reports it.
    process.stdout.off('error', IGNORE);
    process.stdout.on('error', IGNORE);
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      process.stdout.write(bytes, (error) => {
        if (error) return reject(writeError(error, 'standard output'));
        this.size += bytes.length;
        resolve();
      });
    });
  }

  async commit(): Promise<void> {}

  async discard(): Promise<void> {}
}
