/** Opens ASCII STL, and splits it into pieces. */

import type { ByteSource } from '../../io/input/byte-source.js';
import { CHUNK_BYTES } from '../../memory.js';
import type { MeshReader, ReadOptions } from '../format.js';
import { type PieceFormat, tryPiece, windowOf } from '../pieces.js';
import { SoupTextReader } from '../shared/soup-text.js';
import { findLastLine, isWord, skipBlanksBack } from '../shared/text.js';
import { FacetParser } from './facet-parser.js';
import { ENDFACET } from './keywords.js';
import { findCorner } from './statement-text.js';

export function openAsciiStl(source: ByteSource, options: ReadOptions): MeshReader {
  const facets = new SoupTextReader(source, stlPieces, new FacetParser(options));
  const share = countFacets(source.head) / source.head.length;
  return {
    encoding: 'ascii',
    precision: 'float64',
    layout: 'soup',
    hasPieces: true,
    findCorner,
    expectedTriangles: source.size === undefined ? undefined : Math.round(share * source.size),
    items: (parsers, start) => facets.items(parsers, start),
    save: () => facets.save(),
  };
}

/** Splits at facets that end with a line. */
export const stlPieces: PieceFormat = {
  id: 'stl',
  // A facet has at least 80 bytes: its keywords and twelve numbers.
  bytes: CHUNK_BYTES,

  findEnd(bytes, length) {
    for (let end = findLastLine(bytes, length); end > 0; ) {
      const start = findLastLine(bytes, end - 1);
      const to = skipBlanksBack(bytes, start, end);
      if (to - start >= ENDFACET.length && isWord(ENDFACET, bytes, to - ENDFACET.length, to)) return end;
      end = start;
    }
    return 0;
  },

  parse(bytes, target, base) {
    let isPlain = true;
    const warn = () => {
      isPlain = false;
    };
    const batchTriangles = target.length / 9;
    const parser = new FacetParser({ batchTriangles, salvage: false, warn }, target);
    const window = windowOf(bytes, base);
    const isWhole = tryPiece(() => parser.parse(window) === 'more' && window.start === window.end);
    if (!isWhole || !isPlain || !parser.isBetween) return undefined;
    const lines = parser.line - 1;
    return { ...parser.takeBatch(), lines };
  },
};

/** Counts the facets in the head; at least 1, so that a forecast is possible. */
function countFacets(head: Uint8Array): number {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  return Math.max(1, text.match(/endfacet/gi)?.length ?? 0);
}
