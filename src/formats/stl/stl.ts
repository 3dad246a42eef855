/**
 * The entry point of both STL encodings: facets of three corners each, as text or as 50-byte records.
 *
 * The first word does not tell them apart: about one binary file in six begins with "solid". A file that is not text is
 * binary if count, size and numbers support it.
 */
import { FormatError } from '../../errors.js';
import type { Format } from '../format.js';
import { looksLikeText, skipByteOrderMark } from '../shared/text.js';
import { openAsciiStl } from './ascii.js';
import { openBinaryStl } from './binary.js';
import { beginsWithFacets, hasExactSize } from './evidence.js';
import { HEADER_BYTES, readAnnouncedCount } from './layout.js';

export const stl = {
  id: 'stl',
  name: 'STL, binary or ASCII',
  extensions: ['stl', 'stla', 'stlb'],

  sniff(head, size) {
    if (readsLikeAscii(head)) return 'its text reads solid ... facet';
    if (!looksLikeText(head) && hasExactSize(head, size))
      return 'its size is 84 + 50 x the count in its header';
    return undefined;
  },

  guess(head) {
    // Text read as floats is finite and small.
    const isBinary = head.length >= HEADER_BYTES && !looksLikeText(head);
    return isBinary && beginsWithFacets(head) ? 'its first records are unit normals and corners' : undefined;
  },

  open(source, options) {
    const { head, size } = source;
    if (size === 0) throw new FormatError('the file is empty; expected STL', { place: { offset: 0 } });
    if (readsLikeAscii(head) || (head.length >= HEADER_BYTES && !isBinary(head, size))) {
      return openAsciiStl(source, options);
    }
    if (head.length < HEADER_BYTES) {
      throw new FormatError(
        `truncated: the file ends in its header; expected ${HEADER_BYTES} bytes and the triangles after them`,
        { place: { offset: head.length } },
      );
    }
    return openBinaryStl(source, options);
  },
} as const satisfies Format;

/** Whether a source is not text. A file without facets has a header that may look like text followed by NUL bytes. */
function isBinary(head: Uint8Array, size: number | undefined): boolean {
  return !looksLikeText(head) || (size === HEADER_BYTES && readAnnouncedCount(head) === 0);
}

/** Matches the first facet of a solid, which proves that a file is text whatever its name contains. */
const FIRST_FACET = /^solid[^\r\n]*[\r\n]\s*facet\s+normal\s[^\r\n]*[\r\n]\s*outer\s+loop\s+vertex\s/;

/** Whether the head is text that begins with an STL keyword, followed by another. */
function readsLikeAscii(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length)
    .toString('latin1', skipByteOrderMark(head))
    .replace(/^(\s*#[^\r\n]*[\r\n])*\s*/, '')
    .toLowerCase();
  if (FIRST_FACET.test(text)) return true;
  if (!looksLikeText(head)) return false;
  if (/^solid\b/.test(text)) return head.length < HEADER_BYTES || /\b(facet|endsolid|vertex)\b/.test(text);
  return /^facet\s+(normal|outer)\b/.test(text);
}
