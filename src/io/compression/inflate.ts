/** Decompresses raw deflate data, as in zip archives, piece by piece. */
import { createInflateRaw } from 'node:zlib';
import type { Pull } from '../pull.js';
import { pullUpTo } from '../pull.js';
import { Decoder, UNPACKED_BYTES } from './decoder.js';

/** Bytes passed to the decoder at a time, however they arrive, so that damage is always found at the same place. */
const PACKED_BYTES = 65_536;

/**
 * Yields the content of one deflate stream, in pieces with buffers of their own. `refuse` creates the error for data that
 * is damaged, truncated, or continues after its end; it gets the reason.
 */
export async function* inflate(pull: Pull, refuse: (reason: string) => Error): AsyncGenerator<Uint8Array> {
  const stream = createInflateRaw({ chunkSize: UNPACKED_BYTES });
  const decoder = new Decoder(stream);
  let fed = 0;
  try {
    do {
      const packed = await pullUpTo(PACKED_BYTES, pull);
      fed += packed.length;
      yield* packed.length > 0 ? decoder.decode(packed) : decoder.finish();
    } while (!decoder.isOver);
    const isRead = stream.bytesWritten === fed && (await pull(new Uint8Array(1))) === 0;
    if (!isRead) throw refuse('data after its end');
  } catch (error) {
    throw error === decoder.failure ? refuse(decoder.failure!.message) : error;
  } finally {
    decoder.close();
  }
}
