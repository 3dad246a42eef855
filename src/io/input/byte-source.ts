/**
 * The source of input: a file or standard input, read once from start to end, and decompressed if needed.
 *
 * A source knows nothing of formats. It holds only its head and a decoder's state; readers bring the buffers.
 */

import { FormatError } from '../../errors.js';
import { CHUNK_BYTES } from '../../memory.js';
import { countOf } from '../../wording.js';
import { type CompressionId, detectCompression } from '../compression/compression.js';
import { type Pull, prepend, pullFrom, pullUpTo } from '../pull.js';
import { type Content, openContent } from './content.js';
import { FileBytes } from './file-bytes.js';
import { HEAD_BYTES } from './long-head.js';
import { NeighborFiles } from './neighbor-files.js';
import { type Origin, openFile } from './open-file.js';
import { Spool } from './spool.js';
import { openStandardInput } from './standard-input.js';
import { TemporaryFile } from './temporary-file.js';

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
  /** The folder for content that must be kept on disk, see {@link ByteSource.readAt} (default: that of the system). */
  readonly tempFolder?: string | undefined;
  /**
   * Called occasionally while content is skipped by {@link ByteSource.seek} or kept on disk; may stop it by throwing.
   * `keptBytes` are on disk so far.
   */
  readonly onPass?: ((keptBytes: number) => void) | undefined;
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
  private spool: Spool | undefined;
  private spoolBytes = 0;
  private readonly temporaries: TemporaryFile[] = [];
  private neighborFiles: NeighborFiles | undefined;

  private constructor(
    /** The path as the user gave it, or `-`. */
    readonly name: string,
    /** The compression of the file, or undefined. */
    readonly compression: CompressionId | undefined,
    private readonly file: FileBytes,
    private readonly content: Content,
    private readonly options: ByteSourceOptions,
    /** The path of the file, if it is one. */
    private readonly path?: string,
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
    return ByteSource.from(path, await openFile(path, options.signal), options, path);
  }

  private static async from(
    name: string,
    origin: Origin,
    options: ByteSourceOptions,
    path?: string,
  ): Promise<ByteSource> {
    const file = new FileBytes(origin, options.digest ?? false);
    try {
      const room = headRoom(file.size);
      const head = await pullUpTo(room, file.pull);
      // A head that is not full contains the complete source.
      if (head.length < room) file.size = head.length;
      const compression = detectCompression(head);
      const { salvage = false } = options;
      const content = await openContent(head, file.pull, compression, salvage, file.size);
      const source = new ByteSource(name, compression, file, content, options, path);
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

  /** Bytes of the stored file that {@link readAt} read there, repeated reads included. */
  get fileBytesReadAt(): number {
    return this.file.bytesReadAt;
  }

  /** Bytes of the stored file that are done, for progress: read in order or at any place, up to its size. */
  get fileBytesDone(): number {
    const { bytesRead, bytesReadAt, size = bytesReadAt } = this.file;
    return Math.max(bytesRead, Math.min(bytesReadAt, size));
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
      this.options.onPass?.(0);
    }
  }

  /**
   * Whether {@link readAt} reads the file itself. Otherwise it keeps the content in a temporary file without a name.
   */
  get isRandomAccess(): boolean {
    return this.compression === undefined && this.file.origin.readAt !== undefined;
  }

  /**
   * Fills `target` from byte `offset` of the content on; returns how many bytes, fewer only at the end. An uncompressed
   * file is read there, without moving {@link read}. Other content is read up to there into a temporary file, so nothing
   * must have been read or skipped before the first call, and {@link drain} ends such reads. Throws FileError.
   */
  async readAt(target: Uint8Array, offset: number): Promise<number> {
    this.options.signal?.throwIfAborted();
    const { readAt } = this.file.origin;
    if (!this.isRandomAccess || readAt === undefined) return this.openSpool().readAt(target, offset);
    let done = 0;
    while (done < target.length) {
      const count = await readAt(target.subarray(done), offset + done);
      if (count === 0) break;
      done += count;
    }
    this.file.bytesReadAt += done;
    return done;
  }

  /**
   * Returns the size of the content. If it is not known in advance, keeps the content on disk to measure it, like
   * {@link readAt}, but no more than about `most` bytes.
   */
  async measure(most: number): Promise<number> {
    return this.size ?? this.openSpool().fill(most);
  }

  /**
   * The files in the folder of this one. Undefined for standard input and for bytes that a program has.
   */
  get neighbors(): NeighborFiles | undefined {
    if (this.path !== undefined) this.neighborFiles ??= new NeighborFiles(this.path);
    return this.neighborFiles;
  }

  /**
   * Reads the rest, so that sizes and digest cover the complete source. Uses `scratch` as its buffer. Throws FileError
   * if the file has changed in the meantime.
   */
  async drain(scratch: Uint8Array): Promise<void> {
    while ((await this.read(scratch)) > 0);
    this.closeTemporaries();
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

  /** Creates a file for what a reader keeps of the content; it exists until {@link drain} or {@link close}. */
  createTemporary(): TemporaryFile {
    const { tempFolder } = this.options;
    const file = new TemporaryFile(tempFolder, () => this.tellKept());
    this.temporaries.push(file);
    return file;
  }

  /** Throws FormatError if `bytes`, unpacked from an archive that the content is, exceed `maxBytes`. */
  checkUnpacked(bytes: number): void {
    this.checkSize(bytes, 'the unpacked content of the archive');
  }

  private openSpool(): Spool {
    this.spool ??= new Spool(
      (piece) => this.read(piece),
      this.options.tempFolder,
      (keptBytes) => {
        this.spoolBytes = keptBytes;
        this.tellKept();
      },
    );
    return this.spool;
  }

  private tellKept(): void {
    const kept = this.temporaries.reduce((sum, { length }) => sum + length, this.spoolBytes);
    this.options.onPass?.(kept);
  }

  private closeTemporaries(): void {
    this.spool?.close();
    this.spool = undefined;
    for (const file of this.temporaries.splice(0)) file.close();
  }

  private checkSize(bytes: number, unpacked?: string): void {
    const { maxBytes } = this.options;
    if (maxBytes === undefined || bytes <= maxBytes) return;
    const own = this.compression === undefined ? 'the source' : `the unpacked ${this.compression} data`;
    const what = unpacked ?? own;
    throw new FormatError(`${what} is larger than ${countOf(maxBytes, 'byte')}; expected at most that`, {
      place: { offset: maxBytes },
      code: 'INPUT_TOO_LARGE',
      hint: 'raise `maxBytes`',
    });
  }

  async close(): Promise<void> {
    this.closeTemporaries();
    this.neighborFiles?.close();
    // In this order, because a decoder may wait for standard input.
    await this.file.release();
    await this.content.close?.();
  }
}

/** Bytes of the buffer for the head of a file of `size` bytes: one more, to find its end. Special files have size 0. */
function headRoom(size: number | undefined): number {
  return size === undefined || size === 0 ? HEAD_BYTES : Math.min(HEAD_BYTES, size + 1);
}
