/**
 * A thread that measures a mesh, as the main thread would: area and volume, and the facts about all triangles of three
 * vertices as if they were one closed shell, until the main thread finds that they are not.
 */
import { RowCache } from '../../../collections/row-cache.js';
import { type SharedFile, TableReader } from '../../../database/pages/table-reader.js';
import { CachedPositions, MISSES_MAX } from '../../../database/rows/corner-positions.js';
import { checkCorners } from '../../../database/rows/row-ids.js';
import type { TableLeaves } from '../../../database/rows/table-leaves.js';
import { PagedVertexRows } from '../../../database/rows/vertex-rows.js';
import { Measures, type MeshTotals, type Origin } from '../../../topology/measures.js';
import { ShellTable } from '../../../topology/shell-table.js';
import type { Home, Work } from './protocol.js';

/** Triangles between two checks of the misses. */
const WATCH_TRIANGLES = 2 ** 16;

export interface MeasureOptions {
  readonly file: SharedFile;
  /** The root page of the triangles. */
  readonly rootPage: number;
  readonly vertexLeaves: TableLeaves;
  /** See {@link Measures}. */
  readonly origin: Origin;
  /** One word of shared memory: 1 if the mesh is not a closed shell. */
  readonly isOpen: Int32Array;
  /** Size of the cache for positions. */
  readonly cacheBytes: number;
}

/** The results; undefined if triangles are in no spatial order, so that the cache does not help. */
export type MeasureReply =
  | {
      readonly totals: MeshTotals;
      /** The memory of a {@link ShellTable} of one shell, unless the mesh is open. */
      readonly shell: ArrayBuffer | undefined;
    }
  | undefined;

export function begin(options: MeasureOptions, home: Home<MeasureReply>): Work<'measure'> {
  const { file, rootPage, vertexLeaves, origin, isOpen, cacheBytes } = options;
  return {
    handle() {
      const reader = TableReader.attach(file);
      const cache = new RowCache(new PagedVertexRows(reader, vertexLeaves), cacheBytes);
      const positions = new CachedPositions(cache);
      let watched = 0;
      const measures = new Measures(origin);
      const shell = new ArrayBuffer(ShellTable.SHELL_BYTES);
      let table: ShellTable | undefined = new ShellTable(1, shell);
      const t = new Float64Array(9);
      for (const batch of reader.triangles(rootPage)) {
        home.checkStop();
        if (Atomics.load(isOpen, 0) === 1) table = undefined;
        checkCorners(batch, vertexLeaves.count, file.path);
        const { count, ids, corners } = batch;
        for (let k = 0; k < count; k++) {
          const a = corners[3 * k]!;
          const b = corners[3 * k + 1]!;
          const c = corners[3 * k + 2]!;
          positions.copyNext(a, b, c, t);
          measures.add(t);
          if (table !== undefined && a !== b && b !== c && c !== a) table.add(0, ids[k]!, t);
        }
        watched += count;
        if (watched < WATCH_TRIANGLES) continue;
        if (cache.misses > MISSES_MAX * watched) return home.send(undefined);
        watched = 0;
        cache.misses = 0;
      }
      const { area, volume, volumeFromZero } = measures;
      home.send({ totals: { area, volume, volumeFromZero }, shell: table && shell });
    },
    // The main thread closes the file.
    close: () => undefined,
  };
}
