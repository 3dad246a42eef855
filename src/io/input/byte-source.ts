/**
 * Where input comes from: a file or standard input, read once, front to back, and unpacked on the way where it is
 * compressed.
 *
 * A source knows nothing of formats. It never holds more than its head and what a decoder needs: readers bring the
 * buffers.
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
import { waitForPipe } from './pipe-wait.js';
import { openStandardInput } from './standard-input.js';

/** Bytes of a source's beginning that are looked at to tell its format. */
export const HEAD_BYTES = 65_536;

export interface ByteSourceOptions {
  /** Compute the SHA-256 of the file (1.7 GB/s where the processor helps). Default false. */
  readonly digest?: boolean;
  /** Take what there is of compressed data that is cut short; {@link ByteSource.cut} tells. Default false. */
  readonly salvage?: boolean;
  /** The most bytes of content: a source that has more is refused. No limit unless given. */
  readonly maxBytes?: number | undefined;
  /** Ends a read that waits for standard input. */
  readonly signal?: AbortSignal | undefined;
  /** The most bytes of content that {@link ByteSource.read} gives at a time; as many as are asked for unless given. */
  readonly stepBytes?: number;
  /** Called now and then while {@link ByteSource.seek} reads what it passes over; ends it by throwing. */
  readonly onPass?: () => void;
}

/** Bytes of a mesh, whatever they were packed in, and what is known of the file that they stand in. */
export class ByteSource {
  /** Size of the content in bytes, where it is known beforehand; of compressed data only when it fits the head. */
  readonly size: number | undefined;
  /**
   * The first {@link HEAD_BYTES} bytes, or all there are, or a longer header; they will be read again by {@link read}.
   */
  readonly head: Uint8Array;
  /** Bytes of content handed out so far, the head included only when it was read. */
  bytesRead = 0;
  /** Told of all content on its way to the reader, piece by piece; a piece is valid during the call. */
  onRead: ((content: Uint8Array) => void) | undefined;
  private pull: Pull;
  /** Where in the content the next read begins. */
  private position = 0;

  private constructor(
    /** The path as the user gave it, or `-`. */
    readonly name: string,
    /** What the file is compressed with, or undefined. */
    readonly compression: CompressionId | undefined,
    private readonly file: FileBytes,
    private readonly content: Content,
    private readonly options: ByteSourceOptions,
  ) {
    this.size = content.size;
    this.head = content.head;
    this.pull = prepend(content.head, content.pull);
  }

