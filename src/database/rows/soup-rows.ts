/**
 * Selected triangles with the positions, colors and normals of their corners, which are looked up in caches of rows.
 */
import { IdSet } from '../../collections/id-set.js';
import { RowCache, type RowSource } from '../../collections/row-cache.js';
import type { CornerBatch, TriangleBatch } from '../../mesh.js';
import type { Rows } from '../pages/leaf-decoder.js';
import type { WordColumn } from './attribute-rows.js';
import type { AttributeWords } from './attribute-words.js';
import { SequentialPositions } from './corner-positions.js';
import { type RowMap, RowMapper } from './row-mapper.js';

/** The rows of vertices by id; undefined for what is not requested. */
export interface CornerSources {
  readonly positions: RowSource | SequentialPositions;
  readonly colors: RowSource | undefined;
  readonly normals: RowSource | undefined;
}

/** Yields the triangles, and closes sequential positions at the end; {@link SoupMapper} explains `cacheBytes`. */
export function* soupRows(
  triangles: Iterable<TriangleBatch & Rows>,
  sources: CornerSources,
  map: RowMap,
  cacheBytes: number,
  words: AttributeWords | WordColumn | undefined,
): Generator<CornerBatch> {
  const selected = map.triangles && IdSet.attach(map.triangles);
  const mapper = new SoupMapper(sources, map, cacheBytes);
  try {
    for (const batch of triangles) {
      const mapped = mapper.map(batch);
      const { count } = mapped;
      if (count === 0) continue;
      if (words === undefined) {
        yield mapped;
      } else {
        const ids = selected === undefined ? batch.ids : keepIds(batch, selected);
        yield { ...mapped, attributes: words.find(ids, count) };
      }
    }
  } finally {
    if (sources.positions instanceof SequentialPositions) sources.positions.close();
  }
}

/** Maps triangles to those with positions. */
export class SoupMapper {
  private readonly mapper: RowMapper;
  private readonly positions: Gatherer | SequentialGatherer;
  private readonly colors: Gatherer | undefined;
  private readonly normals: Gatherer | undefined;

  /** `cacheBytes` covers labels and rows of vertices. If they do not fit, triangles in no spatial order read many pages. */
  constructor({ positions, colors, normals }: CornerSources, map: RowMap, cacheBytes: number) {
    const rows = [map.labels, positions, colors, normals].filter((some) => some !== undefined);
    const share = cacheBytes / rows.length;
    // Without the set of vertices, corners remain ids of the database.
    this.mapper = new RowMapper({ ...map, vertices: undefined }, share);
    this.positions =
      positions instanceof SequentialPositions
        ? new SequentialGatherer(positions)
        : new Gatherer(positions, share);
    this.colors = colors && new Gatherer(colors, share);
    this.normals = normals && new Gatherer(normals, share);
  }

  /** Keeps the selected ones of these triangles; the result is valid until the next call. */
  map(batch: TriangleBatch & Rows): CornerBatch {
    const { count, corners, colors } = this.mapper.triangles(batch);
    const content = this.mapper.vertices({
      count: 3 * count,
      ids: corners,
      positions: this.positions.rows(corners, 3 * count),
      colors: this.colors?.rows(corners, 3 * count),
      normals: this.normals?.rows(corners, 3 * count),
    });
    const { positions, colors: vertexColors, normals: vertexNormals } = content;
    return { count, positions, colors, vertexColors, vertexNormals };
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

/** Collects positions that were looked up in the order of the corners. */
class SequentialGatherer {
  private values = new Float64Array(0);
  private readonly triangle = new Float64Array(9);

  constructor(private readonly positions: SequentialPositions) {}

  /** Returns positions like {@link Gatherer.rows}. */
  rows(_ids: Float64Array, count: number): Float64Array {
    if (this.values.length < 3 * count) this.values = new Float64Array(3 * count);
    const { values, triangle } = this;
    for (let at = 0; at < 3 * count; at += 9) {
      this.positions.copyNext(0, 0, 0, triangle);
      values.set(triangle, at);
    }
    return values;
  }
}

/** The ids of a batch that are in a set. */
function keepIds({ count, ids }: Rows, set: IdSet): Float64Array {
  return ids.subarray(0, count).filter((id) => set.has(id));
}
