/**
 * Hands out triangles with the positions of their corners, in id order: from a cache of pages, or, where triangles stand
 * in no order of place, so that pages would be read again and again, from spill files.
 */

import type { IdSet } from '../../collections/id-set.js';
import { RowCache } from '../../collections/row-cache.js';
import type { SpillFiles } from '../../collections/spill-file.js';
import { runSteps } from '../../collections/steps.js';
import type { Rows } from '../../database/pages/leaf-decoder.js';
import {
  CachedPositions,
  type CornerPositions,
  SequentialPositions,
} from '../../database/rows/corner-positions.js';
import type { MeshRows } from '../../database/rows/selection.js';
import type { TriangleBatch } from '../../mesh.js';
import { forecastSpills } from '../run/forecast.js';
import { MissWatch } from '../run/miss-watch.js';
import type { RunOptions } from '../run/progress.js';

/** Bytes of positions for each triangle that is asked about, its neighbours included. */
const POSITIONS_BYTES = 144;
/** The part of a sequential scan's time that is over when positions are at hand. */
const GATHERING_SHARE = 0.7;

/** Takes batches of triangles, each of which asks for the positions of its own in turn. */
export interface CornerConsumer {
  take(batch: TriangleBatch & Rows): void;
}

interface CornerScanOptions {
  /** Memory for positions: so many bytes, or an arena that is lent until the end. */
  readonly bytes: number | ArrayBuffer;
  readonly onNote?: ((note: string) => void) | undefined;
  /** Told what disk space it will need where positions go by way of spill files. */
  readonly onForecast?: RunOptions['onForecast'];
}

export class CornerScan {
  constructor(
    private readonly rows: MeshRows,
    /** The triangles that are asked about, sealed; all unless given. */
    private readonly asked: IdSet | undefined,
    private readonly files: SpillFiles,
    /** Awaited after each step with the share that is done, from 0 to 1; it may throw to end the scan. */
    private readonly onStep: (share: number) => Promise<void>,
    private readonly options: CornerScanOptions,
  ) {}

  /**
   * Gives all triangles to a consumer. It may be given up and another one begun with the first triangle; the last one
   * has had them all, and is returned.
   */
  async run<T extends CornerConsumer>(begin: (positions: CornerPositions) => T): Promise<T> {
    return (await this.runCached(begin)) ?? (await this.runSequentially(begin));
  }

  /** Memory that is of use for positions, of so many bytes: what few triangles do not need would be garbage soon. */
  static usefulBytes(bytes: number, triangles: number, threads = 1): number {
    return Math.min(bytes, POSITIONS_BYTES * triangles * threads + 2 ** 20);
  }

  /** Tells whether positions are missed too often. */
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

  /** The same with positions by way of spill files. Throws FileError where the disk has no room for these. */
  async runSequentially<T extends CornerConsumer>(begin: (positions: CornerPositions) => T): Promise<T> {
    const { rows, asked, onStep } = this;
    const { bytes, onNote, onForecast } = this.options;
    onNote?.('triangles stand in no order of place: positions are looked up in sequence');
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
