/** Decodes the attribute words of a mesh as colors: each source has a header of its own, which decides what they mean. */
import type { MeshDatabase } from '../../database/mesh-database.js';
import { listWordSources } from '../../database/source-runs.js';
import { readStlColors, type StlColors } from '../../formats/stl/color.js';
import type { AttributeDecoder } from '../../mesh.js';

/** What the attribute words of a mesh mean. */
export interface AttributeColors {
  /** The dialects of the sources that have words, each once. */
  readonly dialects: readonly StlColors['dialect'][];
  readonly decode: AttributeDecoder;
}

/** Reads the headers of the sources with attribute words. Triangles of other sources have no color. */
export function readAttributeColors(db: MeshDatabase): AttributeColors {
  const sources = db
    .ask(listWordSources)
    .map(({ first, last, header }) => ({ first, last, colors: readStlColors(header) }))
    .sort((a, b) => a.first - b.first);
  /** The source of the last triangle; neighbors are mostly in the same one. */
  let at = 0;
  const isIn = (triangle: number) => triangle >= sources[at]!.first && triangle <= sources[at]!.last;
  const decode: AttributeDecoder = (word, target, to, triangle) => {
    if (sources.length > 0 && !isIn(triangle)) at = findLast(sources, triangle);
    if (sources.length > 0 && isIn(triangle)) sources[at]!.colors.decode(word, target, to);
    else target[to] = Number.NaN;
  };
  return { dialects: [...new Set(sources.map(({ colors }) => colors.dialect))], decode };
}

/** The index of the last source that begins at or before a triangle; 0 if none does. */
function findLast(sources: readonly { readonly first: number }[], triangle: number): number {
  let [low, high] = [0, sources.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sources[middle]!.first <= triangle) low = middle;
    else high = middle - 1;
  }
  return low;
}
