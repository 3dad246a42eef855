/**
 * The source of input: a file or standard input, read once from start to end, and decompressed if needed.
 *
 * A source knows nothing of formats. It holds only its head and a decoder's state; readers bring the buffers.
 */

import { createHash, type Hash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { FileError, FormatError, fileError } from '../../errors.js';
import { CHUNK_BYTES } from '../../memory.js';
import { countOf, formatCount } from '../../wording.js';
import { type CompressionId, detectCompression } from '../compression/compression.js';
import { decompress } from '../compression/decompress.js';
import { readZstdWindow } from '../compression/zstd-frame.js';
import { closeRead } from '../disk.js';
import { type Pull, prepend, pullFrom, pullUpTo, readAhead } from '../pull.js';
import { lengthenHead } from './long-head.js';
import { readError } from './missing-file.js';
import { waitForPipe } from './pipe-wait.js';
import { openStandardInput } from './standard-input.js';

/** Bytes at the beginning of a source that format detection sees. */
export const HEAD_BYTES = 65_536;

export interface ByteSourceOptions {
  /** Computes the SHA-256 of the file (1.7 GB/s with hardware support; default: false). */
  readonly digest?: boolean;
  /** Recovers the content of truncated compressed data; {@link ByteSource.cut} reports it (default: false). */
  readonly salvage?: boolean;
  /** The largest content accepted, in bytes; a larger source is refused (default: no limit). */
  readonly maxBytes?: number | undefined;
  /** Aborts a read that waits for standard input. */
  readonly signal?: AbortSignal | undefined;
  /** The most bytes of content that {@link ByteSource.read} returns at a time (default: as many as requested). */
  readonly stepBytes?: number;
  /** Called occasionally while {@link ByteSource.seek} reads skipped content; may stop it by throwing. */
  readonly onPass?: () => void;
}

/** The bytes of a mesh after decompression, and the known facts about their file. */
export class ByteSource {
  /** Size of the content in bytes, if known in advance; for compressed data only if it fits the head. */
  readonly size: number | undefined;
  /**
   * The first {@link HEAD_BYTES} bytes, or the complete source, or a longer header. {@link read} returns them again.
   */
  readonly head: Uint8Array;
  /** Bytes of content returned so far; the head counts only when it is read. */
  bytesRead = 0;
  /** Receives all content on its way to the reader, piece by piece; a piece is valid during the call. */
  onRead: ((content: Uint8Array) => void) | undefined;
  private pull: Pull;
  /** The offset in the content of the next read. */
  private position = 0;

  private constructor(
    /** The path as the user gave it, or `-`. */
    readonly name: string,
    /** The compression of the file, or undefined. */
    readonly compression: CompressionId | undefined,
    private readonly file: FileBytes,
    private readonly content: Content,
    private readonly options: ByteSourceOptions,
  ) {
    this.size = content.size;
    this.head = content.head;
    this.pull = prepend(content.head, content.pull);
  }

  /** Creates a source of bytes that a program already has, in pieces. */
  static of(
    name: string,
    pieces: readonly Uint8Array[],
    size?: number,
    options: ByteSourceOptions = {},
  ): Promise<ByteSource> {
    const queue = pieces[Symbol.iterator]();
    const pull = pullFrom(async () => queue.next());
    return ByteSource.from(name, { pull, size }, options);
  }

  /**
   * Opens a file, or standard input if the path is `-`, and reads its head. Throws FileError, and FormatError if the
   * head holds damaged compressed data.
   */
  static async open(path: string, options: ByteSourceOptions = {}): Promise<ByteSource> {
    if (path === '-') {
      return ByteSource.from(path, openStandardInput(options.signal), options);
    }
    let handle: FileHandle | undefined;
    try {
      handle = await waitForPipe(path, options.signal, () => open(path, 'r'));
      options.signal?.throwIfAborted();
      const stat = await handle.stat();
      if (stat.isDirectory()) throw new FileError(`${path}: is a directory; expected a mesh file`);
      const opened = handle;
      const origin = {
        ...openBytes(opened, path, stat.isFile(), options.signal),
        size: stat.isFile() ? stat.size : undefined,
        modified: stat.mtime,
        checkUnchanged: stat.isFile() ? () => compareWith(stat, opened, path) : undefined,
        release: () => closeRead(opened),
      };
      // From here on, closing the source closes it.
      handle = undefined;
      return await ByteSource.from(path, origin, options);
    } catch (error) {
      await closeRead(handle);
      throw readError(error, path);
    }
  }

  private static async from(name: string, origin: Origin, options: ByteSourceOptions): Promise<ByteSource> {
    const file = new FileBytes(origin, options.digest ?? false);
    try {
      const head = await pullUpTo(HEAD_BYTES, file.pull);
      // A head that is not full contains the complete source.
      if (head.length < HEAD_BYTES) file.size = head.length;
      const compression = detectCompression(head);
      const content: Content =
        compression === undefined
          ? { head: await lengthenHead(head, file.pull), size: file.size, pull: file.pull }
          : await unpack(compression, head, file.pull, options.salvage ?? false);
      const source = new ByteSource(name, compression, file, content, options);
      source.checkSize(content.size ?? 0);
      return source;
    } catch (error) {
      await file.release();
      throw error;
    }
  }

  /** The modification time of a file. */
  get modified(): Date | undefined {
    return this.file.origin.modified;
  }

  /** Size of the file as stored, compressed or not, in bytes; undefined if not known in advance. */
  get fileSize(): number | undefined {
    return this.file.size;
  }

  /** Bytes of the stored file read so far; equals {@link fileSize} at the end. */
  get fileBytesRead(): number {
    return this.file.bytesRead;
  }

  /** The decoder's window, in bytes; 0 if it is no more than a buffer. */
  get windowBytes(): number {
    return this.content.windowBytes ?? 0;
  }

  /** The truncation error of compressed data, set at its end if `salvage` is on. */
  get cut(): FormatError | undefined {
    return this.content.cut;
  }

  /**
   * Reads up to `target.length` bytes of content into `target`; returns how many, 0 only at the end. Throws FormatError
   * if the content exceeds `maxBytes`.
   */
  async read(target: Uint8Array): Promise<number> {
    this.options.signal?.throwIfAborted();
    const count = await this.pull(target.subarray(0, this.options.stepBytes));
    this.bytesRead += count;
    this.checkSize(this.bytesRead);
    this.position += count;
    if (count > 0) this.onRead?.(target.subarray(0, count));
    return count;
  }

  /**
   * Moves the next read to byte `offset` of the content: at once in an uncompressed file, else by reading up to it.
   * Then the offset must not precede what has been read.
   */
  async seek(offset: number): Promise<void> {
    const { file, compression, position } = this;
    // A digest needs all bytes.
    if (compression === undefined && file.origin.seek !== undefined && file.hash === undefined) {
      file.origin.seek(offset);
      this.pull = file.pull;
      this.position = offset;
      return;
    }
    if (offset < position) throw new RangeError(`byte ${offset} of a stream that is at byte ${position}`);
    const scratch = new Uint8Array(Math.min(CHUNK_BYTES, offset - position));
    while (this.position < offset) {
      const count = await this.pull(scratch.subarray(0, offset - this.position));
      if (count === 0) return;
      this.bytesRead += count;
      this.position += count;
      this.options.onPass?.();
    }
  }

  /**
   * Reads the rest, so that sizes and digest cover the complete source. Uses `scratch` as its buffer. Throws FileError
   * if the file has changed in the meantime.
   */
  async drain(scratch: Uint8Array): Promise<void> {
    while ((await this.read(scratch)) > 0);
    await this.checkUnchanged();
  }

  /**
   * Throws FileError if the file has changed since it was opened: what was read may be neither the old nor the new
   * content.
   */
  async checkUnchanged(): Promise<void> {
    await this.file.origin.checkUnchanged?.();
  }

  /** Returns the SHA-256 of the file in hexadecimal; undefined unless `digest` was set. Ends the hash. */
  digest(): string | undefined {
    return this.file.hash?.digest('hex');
  }

  private checkSize(bytes: number): void {
    const { maxBytes } = this.options;
    if (maxBytes === undefined || bytes <= maxBytes) return;
    const what = this.compression === undefined ? 'the source' : `the unpacked ${this.compression} data`;
    throw new FormatError(`${what} is larger than ${countOf(maxBytes, 'byte')}; expected at most that`, {
      place: { offset: maxBytes },
      code: 'INPUT_TOO_LARGE',
      hint: 'raise `maxBytes`',
    });
  }

  async close(): Promise<void> {
    // In this order, because a decoder may wait for standard input.
    await this.file.release();
    await this.content.close?.();
  }
}

/** An open file before its content is examined. */
interface Origin {
  readonly pull: Pull;
  /** Moves to an offset; absent if bytes come only in order. */
  readonly seek?: ((offset: number) => void) | undefined;
  readonly size?: number | undefined;
  readonly modified?: Date;
  /** Throws FileError if the file has changed. */
  readonly checkUnchanged?: (() => Promise<void>) | undefined;
  readonly release?: () => Promise<void>;
}

/** The stored bytes of a file, counted and digested as they are read. */
class FileBytes {
  bytesRead = 0;
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

/** The content of a file: `pull` continues after the head. */
interface Content {
  readonly head: Uint8Array;
  readonly size: number | undefined;
  readonly pull: Pull;
  readonly windowBytes?: number;
  readonly cut?: FormatError | undefined;
  readonly close?: () => Promise<void>;
}

/** Decompresses data whose first bytes are `packedHead` and whose rest comes from `pull`. */
async function unpack(
  compression: CompressionId,
  packedHead: Uint8Array,
  pull: Pull,
  salvage: boolean,
): Promise<Content> {
  const windowBytes = compression === 'zstd' ? readZstdWindow(packedHead) : 0;
  let cut: FormatError | undefined;
  const pieces = decompress(compression, prepend(packedHead, pull), (error) => {
    if (!salvage) throw error;
    cut = error;
  });
  const pullContent = pullFrom(readAhead(pieces));
  const head = await pullUpTo(HEAD_BYTES, pullContent);
  return {
    head: await lengthenHead(head, pullContent),
    size: head.length < HEAD_BYTES ? head.length : undefined,
    pull: pullContent,
    windowBytes,
    get cut() {
      return cut;
    },
    close: async () => {
      await pieces.return(undefined);
    },
  };
}

/** Reads a file from its beginning; `isSeekable` is false for a pipe. */
function openBytes(
  handle: FileHandle,
  path: string,
  isSeekable: boolean,
  signal: AbortSignal | undefined,
): Pick<Origin, 'pull' | 'seek'> {
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
