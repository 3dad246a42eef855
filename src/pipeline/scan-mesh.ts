/**
 * The scan of a filtered export: which triangles fulfil the conditions that are evaluated here, and which vertices those
 * use. Positions come from pages, in threads where there are enough triangles, or from spill files where pages would be
 * read again and again.
 */
import { CachedPositions, SequentialPositions } from '../database/filter/corner-positions.js';
import { RowCache } from '../database/filter/row-cache.js';
import { type ScanPlan, type ScanSets, TriangleScan } from '../database/filter/triangle-scan.js';
import type { MeshRows } from '../database/selection.js';
import type { SpillFiles } from '../io/spill-file.js';
import type { Pace } from './pace.js';
import { scanInThreads } from './threads/scan-threads.js';
import type { ThreadPool } from './threads/thread.js';

/** The part of the free memory that positions may take. */
const CACHE_SHARE = 0.9;
/** Bytes of positions for each triangle that is asked about, its neighbours included. */
const POSITIONS_BYTES = 144;
/**
 * Misses of the cache for each triangle beyond which positions are looked up in sequence: a miss reads a page and takes
 * some 25 us, and a look-up of three corners 2.
 */
const MISSES_MAX = 0.05;
/** Triangles between two looks at how many misses there were. */
const WATCH_TRIANGLES = 2 ** 16;
/** To read all vertices in sequence takes as long as a miss for one in so many. */
const VERTICES_A_MISS = 500;
/** The part of a sequential scan's time that is over when positions are at hand. */
const GATHERING_SHARE = 0.7;

export interface MeshScanOptions {
  /** How many threads there are for it: 0 where the main one does it. */
  readonly threads: number;
  /** Memory for positions, in bytes. */
  readonly freeBytes: number;
  readonly onNote?: ((note: string) => void) | undefined;
}

export class MeshScan {
  constructor(
    private readonly rows: MeshRows,
    private readonly pool: ThreadPool,
    private readonly files: SpillFiles,
    private readonly pace: Pace,
    private readonly options: MeshScanOptions,
  ) {}

  /** Fills the sets of triangles and vertices. `candidates` are sealed. */
  async run(plan: ScanPlan, sets: ScanSets): Promise<void> {
    if (await this.scanPages(plan, sets)) return;
    this.options.onNote?.('triangles stand in no order of place: positions are looked up in sequence');
    await this.pool.stop();
    await this.scanSequentially(plan, sets);
  }

  /**
   * Scans with positions from pages; false where that is given up, since too many triangles would take a page for each
   * corner. What was found by then stays found.
   */
  private async scanPages(plan: ScanPlan, sets: ScanSets): Promise<boolean> {
    const { rows, pace } = this;
    const { threads, freeBytes } = this.options;
    const { candidates, triangles, vertices } = sets;
    const asked = candidates?.size ?? rows.triangleRange;
    const watch = new MissWatch(asked * VERTICES_A_MISS > rows.vertexRange);
    const leaves = rows.vertexLeaves();
    const pages = rows.pages({ triangles: candidates });
    // Memory that few triangles have no use for would still be collected as garbage.
    const usefulBytes = POSITIONS_BYTES * asked * Math.max(1, threads) + 2 ** 20;
    const cacheBytes = Math.min(CACHE_SHARE * freeBytes, usefulBytes);
    if (threads > 0 && pages !== undefined && leaves !== undefined) {
      const options = {
        plan,
        vertexLeaves: leaves,
        candidates: candidates?.share(),
        triangles: triangles.share(),
        vertices: vertices.share(),
        cacheBytes: cacheBytes / threads,
      };
      let done = 0;
      for await (const reply of scanInThreads(pages, options, this.pool, threads)) {
        done += reply.rows;
        pace.tell('filter', done, asked);
        if (watch.isTooMuch(reply.rows, reply.misses)) return false;
      }
      return true;
    }
    const cache = new RowCache(rows.positions(leaves), cacheBytes);
    const scan = new TriangleScan(plan, sets, new CachedPositions(cache));
    for (const batch of rows.cornersOf(candidates)) {
      const before = cache.misses;
      scan.take(batch);
      await pace.pause('filter', batch.ids[batch.count - 1]!, rows.triangleRange);
      if (watch.isTooMuch(batch.count, cache.misses - before)) return false;
    }
    return true;
  }

  /** Scans anew, with positions by way of spill files. */
  private async scanSequentially(plan: ScanPlan, sets: ScanSets): Promise<void> {
    const { rows, pace } = this;
    const total = rows.triangleRange;
    const arena = new ArrayBuffer(8 * Math.floor((CACHE_SHARE * this.options.freeBytes) / 8));
    const gathering = SequentialPositions.gather(rows, sets.candidates, arena, this.files);
    let step = gathering.next();
    for (; !step.done; step = gathering.next()) {
      await pace.pause('filter', Math.round(GATHERING_SHARE * step.value * total), total);
    }
    const positions = step.value;
    const scan = new TriangleScan(plan, sets, positions);
    for (const batch of rows.cornersOf(sets.candidates)) {
      scan.take(batch);
      const share = GATHERING_SHARE + ((1 - GATHERING_SHARE) * batch.ids[batch.count - 1]!) / total;
      await pace.pause('filter', Math.round(share * total), total);
    }
    positions.close();
  }
}

/** Tells when positions are missed too often. */
class MissWatch {
  private rows = 0;
  private misses = 0;

  /** It never tells unless there are so many triangles that another way would be quicker. */
  constructor(private readonly isUsed: boolean) {}

  /** Takes what the next triangles have come to. */
  isTooMuch(rows: number, misses: number): boolean {
    this.rows += rows;
    this.misses += misses;
    if (this.rows < WATCH_TRIANGLES) return false;
    const isTooMuch = this.isUsed && this.misses > MISSES_MAX * this.rows;
    this.rows = 0;
    this.misses = 0;
    return isTooMuch;
  }
}
