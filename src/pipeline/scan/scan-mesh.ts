/**
 * Scans for a filtered export: which triangles meet the conditions evaluated here, and which vertices they use. Positions
 * come from pages, in threads if there are enough triangles, or from spill files if pages would be read repeatedly.
 */

import type { SpillFiles } from '../../collections/spill-file.js';
import type { CornerPositions } from '../../database/rows/corner-positions.js';
import type { MeshRows } from '../../database/rows/selection.js';
import { type ScanPlan, type ScanSets, TriangleScan } from '../../filter/triangle-scan.js';
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

  /** Fills the sets of triangles and vertices. `candidates` are sealed. */
  async run(plan: ScanPlan, sets: ScanSets): Promise<void> {
    const { threads, positionsBytes, onNote, onForecast } = this.options;
    const onStep = (share: number) => this.pace.pauseAt('filter', share);
    const scan = new CornerScan(this.rows, sets.candidates, this.files, onStep, {
      bytes: positionsBytes,
      onNote,
      onForecast,
    });
    const begin = (positions: CornerPositions) => new TriangleScan(plan, sets, positions);
    const isDone = threads > 0 ? await this.scanInThreads(plan, sets, scan.watch()) : undefined;
    if (isDone === true) return;
    if (isDone === undefined) {
      await scan.run(begin);
      return;
    }
    await this.pool.stop();
    await scan.runSequentially(begin);
  }

  /**
   * Scans with positions from pages, in threads. Returns false if it stops early because too many triangles would read a
   * page for each corner, and undefined if there are no pages. The sets keep what it has found.
   */
  private async scanInThreads(
    plan: ScanPlan,
    sets: ScanSets,
    watch: MissWatch,
  ): Promise<boolean | undefined> {
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
    for await (const reply of scanInThreads(pages, options, this.pool, threads)) {
      done += reply.rows;
      pace.tell('filter', done, asked);
      if (watch.isTooMuch(reply.rows, reply.misses)) return false;
    }
    return true;
  }
}
