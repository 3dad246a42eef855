/** Compressed samples for tests. */
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** Compressors by the id of their compression; each call makes one gzip member or zstd frame. */
export const PACK = {
  gzip: (content: Uint8Array) => gzipSync(content),
  zstd: (content: Uint8Array) => zstdCompressSync(content),
} as const;

/** Decompressors of whole files by the same ids. */
export const UNPACK = {
  gzip: (packed: Uint8Array) => gunzipSync(packed),
  zstd: (packed: Uint8Array) => zstdDecompressSync(packed),
} as const;

/** A zstd frame that says nothing: magic, size, and three bytes of somebody's own. */
export const SKIPPABLE_FRAME = Buffer.from('5a2a4d1803000000616263', 'hex');

/** Bytes that do not pack well, the same each time. */
export function makeNoise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let k = 0; k < length; k++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[k] = (state >>> 16) & 0x3f;
  }
  return bytes;
}

/** Cuts bytes into pieces of one length. */
export function cutInto(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, k) =>
    bytes.subarray(k * length, (k + 1) * length),
  );
}
