/**
 * Yields triangles with the positions of their corners, in id order. Positions come from a cache of pages or, if triangles
 * are in no spatial order and pages would be read repeatedly, from spill files.
 */

import type { IdSet } from '../../collections/id-set.js';
import { RowCache, type RowSource } from '../../collections/row-cache.js';
import type { SpillFiles } from '../../collections/spill-file.js';
import { runSteps } from '../../collections/steps.js';
import type { Rows } from '../../database/pages/leaf-decoder.js';
import {
  CachedPositions,
  type CornerPositions,
  type LookedUpRows,
  SequentialPositions,
} from '../../database/rows/corner-positions.js';
import type { TableLeaves } from '../../database/rows/table-leaves.js';
import type { TriangleBatch } from '../../mesh.js';
import { forecastSpills } from '../run/forecast.js';
import { MissWatch } from '../run/miss-watch.js';
import type { RunOptions } from '../run/progress.js';

/** Bytes of positions for each requested triangle, including its neighbors. */
const POSITIONS_BYTES = 144;
/** The share of a sequential scan's time until positions are available. */
const GATHERING_SHARE = 0.7;

/** The rows of a mesh, in a database or elsewhere. */
export interface ScannedRows extends LookedUpRows {
  vertexLeaves(): TableLeaves | undefined;
  /** Returns a source of positions by id, in these leaves if there are any. */
  positions(leaves: TableLeaves | undefined): RowSource;
}

/** Takes batches of triangles; for each triangle in turn, it requests the positions of the corners. */
export interface CornerConsumer {
  take(batch: TriangleBatch & Rows): void;
}

interface CornerScanOptions {
  /** Memory for positions: a number of bytes, or an arena that is lent until the end. */
  readonly bytes: number | ArrayBuffer;
  readonly onNote?: ((note: string) => void) | undefined;
  /** Receives the disk space needed if positions go through spill files. */
  readonly onForecast?: RunOptions['onForecast'];
}

export class CornerScan {
  constructor(
    private readonly rows: ScannedRows,
    /** The requested triangles, sealed (default: all). */
    private readonly asked: IdSet | undefined,
    private readonly files: SpillFiles,
    /** Awaited after each step with the share that is done, from 0 to 1; it may throw to end the scan. */
    private readonly onStep: (share: number) => Promise<void>,
    private readonly options: CornerScanOptions,
  ) {}

  /**
   * Passes all triangles to a consumer. If the scan starts over, it drops the consumer and begins another; the returned
   * consumer has received all triangles.
   */
  async run<T extends CornerConsumer>(begin: (positions: CornerPositions) => T): Promise<T> {
    return (await this.runCached(begin)) ?? (await this.runSequentially(begin));
  }

  /** Limits `bytes` to the memory that this many triangles can use for positions; the rest would soon be garbage. */
  static usefulBytes(bytes: number, triangles: number, threads = 1): number {
    return Math.min(bytes, POSITIONS_BYTES * triangles * threads + 2 ** 20);
  }

  /** Creates a watch that detects too many misses of positions. */
  watch(): MissWatch {
    const { rows, asked } = this;
    return new MissWatch(asked?.size ?? rows.triangleRange, rows.vertexRange);
  }

  private async runCached<T extends CornerConsumer>(
    begin: (positions: CornerPositions) => T,
  ): Promise<T | undefined> {
    const { rows, asked, onStep, options } = this;
    const memory =
      typeof options.bytes === 'number'
        ? CornerScan.usefulBytes(options.bytes, asked?.size ?? rows.triangleRange)
        : options.bytes;
    const cache = new RowCache(rows.positions(rows.vertexLeaves()), memory);
    const watch = this.watch();
    const consumer = begin(new CachedPositions(cache));
    for (const batch of rows.cornersOf(asked)) {
      const before = cache.misses;
      consumer.take(batch);
      await onStep(batch.ids[batch.count - 1]! / rows.triangleRange);
      if (watch.isTooMuch(batch.count, cache.misses - before)) return undefined;
    }
    return consumer;
  }

  /** Scans with positions from spill files. Throws FileError if the disk has no room for them. */
  async runSequentially<T extends CornerConsumer>(begin: (positions: CornerPositions) => T): Promise<T> {
    const { rows, asked, onStep } = this;
    const { bytes, onNote, onForecast } = this.options;
    onNote?.('triangles are in no spatial order: positions are looked up in sequence');
    const total = rows.triangleRange;
    const arena = typeof bytes === 'number' ? new ArrayBuffer(8 * Math.floor(bytes / 8)) : bytes;
    const needed = SequentialPositions.bytesOf(rows, asked?.size ?? total, arena.byteLength);
    forecastSpills(this.files.folder, [{ what: 'positions of corners', bytes: needed }], { onForecast });
    const gathering = SequentialPositions.gather(rows, asked, arena, this.files);
    const positions = await runSteps(gathering, (share) => onStep(GATHERING_SHARE * share));
    const consumer = begin(positions);
    for (const batch of rows.cornersOf(asked)) {
      consumer.take(batch);
      await onStep(GATHERING_SHARE + ((1 - GATHERING_SHARE) * batch.ids[batch.count - 1]!) / total);
    }
    positions.close();
    return consumer;
  }
}
