/**
 * Scans for a filtered export: which triangles meet the conditions evaluated here, and which vertices they use. Positions
 * come from pages, in threads if there are enough triangles, or from spill files if pages would be read repeatedly.
 */

import type { SpillFiles } from '../../collections/spill-file.js';
import type { CornerPositions } from '../../database/rows/corner-positions.js';
import type { MeshRows } from '../../database/rows/selection.js';
import {
  emptyBounds,
  extend,
  type ScanPlan,
  type ScanSets,
  TriangleScan,
} from '../../filter/triangle-scan.js';
import type { MissWatch } from '../run/miss-watch.js';
import type { Pace } from '../run/pace.js';
import type { RunOptions } from '../run/progress.js';
import { scanInThreads } from '../threads/scan-threads.js';
import type { ThreadPool } from '../threads/thread.js';
import { CornerScan } from './scan-corners.js';

interface MeshScanOptions {
  /** The number of threads; 0 uses only the main thread. */
  readonly threads: number;
  /** Memory for positions, in bytes. */
  readonly positionsBytes: number;
  readonly onNote?: ((note: string) => void) | undefined;
  readonly onForecast?: RunOptions['onForecast'];
}

export class MeshScan {
  constructor(
    private readonly rows: MeshRows,
    private readonly pool: ThreadPool,
    private readonly files: SpillFiles,
    private readonly pace: Pace,
    private readonly options: MeshScanOptions,
  ) {}

  /**
   * Fills the sets of triangles and vertices. `candidates` are sealed. Returns the bounds of the triangles if the plan finds
   * them, infinite for none.
   */
  async run(plan: ScanPlan, sets: ScanSets): Promise<Float64Array | undefined> {
    const { threads, positionsBytes, onNote, onForecast } = this.options;
    const onStep = (share: number) => this.pace.pauseAt('filter', share);
    const scan = new CornerScan(this.rows, sets.candidates, this.files, onStep, {
      bytes: positionsBytes,
      onNote,
      onForecast,
    });
    const begin = (positions: CornerPositions) => new TriangleScan(plan, sets, positions);
    const found = threads > 0 ? await this.scanInThreads(plan, sets, scan.watch()) : undefined;
    if (found === undefined) return (await scan.run(begin)).bounds;
    if (found.isDone) return found.bounds;
    await this.pool.stop();
    return (await scan.runSequentially(begin)).bounds;
  }

  /**
   * Scans with positions from pages, in threads. It is not done if it stops early because too many triangles would read a
   * page for each corner. Returns undefined if there are no pages. The sets keep what it has found.
   */
  private async scanInThreads(
    plan: ScanPlan,
    sets: ScanSets,
    watch: MissWatch,
  ): Promise<{ readonly isDone: boolean; readonly bounds?: Float64Array | undefined } | undefined> {
    const { rows, pace } = this;
    const { threads, positionsBytes } = this.options;
    const { candidates, triangles, vertices } = sets;
    const asked = candidates?.size ?? rows.triangleRange;
    const vertexLeaves = rows.vertexLeaves();
    const pages = rows.pages({ triangles: candidates });
    if (pages === undefined || vertexLeaves === undefined) return undefined;
    const options = {
      plan,
      vertexLeaves,
      candidates: candidates?.share(),
      triangles: triangles.share(),
      vertices: vertices.share(),
      cacheBytes: CornerScan.usefulBytes(positionsBytes, asked, threads) / threads,
    };
    let done = 0;
    let bounds: Float64Array | undefined;
    for await (const reply of scanInThreads(pages, options, this.pool, threads)) {
      done += reply.rows;
      pace.tell('filter', done, asked);
      if (reply.bounds !== undefined) {
        bounds ??= emptyBounds();
        extend(bounds, reply.bounds, 0, 6);
      }
      if (watch.isTooMuch(reply.rows, reply.misses)) return { isDone: false };
    }
    return { isDone: true, bounds };
  }
}
