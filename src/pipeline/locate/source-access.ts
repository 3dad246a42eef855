/**
 * Reads the source of a database again, at certain places: first verifies that it is the imported file, then reads from any
 * place on, a few kilobytes at a time.
 *
 * In compressed content, a place is reached by decompressing everything before it.
 */

import type { SourceRow } from '../../database/mesh-database.js';
import { FileError, FormatError, MeshError, UsageError } from '../../errors.js';
import type { MeshReader, ReadStart } from '../../formats/format.js';
import { FORMATS } from '../../formats/index.js';
import { digestFile } from '../../io/digest-file.js';
import { findOtherKind } from '../../io/disk.js';
import { ByteSource } from '../../io/input/byte-source.js';
import { BATCH_TRIANGLES, CHUNK_BYTES } from '../../memory.js';
import type { MeshItem } from '../../mesh.js';
import { countOf, escapeControls } from '../../wording.js';
import type { RunOptions } from '../run/progress.js';

/** Bytes read at a time: a place is at most 16 KiB after a mark, and mostly nearer. */
const STEP_BYTES = 4096;

export type AccessOptions = Pick<RunOptions, 'signal' | 'onProgress' | 'onNote'>;

export class SourceAccess {
  private source: ByteSource | undefined;
  private bytesBefore = 0;

  private constructor(
    readonly path: string,
    private readonly row: SourceRow,
    private readonly options: AccessOptions,
  ) {}

  /**
   * Opens the source of a database; `path` is its current path. A file with unchanged size and modification time counts as
   * the same; otherwise its digest decides. Throws FileError if it is another file.
   */
  static async open(row: SourceRow, path: string, options: AccessOptions): Promise<SourceAccess> {
    const other = path === '-' ? undefined : findOtherKind(path);
    if (other !== undefined) throw new FileError(`${path}: is ${other}; expected a mesh file`);
    const access = new SourceAccess(path, row, options);
    try {
      const source = await access.reopen();
      await access.check(source);
      return access;
    } catch (error) {
      await access.close();
      throw error;
    }
  }

  /** The file name, escaped for display. */
  get name(): string {
    return escapeControls(this.path);
  }

  get compression(): ByteSource['compression'] {
    return this.source?.compression;
  }

  /** Bytes of the file read so far, not counting digests. */
  get bytesRead(): number {
    const { fileBytesRead = 0, fileBytesReadAt = 0 } = this.source ?? {};
    return this.bytesBefore + fileBytesRead + fileBytesReadAt;
  }

  /** Creates a reader of the source for one pass: of single items, or of full batches. */
  async reader(isSingle: boolean): Promise<MeshReader> {
    const { row } = this;
    const source = await this.rewound();
    const format = FORMATS.find(({ id }) => id === row.format);
    if (format === undefined) {
      throw new UsageError(
        `${this.name}: was read as '${row.format}', a format that this program does not know`,
      );
    }
    const reader = await format.open(source, {
      batchTriangles: isSingle ? 1 : BATCH_TRIANGLES,
      placeBytes: 0,
      salvage: this.isSalvaged,
      warn: () => undefined,
    });
    if (reader.encoding === row.encoding) return reader;
    throw new FormatError(`is ${reader.encoding}; expected ${row.encoding}, as it was when it was imported`);
  }

  /** Yields the reader's items from a place on, or all of them. */
  async *items(reader: MeshReader, start: ReadStart | undefined): AsyncGenerator<MeshItem> {
    for await (const item of reader.items(undefined, start)) {
      this.tell();
      yield item;
    }
  }

  /** Returns the bytes of the content from `offset` to `end`, at most {@link CHUNK_BYTES}. */
  async bytes(offset: number, end: number): Promise<Uint8Array> {
    const source = await this.rewound();
    await source.seek(offset);
    const bytes = new Uint8Array(Math.min(CHUNK_BYTES, end - offset));
    let length = 0;
    while (length < bytes.length) {
      const count = await source.read(bytes.subarray(length));
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  }

  async close(): Promise<void> {
    await this.source?.close();
  }

  private get isSalvaged(): boolean {
    try {
      return (JSON.parse(this.row.options) as { salvage?: boolean } | null)?.salvage === true;
    } catch {
      // Anything that is not JSON was not written by an import.
      return false;
    }
  }

  /** Returns the source, ready to be read from any place on. */
  private async rewound(): Promise<ByteSource> {
    const { source } = this;
    if (source === undefined || (source.compression !== undefined && source.bytesRead > 0))
      return this.reopen();
    await source.seek(0);
    return source;
  }

  private async reopen(): Promise<ByteSource> {
    const { path, name } = this;
    const { signal } = this.options;
    this.bytesBefore = this.bytesRead;
    const before = this.source;
    this.source = undefined;
    await before?.close();
    try {
      const { isSalvaged: salvage } = this;
      const onPass = () => this.tell();
      const source = await ByteSource.open(path, { stepBytes: STEP_BYTES, salvage, signal, onPass });
      this.source = source;
      return source;
    } catch (error) {
      if (error instanceof FormatError || !(error instanceof MeshError)) throw error;
      throw new FileError(error.message.replaceAll(path, name), {
        code: error instanceof FileError ? error.code : undefined,
        hint:
          error.hint ?? (path === this.row.path ? 'set `source` to the current path of the file' : undefined),
        cause: error,
      });
    }
  }

  private tell(): void {
    const { row, source, options } = this;
    options.signal?.throwIfAborted();
    options.onProgress?.({
      stage: 'locate',
      done: source?.fileBytesDone ?? 0,
      total: undefined,
      unit: 'bytes',
      triangles: row.triangles,
      vertices: row.file_vertices ?? 3 * row.triangles,
    });
  }

  private async check({ fileSize: size, modified }: ByteSource): Promise<void> {
    const { row, name, options } = this;
    if (size === row.size && modified?.toISOString() === row.modified) {
      options.onNote?.(`${name} has the same size and modification time as when it was imported`);
      return;
    }
    if (size === undefined)
      throw new FileError(`${name}: is not a file; expected a file, which can be read in parts`);
    options.onNote?.(
      `${name} has a different ${size === row.size ? 'modification time' : 'size'} than the imported file: ` +
        'computing its digest',
    );
    const digest = await digestFile(this.path, (done) => {
      options.signal?.throwIfAborted();
      const { triangles } = row;
      const vertices = row.file_vertices ?? 3 * triangles;
      options.onProgress?.({ stage: 'locate', done, total: size, unit: 'bytes', triangles, vertices });
    });
    if (digest === row.sha256) return;
    const found = `sha256 ${digest} (${countOf(size, 'byte')})`;
    const expected = `sha256 ${row.sha256 ?? 'unknown'} (${countOf(row.size, 'byte')})`;
    throw new FileError(`${name}: is not the imported file, ${found}; expected ${expected}`, {
      code: 'SOURCE_CHANGED',
      hint: 'import it again, or name an unchanged copy with `source`',
    });
  }
}
