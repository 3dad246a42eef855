/**
 * STL: facets of three corners each, as text or as 50-byte records. The door to both encodings.
 *
 * The first word does not tell them apart: about one binary file in six begins with "solid". The size does.
 */
import { FormatError } from '../../errors.js';
import type { Format } from '../format.js';
import { looksLikeText, skipByteOrderMark } from '../text.js';
import { openAsciiStl } from './ascii.js';
import { FACET_BYTES, HEADER_BYTES, openBinaryStl, readAnnouncedCount } from './binary.js';

export const stl = {
  id: 'stl',
  name: 'STL, binary or ASCII',
  extensions: ['stl', 'stla', 'stlb'],

  sniff(head, size) {
    if (hasExactSize(head, size)) return 'its size is 84 + 50 x the count in its header';
    if (readsLikeAscii(head)) return 'its text reads solid ... facet';
    return undefined;
  },

  guess(head) {
    return beginsWithFacets(head) ? 'its first records are unit normals and corners' : undefined;
  },

  open(source, options) {
    const { head, size } = source;
    if (size === 0) throw new FormatError('an empty file; expected STL', { place: { offset: 0 } });
    const isText = readsLikeAscii(head) || (head.length >= HEADER_BYTES && looksLikeText(head));
    if (isText && !hasExactSize(head, size)) return openAsciiStl(source, options);
    if (head.length < HEADER_BYTES) {
      throw new FormatError(
        `truncated: the file ends in its header; expected ${HEADER_BYTES} bytes and the triangles after them`,
        { place: { offset: head.length } },
      );
    }
    return openBinaryStl(source, options);
  },
} as const satisfies Format;

/** Whether the size is what the header's count announces: then it is binary, whatever the first word. */
function hasExactSize(head: Uint8Array, size: number | undefined): boolean {
  return head.length >= HEADER_BYTES && size === HEADER_BYTES + FACET_BYTES * readAnnouncedCount(head);
}

/** Whether the head is text whose first word is an STL keyword and that goes on with another one. */
function readsLikeAscii(head: Uint8Array): boolean {
  if (!looksLikeText(head)) return false;
  const text = Buffer.from(head.buffer, head.byteOffset, head.length)
    .toString('latin1', skipByteOrderMark(head))
    .replace(/^(\s*#[^\r\n]*[\r\n])*\s*/, '')
    .toLowerCase();
  if (/^solid\b/.test(text)) return head.length < HEADER_BYTES || /\b(facet|endsolid|vertex)\b/.test(text);
  return /^facet\s+(normal|outer)\b/.test(text);
}

/** Whether what follows the header can only be facets: every number finite, every normal of length 0 to 1. */
function beginsWithFacets(head: Uint8Array): boolean {
  // Text read as floats is finite and small.
  if (looksLikeText(head)) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const facets = Math.min(16, Math.floor((head.length - HEADER_BYTES) / FACET_BYTES));
  for (let facet = 0; facet < facets; facet++) {
    for (let k = 0; k < 12; k++) {
      const value = view.getFloat32(HEADER_BYTES + FACET_BYTES * facet + 4 * k, true);
      if (!Number.isFinite(value) || (k < 3 && Math.abs(value) > 1.001)) return false;
    }
  }
  return facets > 0 && readAnnouncedCount(head) > 0;
}
