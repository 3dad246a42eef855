/**
 * How the positions of a selection's corners are found: in a cache of rows or, if triangles are in no spatial order and the
 * cache does not hold all vertices, by sequential lookups.
 */
import { IdSet } from '../../collections/id-set.js';
import { RowCache, type RowSource } from '../../collections/row-cache.js';
import type { SpillFiles } from '../../collections/spill-file.js';
import type { TriangleBatch } from '../../mesh.js';
import { type LookedUpRows, MISSES_MAX, SequentialPositions } from './corner-positions.js';
import { type RowMap, RowMapper } from './row-mapper.js';

/** Bytes of a position in a cache, with what the cache keeps for it. */
const POSITION_BYTES = 25;
/** Triangles that show whether a mesh is in spatial order, and how many of them are judged at a time. */
const SAMPLE = 2 ** 18;
/** Where the sample begins, as a share of all triangles. */
const SAMPLE_AT = 0.75;
const STRETCH = 2 ** 14;

export class CornerLookup {
  private sequential: SequentialPositions | undefined;

  constructor(
    private readonly rows: LookedUpRows,
    /** Opens a source of positions by id. */
    private readonly openPositions: () => RowSource,
    private readonly map: RowMap,
    private readonly triangleCount: number,
    private readonly cacheBytes: number,
  ) {}

  /**
   * Whether too many triangles would read a page with a cache of `cacheBytes` (default: that of the selection). A sample of
   * triangles decides.
   */
  isScattered(cacheBytes: number = this.cacheBytes): boolean {
    const { rows } = this;
    if (POSITION_BYTES * rows.vertexRange <= cacheBytes || this.triangleCount < SAMPLE) return false;
    const cache = new RowCache(this.openPositions(), cacheBytes);
    let misses = 0;
    let count = 0;
    for (const batch of rows.cornersOf(this.sample())) {
      for (let k = 0; k < 3 * batch.count; k++) cache.locate(batch.corners[k]!);
      count += batch.count;
      if (count < STRETCH) continue;
      if (cache.misses - misses > MISSES_MAX * count) return true;
      count = 0;
      misses = cache.misses;
    }
    return false;
  }

  /** Returns the bytes of disk for {@link prepare}. */
  get spillBytes(): number {
    return SequentialPositions.bytesOf(this.rows, this.triangleCount, this.arenaBytes);
  }

  /** Looks up all positions in sequence, for the next pass over the corners. Yields the progress, from 0 to 1. */
  *prepare(files: SpillFiles): Generator<number, void> {
    const arena = new ArrayBuffer(this.arenaBytes);
    this.sequential = yield* SequentialPositions.gather(this.rows, this.asked(), arena, files, this.mapped());
  }

  /** Returns the positions that were looked up, once. */
  take(): SequentialPositions | undefined {
    const { sequential } = this;
    this.sequential = undefined;
    return sequential;
  }

  private get arenaBytes(): number {
    // Labels are looked up at the same time.
    const share = this.map.labels === undefined ? 1 : 2;
    return 8 * Math.floor(this.cacheBytes / share / 8);
  }

  /** The triangles of a sample. Vertices are numbered as they appear, so only late triangles show an order without places. */
  private sample(): IdSet {
    const { triangleRange } = this.rows;
    const set = IdSet.create(triangleRange);
    const first = Math.floor(SAMPLE_AT * triangleRange);
    set.addRange(first, first + SAMPLE - 1);
    const asked = this.asked();
    if (asked !== undefined) set.intersect(asked);
    return set;
  }

  private asked(): IdSet | undefined {
    return this.map.triangles && IdSet.attach(this.map.triangles);
  }

  /** Yields the triangles as soup has them: turned, welded and flipped. */
  private *mapped(): Generator<TriangleBatch> {
    const mapper = new RowMapper({ ...this.map, vertices: undefined }, this.cacheBytes / 2);
    for (const batch of this.rows.cornersOf(this.asked())) yield mapper.triangles(batch);
  }
}
