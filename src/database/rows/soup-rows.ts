/** Selected triangles with the positions of their corners, which are looked up in a cache of vertex pages. */
import { RowCache, type RowSource } from '../../collections/row-cache.js';
import { Transform } from '../../geometry/transform.js';
import type { CornerBatch, TriangleBatch } from '../../mesh.js';
import type { Rows } from '../pages/leaf-decoder.js';
import { type RowMap, RowMapper } from './row-mapper.js';

/** Yields the triangles; `cacheBytes` covers positions and labels. Without a spatial order, each reads a page. */
export function* soupRows(
  triangles: Iterable<TriangleBatch & Rows>,
  positions: RowSource,
  map: RowMap,
  cacheBytes: number,
): Generator<CornerBatch> {
  // Without the set of vertices, corners remain ids of the database.
  const mapper = new RowMapper({ ...map, vertices: undefined }, cacheBytes / 2);
  const cache = new RowCache(positions, cacheBytes / 2);
  const transform = new Transform(map.transform);
  let soup = new Float64Array(0);
  for (const batch of triangles) {
    const { count, corners, colors } = mapper.triangles(batch);
    if (count === 0) continue;
    if (soup.length < 9 * count) soup = new Float64Array(9 * count);
    for (let k = 0; k < 3 * count; k++) {
      const from = cache.locate(corners[k]!);
      for (let d = 0; d < 3; d++) soup[3 * k + d] = cache.values[from + d]!;
    }
    if (map.transform.length > 0) transform.apply(soup, 3 * count);
    yield { count, positions: soup, colors };
  }
}
