/**
 * The supported compressions: detected by content on input, chosen by name on output.
 *
 * Facts only; decompress.ts and compress.ts do the work.
 */
import { extname } from 'node:path';

export type CompressionId = 'gzip' | 'zstd';

/** A requested compression, or `none` whatever the file name ends with. */
export type CompressionChoice = CompressionId | 'none';

interface Compression {
  readonly id: CompressionId;
  /** Lower case, without the dot; the first one is used for output. */
  readonly extensions: readonly string[];
  /** Whether data with this head has this compression. */
  matches(head: Uint8Array): boolean;
}

export const COMPRESSIONS: readonly Compression[] = [
  {
    id: 'gzip',
    extensions: ['gz'],
    // The third byte is the method, always 8; the upper bits of the fourth are 0 (RFC 1952).
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

/** Returns the compression of data with this head, or undefined. */
export function detectCompression(head: Uint8Array): CompressionId | undefined {
  return COMPRESSIONS.find((compression) => compression.matches(head))?.id;
}

/** Returns the compression that a file name promises, or undefined. */
export function compressionOfName(path: string): CompressionId | undefined {
  const extension = extname(path).slice(1).toLowerCase();
  return COMPRESSIONS.find(({ extensions }) => extensions.includes(extension))?.id;
}

/** Strips the compression's extension from a path: `scan.stl` for `scan.stl.gz`. */
export function withoutCompression(path: string): string {
  return compressionOfName(path) === undefined ? path : path.slice(0, -extname(path).length);
}

/** Returns the extension of a compression: `.gz` for gzip, nothing for no compression. */
export function endingOf(compression: CompressionChoice | undefined): string {
  const extension = COMPRESSIONS.find(({ id }) => id === compression)?.extensions[0];
  return extension === undefined ? '' : `.${extension}`;
}

function beginsWith(head: Uint8Array, bytes: readonly number[]): boolean {
  return bytes.every((byte, k) => head[k] === byte);
}

/** Formats a size as `128 MiB`, with at most one decimal. */
export function formatMebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toLocaleString('en-US', { maximumFractionDigits: 1 })} MiB`;
}
