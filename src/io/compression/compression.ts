/**
 * The compressions that are read and written: told by content on the way in, by name on the way out.
 *
 * Facts alone; decompress.ts and compress.ts do the work.
 */
import { extname } from 'node:path';

export type CompressionId = 'gzip' | 'zstd';

/** What an output is asked to be: compressed, or `none` whatever its name says. */
export type CompressionChoice = CompressionId | 'none';

interface Compression {
  readonly id: CompressionId;
  /** Lower case, without the dot; the first one is the one to write. */
  readonly extensions: readonly string[];
  /** Whether data that begins like this is compressed so. */
  matches(head: Uint8Array): boolean;
}

export const COMPRESSIONS: readonly Compression[] = [
  {
    id: 'gzip',
    extensions: ['gz'],
    // The third byte is the method, of which there is one; the upper bits of the fourth are 0 (RFC 1952).
    matches: (head) => beginsWith(head, [0x1f, 0x8b, 0x08]) && (head[3] ?? 0) < 0x20,
  },
  {
    id: 'zstd',
    extensions: ['zst', 'zstd'],
    // A frame, or one of the sixteen kinds of skippable frames (RFC 8878).
    matches: (head) =>
      beginsWith(head, [0x28, 0xb5, 0x2f, 0xfd]) ||
      ((head[0] ?? 0) >> 4 === 5 && beginsWith(head.subarray(1), [0x2a, 0x4d, 0x18])),
  },
];

/** The compression that data beginning like this is in, or undefined. */
export function detectCompression(head: Uint8Array): CompressionId | undefined {
  return COMPRESSIONS.find((compression) => compression.matches(head))?.id;
}

/** The compression that a file name promises, or undefined. */
export function compressionOfName(path: string): CompressionId | undefined {
  const extension = extname(path).slice(1).toLowerCase();
  return COMPRESSIONS.find(({ extensions }) => extensions.includes(extension))?.id;
}

/** The path without the ending of its compression: `scan.stl` for `scan.stl.gz`. */
export function withoutCompression(path: string): string {
  return compressionOfName(path) === undefined ? path : path.slice(0, -extname(path).length);
}

/** What to end a file's name with: `.gz` for gzip, nothing for no compression. */
export function endingOf(compression: CompressionChoice | undefined): string {
  const extension = COMPRESSIONS.find(({ id }) => id === compression)?.extensions[0];
  return extension === undefined ? '' : `.${extension}`;
}

function beginsWith(head: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, k) => head[k] === byte);
}

/** A size as `128 MiB`, as a whole or with one digit. */
export function formatMebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toLocaleString('en-US', { maximumFractionDigits: 1 })} MiB`;
}
