/**
 * Decompresses bytes piece by piece with Node's zlib.
 *
 * The complete content is never held, however large it is. Nothing here knows files or formats.
 */
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { FormatError, TRUNCATED } from '../../errors.js';
import { ZSTD_WINDOW_ORDINARY } from '../../memory.js';
import { countOf } from '../../wording.js';
import { type Pull, pullUpTo } from '../pull.js';
import type { CompressionId } from './compression.js';
import { Decoder, UNPACKED_BYTES } from './decoder.js';
import { checkWindow, ZstdFrame } from './zstd-frame.js';

/** Bytes passed to a decoder at a time, however they arrive, so that damage is always found at the same place. */
const PACKED_BYTES = 65_536;

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
