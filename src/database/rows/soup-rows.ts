/** Selected triangles with the positions of their corners, which are looked up in a cache of vertex pages. */
import { IdSet } from '../../collections/id-set.js';
import { RowCache, type RowSource } from '../../collections/row-cache.js';
import { Transform } from '../../geometry/transform.js';
import type { CornerBatch, TriangleBatch } from '../../mesh.js';
import type { Rows } from '../pages/leaf-decoder.js';
import type { AttributeWords } from './attribute-words.js';
import type { PartRuns } from './part-runs.js';
import { type RowMap, RowMapper } from './row-mapper.js';

/** What triangles come with; undefined if it is not requested. */
interface Extras {
  readonly words: AttributeWords | undefined;
  readonly runs: PartRuns | undefined;
}

/** `cacheBytes` is for the positions and the labels together. Triangles in no order of place take a page each. */
export function* soupRows(
  triangles: Iterable<TriangleBatch & Rows>,
  positions: RowSource,
  map: RowMap,
  cacheBytes: number,
  { words, runs }: Extras,
): Generator<CornerBatch> {
  const selected = map.triangles && IdSet.attach(map.triangles);
  // Without the set of vertices corners stay ids of the database.
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
    const whole: CornerBatch = { count, positions: soup, colors };
    if (words === undefined && runs === undefined) {
      yield whole;
      continue;
    }
    const ids = selected === undefined ? batch.ids : keepIds(batch, selected);
    const full: CornerBatch = { ...whole, attributes: words?.find(ids, count) };
    if (runs === undefined) yield full;
    else yield* divide(full, ids, runs);
  }
}

/** The ids of a batch that are in a set. */
function keepIds({ count, ids }: Rows, set: IdSet): Float64Array {
  return ids.subarray(0, count).filter((id) => set.has(id));
}

/** Divides a batch by part; it has the triangles `ids`. */
function* divide(batch: CornerBatch, ids: Float64Array, runs: PartRuns): Generator<CornerBatch> {
  const { count, positions, colors, attributes } = batch;
  for (let from = 0, to = 0; from < count; from = to) {
    const { last, part } = runs.find(ids[from]!);
    while (to < count && ids[to]! <= last) to++;
    yield {
      count: to - from,
      positions: positions.subarray(9 * from, 9 * to),
      colors: colors?.subarray(4 * from, 4 * to),
      attributes: attributes?.subarray(from, to),
      part,
    };
  }
}
