/**
 * Compresses output with Node's zlib.
 *
 * The same content gives the same bytes, however it is cut into pieces: no time, no name, no threads.
 */

import type { Transform } from 'node:stream';
import { constants, createGzip, createZstdCompress } from 'node:zlib';
import type { OutputFile } from '../output/output.js';
import type { CompressionId } from './compression.js';

/** On OFF, level 6 saves only 1 %, and would take longer than all the rest of a conversion. */
const GZIP_LEVEL = 4;
/** On OFF, level 3 compresses 3 % worse than level 1. */
const ZSTD_LEVEL = 1;

/** Bytes passed to an encoder at a time. Either encoder adds 8 MB to a process, too little to plan for. */
const PIECE_BYTES = 2 ** 18;

/** An output that is compressed on the way; its size is the compressed size. */
export class CompressedOutput implements OutputFile {
  private readonly piece = new Uint8Array(PIECE_BYTES);
  private filled = 0;
  private encoder: Encoder | undefined;

  constructor(
    private readonly output: OutputFile,
    private readonly compression: CompressionId,
  ) {}

  get size(): number {
    return this.output.size;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const count = Math.min(bytes.length - at, PIECE_BYTES - this.filled);
      this.piece.set(bytes.subarray(at, at + count), this.filled);
      this.filled += count;
      at += count;
      if (this.filled === PIECE_BYTES) await this.flush();
    }
  }

  async commit(): Promise<void> {
    if (this.filled > 0) await this.flush();
    const encoder = this.openEncoder();
    for (const packed of await encoder.finish()) await this.output.write(packed);
    encoder.close();
    await this.output.commit();
  }

  async discard(): Promise<void> {
    this.encoder?.close();
    await this.output.discard();
  }

  private async flush(): Promise<void> {
    const encoder = this.openEncoder();
    const piece = this.piece.subarray(0, this.filled);
    this.filled = 0;
    for (const packed of await encoder.encode(piece)) await this.output.write(packed);
  }

  private openEncoder(): Encoder {
    this.encoder ??= Encoder.open(this.compression);
    return this.encoder;
  }
}

/** A zlib encoder that is fed step by step. */
class Encoder {
  private packed: Uint8Array[] = [];

  constructor(private readonly stream: Transform) {
    stream.on('data', (packed: Uint8Array) => this.packed.push(packed));
  }

  static open(compression: CompressionId): Encoder {
    if (compression === 'gzip') return new Encoder(createGzip({ level: GZIP_LEVEL, chunkSize: PIECE_BYTES }));
    const params = { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL };
    return new Encoder(createZstdCompress({ params, chunkSize: PIECE_BYTES }));
  }

  /** Returns the bytes to write after `piece`, whose buffer is free again when the promise resolves. */
  async encode(piece: Uint8Array): Promise<readonly Uint8Array[]> {
    await new Promise<void>((resolve, reject) => {
      this.stream.write(piece, (error) => (error ? reject(error) : resolve()));
    });
    return this.take();
  }

  /** Returns the last bytes to write. */
  async finish(): Promise<readonly Uint8Array[]> {
    await new Promise((resolve, reject) => this.stream.on('end', resolve).on('error', reject).end());
    return this.take();
  }

  /** Releases the encoder. Harmless a second time. */
  close(): void {
    this.stream.destroy();
  }

  private take(): readonly Uint8Array[] {
    const { packed } = this;
    this.packed = [];
    return packed;
  }
}
