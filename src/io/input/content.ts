/** The content of a file: its bytes, decompressed if needed, with a head that includes a long header. */
import type { FormatError } from '../../errors.js';
import type { CompressionId } from '../compression/compression.js';
import { decompress } from '../compression/decompress.js';
import { readZstdWindow } from '../compression/zstd-frame.js';
import { type Pull, prepend, pullFrom, pullUpTo, readAhead } from '../pull.js';
import { HEAD_BYTES, lengthenHead } from './long-head.js';

/** The content of a file: `pull` continues after the head. */
export interface Content {
  readonly head: Uint8Array;
  readonly size: number | undefined;
  readonly pull: Pull;
  readonly windowBytes?: number;
  readonly cut?: FormatError | undefined;
  readonly close?: () => Promise<void>;
}

/**
 * Finds the content of a file that begins with `head` and continues with `pull`. `salvage` tolerates truncated compressed
 * data. Throws FormatError if the head holds damaged compressed data.
 */
export async function openContent(
  head: Uint8Array,
  pull: Pull,
  compression: CompressionId | undefined,
  salvage: boolean,
  size: number | undefined,
): Promise<Content> {
  if (compression === undefined) return { head: await lengthenHead(head, pull), size, pull };
  return unpack(compression, head, pull, salvage);
}

/** Decompresses data whose first bytes are `packedHead` and whose rest comes from `pull`. */
async function unpack(
  compression: CompressionId,
  packedHead: Uint8Array,
  pull: Pull,
  salvage: boolean,
): Promise<Content> {
  const windowBytes = compression === 'zstd' ? readZstdWindow(packedHead) : 0;
  let cut: FormatError | undefined;
  const pieces = decompress(compression, prepend(packedHead, pull), (error) => {
    if (!salvage) throw error;
    cut = error;
  });
  const pullContent = pullFrom(readAhead(pieces));
  const head = await pullUpTo(HEAD_BYTES, pullContent);
  return {
    head: await lengthenHead(head, pullContent),
    size: head.length < HEAD_BYTES ? head.length : undefined,
    pull: pullContent,
    windowBytes,
    get cut() {
      return cut;
    },
    close: async () => {
      await pieces.return(undefined);
    },
  };
}
