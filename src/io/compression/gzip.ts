/** Compresses bytes with gzip without blocking the thread. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { GZIP_LEVEL } from './compress.js';

/** Returns the bytes as a gzip member. */
export function gzipBytes(bytes: Uint8Array): Promise<Uint8Array> {
  // Not a constant of the module: zlib would be loaded by runs that compress nothing.
  return promisify(gzip)(bytes, { level: GZIP_LEVEL });
}
