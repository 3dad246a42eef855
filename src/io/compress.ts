/**
 * Output on its way into a compressed form: gzip by Node's zlib, zstd by a library.
 *
 * The same content gives the same bytes, whatever the pieces it comes in: no time, no name, no threads.
 */
import { createGzip } from 'node:zlib';
import type { CompressionChoice, CompressionId } from './compression.js';
import type { OutputFile } from './output-file.js';

/** On OFF, level 6 packs only 1 % more, and would take longer than all the rest of a conversion. */
const GZIP_LEVEL = 4;
/** On OFF, level 3 packs 3 % less than 1. */
const ZSTD_LEVEL = 1;

/** Measured: what the zstd encoder adds to a process. zlib's is small. */
const ZSTD_ENCODER_BYTES = 40 * 2 ** 20;

/** Memory that compressing takes, in bytes. */
export function encoderBytesOf(choice: CompressionChoice): number {
  return choice === 'zstd' ? ZSTD_ENCODER_BYTES : 0;
}

/** Content handed to an encoder at a time. */
const PIECE_BYTES = 2 ** 18;

/** Turns content into compressed bytes; one is used from its first piece to its end. */
interface Encoder {
  /** What is there to write after `piece`, which may be used again when the promise is kept. */
  encode(piece: Uint8Array): Promise<readonly Uint8Array[]>;
  /** What is there to write at the end. */
  finish(): Promise<readonly Uint8Array[]>;
  /** Gives back what it holds. Harmless a second time. */
  close(): void;
}

/** The same output, compressed; its size is that of what is written. */
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
    const encoder = await this.openEncoder();
    for (const packed of await encoder.finish()) await this.output.write(packed);
    encoder.close();
    await this.output.commit();
  }

  async discard(): Promise<void> {
    this.encoder?.close();
    await this.output.discard();
  }

  private async flush(): Promise<void> {
    const encoder = await this.openEncoder();
    const piece = this.piece.subarray(0, this.filled);
    this.filled = 0;
    for (const packed of await encoder.encode(piece)) await this.output.write(packed);
  }

  private async openEncoder(): Promise<Encoder> {
    this.encoder ??= this.compression === 'gzip' ? new GzipEncoder() : await ZstdEncoder.open();
    return this.encoder;
  }
}

class GzipEncoder implements Encoder {
  private readonly gzip = createGzip({ level: GZIP_LEVEL, chunkSize: PIECE_BYTES });
  private packed: Uint8Array[] = [];

  constructor() {
    this.gzip.on('data', (packed: Uint8Array) => this.packed.push(packed));
  }

  async encode(piece: Uint8Array): Promise<readonly Uint8Array[]> {
    await new Promise<void>((resolve, reject) => {
      this.gzip.write(piece, (error) => (error ? reject(error) : resolve()));
    });
    return this.take();
  }

  async finish(): Promise<readonly Uint8Array[]> {
    await new Promise((resolve, reject) => this.gzip.on('end', resolve).on('error', reject).end());
    return this.take();
  }

  close(): void {
    this.gzip.destroy();
  }

  private take(): readonly Uint8Array[] {
    const { packed } = this;
    this.packed = [];
    return packed;
  }
}

/** The library has one encoder a process: the outputs of several runs take turns, each from its first piece on. */
let lastTurn: Promise<void> = Promise.resolve();

/**
 * One zstd frame, by the reference encoder in WebAssembly: Node 20 has none. Loaded for zstd output alone.
 *
 * Frames of their own for every piece would need no turns, but well-known readers stop after the first.
 */
class ZstdEncoder implements Encoder {
  private constructor(
    private readonly zstd: { compressChunk(piece: Uint8Array): Uint8Array; compressEnd(): Uint8Array },
    readonly close: () => void,
  ) {}

  static async open(): Promise<ZstdEncoder> {
    const { Zstd } = await import('@hpcc-js/wasm-zstd');
    const zstd = await Zstd.load();
    const formerTurn = lastTurn;
    let end = () => {};
    lastTurn = new Promise((resolve) => {
      end = resolve;
    });
    await formerTurn;
    zstd.setCompressionLevel(ZSTD_LEVEL);
    zstd.reset();
    return new ZstdEncoder(zstd, end);
  }

  async encode(piece: Uint8Array): Promise<readonly Uint8Array[]> {
    return [this.zstd.compressChunk(piece)];
  }

  async finish(): Promise<readonly Uint8Array[]> {
    return [this.zstd.compressEnd()];
  }
}
