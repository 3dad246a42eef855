/**
 * Decompresses bytes piece by piece with Node's zlib.
 *
 * The complete content is never held, however large it is. Nothing here knows files or formats.
 */
import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { FormatError, TRUNCATED } from '../../errors.js';
import { ZSTD_WINDOW_ORDINARY } from '../../memory.js';
import { countOf } from '../../wording.js';
import { type Pull, pullUpTo } from '../pull.js';
import type { CompressionId } from './compression.js';
import { checkWindow, ZstdFrame } from './zstd-frame.js';

/** Bytes passed to a decoder at a time, however they arrive, so that damage is always found at the same place. */
const PACKED_BYTES = 65_536;
/** The number of pieces that zlib decompresses before it waits for its reader, and the bytes of each. */
const UNPACKED_PIECES = 8;
const UNPACKED_BYTES = 131_072;

/**
 * Yields the content of compressed data, in pieces with buffers of their own. Reads all of `pull`: gzip members and
 * zstd frames continue each other. Throws FormatError with the offset in the content if the data is damaged. If it is
 * truncated, `onCut` gets that error and may throw it. No zstd frame may have a larger window than the first one, or
 * than {@link ZSTD_WINDOW_ORDINARY}.
 */
export function decompress(
  compression: CompressionId,
  pull: Pull,
  onCut: (error: FormatError) => void,
): AsyncGenerator<Uint8Array> {
  return compression === 'gzip' ? unpackGzip(pull, onCut) : unpackZstd(pull, onCut);
}

async function* unpackGzip(pull: Pull, onCut: (error: FormatError) => void): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: UNPACKED_BYTES });
  const decoder = new Decoder(gunzip);
  let count = 0;
  try {
    let packed: Uint8Array;
    let fed = 0;
    do {
      packed = await pullUpTo(PACKED_BYTES, pull);
      fed += packed.length;
      for await (const piece of packed.length > 0 ? decoder.decode(packed) : decoder.finish()) {
        count += piece.length;
        yield piece;
      }
    } while (!decoder.isOver);
    // zlib stops at a zero byte after a member.
    await checkPadding(packed.subarray(packed.length - (fed - gunzip.bytesWritten)), pull, count);
  } catch (error) {
    if (error !== decoder.failure) throw error;
    if (decoder.failure?.code !== 'Z_BUF_ERROR') throw damaged('gzip', count, error);
    onCut(cut('gzip', count));
  } finally {
    decoder.close();
  }
}

/** Throws FormatError unless all bytes after the last member are zero, as in padded tape blocks. */
async function checkPadding(rest: Uint8Array, pull: Pull, count: number): Promise<void> {
  for (let packed = rest; packed.length > 0; packed = await pullUpTo(PACKED_BYTES, pull)) {
    if (packed.some((byte) => byte !== 0)) throw damaged('gzip', count, new Error('data after the padding'));
  }
}

async function* unpackZstd(pull: Pull, onCut: (error: FormatError) => void): AsyncGenerator<Uint8Array> {
  /** The offset in the compressed file of the current bytes. */
  let offset = 0;
  let frame = new ZstdFrame(offset);
  let decoder: Decoder | undefined;
  let windowMax: number | undefined;
  let count = 0;
  /** Yields the content of these bytes of a frame, and its rest if they hold its end. */
  async function* decode(packed: Uint8Array): AsyncGenerator<Uint8Array> {
    if (frame.isSkippable) return;
    decoder ??= new Decoder(createZstdDecompress({ chunkSize: UNPACKED_BYTES }));
    yield* decoder.decode(packed);
    if (frame.isComplete) yield* decoder.finish();
  }
  let isWithin = false;
  try {
    for (;;) {
      const packed = await pullUpTo(PACKED_BYTES, pull);
      if (packed.length === 0) break;
      for (let at = 0; at < packed.length; ) {
        const from = at;
        at = frame.pass(packed, at);
        if (frame.isDamaged) throw damaged('zstd', count, new Error('no frame begins there'));
        if (frame.windowBytes > 0) {
          checkWindow(frame.windowBytes, windowMax ?? frame.windowBytes, frame.offset);
          windowMax ??= Math.max(frame.windowBytes, ZSTD_WINDOW_ORDINARY);
        }
        for await (const piece of decode(packed.subarray(from, at))) {
          count += piece.length;
          yield piece;
        }
        isWithin = !frame.isComplete;
        if (isWithin) continue;
        frame = new ZstdFrame(offset + at);
        decoder?.close();
        decoder = undefined;
      }
      offset += packed.length;
    }
    if (isWithin) onCut(cut('zstd', count));
  } catch (error) {
    throw error === decoder?.failure ? damaged('zstd', count, error) : error;
  } finally {
    decoder?.close();
  }
}

/** A zlib decoder that is fed step by step: the output of each piece is taken before the next one. */
class Decoder {
  failure: NodeJS.ErrnoException | undefined;
  /** Whether the decoder has reached its end. */
  isOver = false;
  private isHungry = true;
  private readonly unpacked: Uint8Array[] = [];
  private wake = () => {};

  constructor(private readonly stream: Transform) {
    stream.on('data', (piece: Uint8Array) => {
      // A few bytes may expand to any number of pieces: it resumes when these are taken.
      if (this.unpacked.push(piece) === UNPACKED_PIECES) stream.pause();
      this.wake();
    });
    stream.on('end', () => {
      this.isOver = true;
      this.wake();
    });
    stream.on('error', (error) => {
      this.failure = error;
      this.wake();
    });
  }

  /** Yields the content of `packed`, or less if the decoder ends before. Throws zlib's errors. */
  decode(packed: Uint8Array): AsyncGenerator<Uint8Array> {
    this.isHungry = false;
    // zlib does not call back for a write that fails, or whose rest it does not want.
    this.stream.write(packed, () => {
      this.isHungry = true;
      this.wake();
    });
    return this.take(() => this.isHungry && this.stream.readableLength === 0);
  }

  /** Yields the rest after the last piece. */
  finish(): AsyncGenerator<Uint8Array> {
    this.stream.end();
    return this.take(() => false);
  }

  close(): void {
    this.stream.destroy();
  }

  private async *take(isDone: () => boolean): AsyncGenerator<Uint8Array> {
    for (;;) {
      const news = new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      yield* this.unpacked.splice(0);
      if (this.unpacked.length > 0) continue;
      if (this.failure !== undefined) throw this.failure;
      if (this.isOver || isDone()) return;
      this.stream.resume();
      await news;
    }
  }
}

function cut(compression: CompressionId, count: number): FormatError {
  return new FormatError(
    `${compression} data ends after ${countOf(count, 'byte')} of content; expected more`,
    { place: { offset: count }, ...TRUNCATED },
  );
}

function damaged(compression: CompressionId, count: number, cause?: unknown): FormatError {
  const reason = cause instanceof Error ? ` (${cause.message})` : '';
  return new FormatError(
    `damaged ${compression} data after ${countOf(count, 'byte')} of content${reason}; expected a complete file`,
    { place: { offset: count }, hint: 'copy or download it again', cause },
  );
}
