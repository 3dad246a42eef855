/** Compresses bytes with gzip without blocking the thread. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { GZIP_LEVEL } from './compress.js';

const compress = promisify(gzip);

/** Returns the bytes as a gzip member. */
export function gzipBytes(bytes: Uint8Array): Promise<Uint8Array> {
  return compress(bytes, { level: GZIP_LEVEL });
}
