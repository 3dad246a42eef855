/**
 * Selected triangles with the positions, colors and normals of their corners, which are looked up in caches of rows.
 */
import { IdSet } from '../../collections/id-set.js';
import { RowCache, type RowSource } from '../../collections/row-cache.js';
import type { CornerBatch, TriangleBatch } from '../../mesh.js';
import type { Rows } from '../pages/leaf-decoder.js';
import type { AttributeWords } from './attribute-words.js';
import { type RowMap, RowMapper } from './row-mapper.js';

/** The rows of vertices by id; undefined for what is not requested. */
export interface CornerSources {
  readonly positions: RowSource;
  readonly colors: RowSource | undefined;
  readonly normals: RowSource | undefined;
}

/**
 * Yields the triangles; `cacheBytes` covers labels and rows of vertices. Without a spatial order, each triangle reads a
 * page.
 */
export function* soupRows(
  triangles: Iterable<TriangleBatch & Rows>,
  sources: CornerSources,
  map: RowMap,
  cacheBytes: number,
  words: AttributeWords | undefined,
): Generator<CornerBatch> {
  const selected = map.triangles && IdSet.attach(map.triangles);
  const share = cacheBytes / 4;
  // Without the set of vertices, corners remain ids of the database.
  const mapper = new RowMapper({ ...map, vertices: undefined }, share);
  const gather = {
    positions: new Gatherer(sources.positions, share),
    colors: sources.colors && new Gatherer(sources.colors, share),
    normals: sources.normals && new Gatherer(sources.normals, share),
  };
  for (const batch of triangles) {
    const ids = words === undefined || selected === undefined ? batch.ids : keepIds(batch, selected);
    const { count, corners, colors } = mapper.triangles(batch);
    if (count === 0) continue;
    const { positions, ...content } = mapper.vertices({
      count: 3 * count,
      ids: corners,
      positions: gather.positions.rows(corners, 3 * count),
      colors: gather.colors?.rows(corners, 3 * count),
      normals: gather.normals?.rows(corners, 3 * count),
    });
    yield {
      count,
      positions,
      colors,
      vertexColors: content.colors,
      vertexNormals: content.normals,
      attributes: words?.find(ids, count),
    };
  }
}

/** Collects rows by number. */
class Gatherer {
  private readonly cache: RowCache;
  private values = new Float64Array(0);

  constructor(
    private readonly source: RowSource,
    cacheBytes: number,
  ) {
    this.cache = new RowCache(source, cacheBytes);
  }

  /** Returns the rows of the first `count` ids, one after the other; valid until the next call. */
  rows(ids: Float64Array, count: number): Float64Array {
    const { cache } = this;
    const { width } = this.source;
    if (this.values.length < width * count) this.values = new Float64Array(width * count);
    const { values } = this;
    for (let k = 0, at = 0; k < count; k++, at += width) {
      const from = cache.locate(ids[k]!);
      for (let d = 0; d < width; d++) values[at + d] = cache.values[from + d]!;
    }
    return values;
  }
}

/** The ids of a batch that are in a set. */
function keepIds({ count, ids }: Rows, set: IdSet): Float64Array {
  return ids.subarray(0, count).filter((id) => set.has(id));
}
