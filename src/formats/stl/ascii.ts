/** ASCII STL from a source: bytes for the parser as it asks for them, batches and parts from it. */
import type { ByteSource } from '../../io/byte-source.js';
import { ByteWindow } from '../../io/byte-window.js';
import { CHUNK_BYTES, type MeshItem } from '../../mesh.js';
import type { MeshReader, ReadOptions, ReadStart } from '../format.js';
import { PieceFeeder, type PieceFormat, type PieceParsers, tryPiece, windowOf } from '../pieces.js';
import { findLastLine, isWord, skipBlanksBack, skipByteOrderMark } from '../text.js';
import { ENDFACET, FacetParser, findCorner } from './facet-parser.js';

export function openAsciiStl(source: ByteSource, options: ReadOptions): MeshReader {
  const facets = countFacets(source.head);
  const share = facets / source.head.length;
  return {
    encoding: 'ascii',
    precision: 'float64',
    layout: 'soup',
    hasPieces: true,
    findCorner,
    expectedTriangles: source.size === undefined ? undefined : Math.round(share * source.size),
    items: (parsers, start) => readFacets(source, options, parsers, start),
  };
}

/** Facets between two line ends. */
export const stlPieces: PieceFormat = {
  id: 'stl',
  // A facet has 80 bytes at least: its keywords and twelve numbers.
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

async function* readFacets(
  source: ByteSource,
  options: ReadOptions,
  parsers?: PieceParsers,
  start?: ReadStart,
): AsyncGenerator<MeshItem> {
  const feeder = parsers && new PieceFeeder(source, stlPieces, parsers);
  const window = new ByteWindow(feeder ?? source);
  const parser = new FacetParser(options);
  const place = () => ({ line: parser.line });
  if (start === undefined) {
    await window.fill(place);
    window.start = skipByteOrderMark(source.head);
  } else {
    await window.jump(start.offset);
    parser.line = start.line;
    parser.total = start.record;
  }
  for (;;) {
    const pause = parser.parse(window);
    if (pause === 'more') {
      if (window.ended) break;
      if (feeder !== undefined) yield* feeder.pass(window, parser);
      await window.fill(place);
      continue;
    }
    if (parser.count > 0) yield parser.takeBatch();
    if (pause === 'part') yield { kind: 'part', partKind: 'solid', name: parser.partName };
  }
  parser.finish(window.bytes.subarray(window.start, window.end));
  if (parser.count > 0) yield parser.takeBatch();
}

/** How many facets the head holds; at least 1, so that a forecast can be made of it. */
function countFacets(head: Uint8Array): number {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  return Math.max(1, text.match(/endfacet/gi)?.length ?? 0);
}