  /** A source of bytes that a program has already, handed out piece by piece. */
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
   * Opens a file, or standard input where the path is `-`, and looks at its head. Throws FileError, and FormatError
   * where compressed data is damaged in its head already.
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
      // From here on it is closed with the source.
      handle = undefined;
      return await ByteSource.from(path, origin, options);
    } catch (error) {
      await closeRead(handle);
      throw fileError(error, 'read', path);
    }
  }

  private static async from(name: string, origin: Origin, options: ByteSourceOptions): Promise<ByteSource> {
    const file = new FileBytes(origin, options.digest ?? false);
    try {
      const head = await pullUpTo(HEAD_BYTES, file.pull);
      // A head that is not full has come to the end.
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

  /** Time of last change, of a file. */
  get modified(): Date | undefined {
    return this.file.origin.modified;
  }

  /** Size of the file as it stands, compressed or not, in bytes; undefined where it is not known beforehand. */
  get fileSize(): number | undefined {
    return this.file.size;
  }

  /** Bytes of the file read so far, as they stand in it: {@link fileSize} in the end. */
  get fileBytesRead(): number {
    return this.file.bytesRead;
  }

  /** What a decoder holds of the content, in bytes; 0 where that is no more than a buffer. */
  get windowBytes(): number {
    return this.content.windowBytes ?? 0;
  }

  /** Why the content ends before its time: set at the end of compressed data cut short, where salvage is asked for. */
  get cut(): FormatError | undefined {
    return this.content.cut;
  }

  /**
   * Reads up to `target.length` bytes of content into `target`; returns how many, 0 only at the end. Throws FormatError
   * where there is more than there may be.
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
   * Goes to byte `offset` of the content, where the next read begins: at once in a file that is not compressed, else by
   * reading what comes before it. Then it must not lie before what has been read.
   */
  async seek(offset: number): Promise<void> {
    const { file, compression, position } = this;
    // A digest is of all bytes.
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
   * Reads what is left, so that sizes and digest speak of the whole source. Uses `scratch` as its buffer. Throws FileError
   * where the file has changed meanwhile.
   */
  async drain(scratch: Uint8Array): Promise<void> {
    while ((await this.read(scratch)) > 0);
    await this.checkUnchanged();
  }

  /**
   * Throws FileError where the file is no longer as it was when it was opened: what has been read of it may be neither
   * what it was nor what it is.
   */
  async checkUnchanged(): Promise<void> {
    await this.file.origin.checkUnchanged?.();
  }

  /** SHA-256 of the bytes of the file, hexadecimal; undefined unless asked for at first. Ends the hash. */
  digest(): string | undefined {
    return this.file.hash?.digest('hex');
  }

  private checkSize(bytes: number): void {
    const { maxBytes } = this.options;
    if (maxBytes === undefined || bytes <= maxBytes) return;
    const what =
      this.compression === undefined ? 'the source' : `what the ${this.compression} data unpacks to`;
    throw new FormatError(`${what} has more than ${countOf(maxBytes, 'byte')}; expected no more`, {
      place: { offset: maxBytes },
      code: 'INPUT_TOO_LARGE',
      hint: 'a larger `maxBytes` allows more',
    });
  }

  async close(): Promise<void> {
    // In this order: a decoder may wait for standard input.
    await this.file.release();
    await this.content.close?.();
  }
}

/** A file that is open, before anything is known of what it holds. */
interface Origin {
  readonly pull: Pull;
  /** Has the next bytes come from there on; absent where bytes come in their order alone. */
  readonly seek?: ((offset: number) => void) | undefined;
  readonly size?: number | undefined;
  readonly modified?: Date;
  /** Throws FileError where a file is no longer as it was. */
  readonly checkUnchanged?: (() => Promise<void>) | undefined;
  readonly release?: () => Promise<void>;
}

/** The bytes as they stand in a file, counted and digested on their way. */
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

/** What a file holds: `pull` gives what comes after the head. */
interface Content {
  readonly head: Uint8Array;
  readonly size: number | undefined;
  readonly pull: Pull;
  readonly windowBytes?: number;
  readonly cut?: FormatError | undefined;
  readonly close?: () => Promise<void>;
}

/** The content of compressed data whose first bytes are `packedHead` and whose others come from `pull`. */
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

/** The bytes of a file from its beginning on; `isSeekable`: it is no pipe. */
function openBytes(
  handle: FileHandle,
  path: string,
  isSeekable: boolean,
  signal: AbortSignal | undefined,
): Pick<Origin, 'pull' | 'seek'> {
  // Without a position the system goes on from where it is.
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

/** Throws FileError where a file does not have the size and the time of change that it had. */
async function compareWith(before: Stats, handle: FileHandle, path: string): Promise<void> {
  const { size, mtimeMs } = await handle.stat();
  if (size === before.size && mtimeMs === before.mtimeMs) return;
  const sizes =
    size === before.size
      ? `still ${countOf(size, 'byte')}, but others`
      : `from ${countOf(before.size, 'byte')} to ${formatCount(size)}`;
  throw new FileError(
    `${path}: was changed while it was read, ${sizes}; expected a file that stays as it is`,
    {
      code: 'SOURCE_CHANGED',
      hint: 'something else is writing to it; run it again when that is done',
    },
  );
}
