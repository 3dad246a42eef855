/** Compresses a block of bytes at once, for formats that compress their content in blocks. */
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { GZIP_LEVEL, ZSTD_LEVEL } from './compress.js';
import type { CompressionId } from './compression.js';

/** Returns the compressed bytes: a gzip member or a zstd frame. The same block gives the same bytes. */
export function compressBlock(bytes: Uint8Array, compression: CompressionId): Uint8Array {
  if (compression === 'gzip') return gzipSync(bytes, { level: GZIP_LEVEL });
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } });
}
