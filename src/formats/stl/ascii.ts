/** ASCII STL from a source: bytes for the parser as it asks for them, batches and parts from it. */
import type { ByteSource } from '../../io/byte-source.js';
import { ByteWindow } from '../../io/byte-window.js';
import type { MeshItem } from '../../mesh.js';
import type { MeshReader, ReadOptions } from '../format.js';
import { skipByteOrderMark } from '../text.js';
import { FacetParser } from './facet-parser.js';

export function openAsciiStl(source: ByteSource, options: ReadOptions): MeshReader {
  const facets = countFacets(source.head);
  const share = facets / source.head.length;
  return {
    encoding: 'ascii',
    precision: 'float64',
    layout: 'soup',
    expectedTriangles: source.size === undefined ? undefined : Math.round(share * source.size),
    items: () => readFacets(source, options),
  };
}

async function* readFacets(source: ByteSource, options: ReadOptions): AsyncGenerator<MeshItem> {
  const window = new ByteWindow(source);
  const parser = new FacetParser(options);
  const place = () => ({ line: parser.line });
  await window.fill(place);
  window.start = skipByteOrderMark(source.head);
  for (;;) {
    const pause = parser.parse(window);
    if (pause === 'more') {
      if (window.ended) break;
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
