/** A thread that finds the triangles in leaf pages that match a filter. */

import { IdSet, type SharedIdSet } from '../../../collections/id-set.js';
import { RowCache } from '../../../collections/row-cache.js';
import { ROW_KINDS } from '../../../database/pages/leaf-decoder.js';
import { type SharedFile, TableReader } from '../../../database/pages/table-reader.js';
import { CachedPositions } from '../../../database/rows/corner-positions.js';
import { checkCorners } from '../../../database/rows/row-ids.js';
import type { TableLeaves } from '../../../database/rows/table-leaves.js';
import { PagedVertexRows } from '../../../database/rows/vertex-rows.js';
import { type ScanPlan, TriangleScan } from '../../../filter/triangle-scan.js';
import type { Home, Work } from './protocol.js';

export interface ScanOptions {
  readonly file: SharedFile;
  readonly plan: ScanPlan;
  readonly vertexLeaves: TableLeaves;
  readonly candidates: SharedIdSet | undefined;
  readonly triangles: SharedIdSet;
  readonly vertices: SharedIdSet;
  /** Size of the cache for positions that are looked up. */
  readonly cacheBytes: number;
}

/** Leaf pages of triangles. */
export type ScanRequest = readonly number[];

/**
 * The number of triangles scanned and of cache misses, and the bounds of what the thread has found so far; the sets hold the
 * triangles found.
 */
export interface ScanReply {
  readonly rows: number;
  readonly misses: number;
  readonly bounds: Float64Array | undefined;
}

export function begin(options: ScanOptions, home: Home<ScanReply>): Work<ScanRequest> {
  const { file, plan, vertexLeaves, candidates, triangles, vertices, cacheBytes } = options;
  const sets = {
    candidates: candidates && IdSet.attach(candidates),
    triangles: IdSet.attach(triangles),
    vertices: IdSet.attach(vertices),
  };
  const reader = TableReader.attach(file);
  const cache = new RowCache(new PagedVertexRows(reader, vertexLeaves), cacheBytes);
  const scan = new TriangleScan(plan, sets, new CachedPositions(cache));
  const decoder = reader.decoder(ROW_KINDS.triangles);
  const window = reader.window();

  return {
    handle(leaves) {
      let rows = 0;
      const before = cache.misses;
      decoder.expectAny();
      for (const { number, page } of reader.read(leaves, window)) {
        decoder.decode(number, page, sets.candidates);
        const { count, ids, values } = decoder.rows();
        decoder.count = 0;
        const batch = { count, ids, corners: values };
        if (decoder.largest >= vertexLeaves.count) checkCorners(batch, vertexLeaves.count, file.path);
        scan.take(batch);
        rows += count;
      }
      home.send({ rows, misses: cache.misses - before, bounds: scan.bounds });
    },
    // The main thread closes the file.
    close: () => undefined,
  };
}
