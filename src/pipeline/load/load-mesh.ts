/** Loads a planned source, from an empty or a resumed database to a complete one. */
import { type LoadTally, MeshLoad } from '../../database/build/mesh-load.js';
import { completeDatabase } from '../../database/build/new-database.js';
import type { CompressionId } from '../../io/compression/compression.js';
import { setFileMode } from '../../io/disk.js';
import type { Precision, Warning } from '../../mesh.js';
import type { IndexedRecord } from '../../weld/sinks.js';
import { completeInThread } from '../threads/complete-thread.js';
import { loadRecord } from './import-state.js';
import { IndexWatch } from './index-watch.js';
import type { LoadPlan } from './load-plan.js';
import { tellRows, tellShare } from './load-progress.js';
import { type Loaded, LoadRun } from './load-run.js';

/** Databases up to this many triangles are completed in the main thread, in a fraction of a second. */
const COMPLETED_HERE_MAX = 1_000_000;

export interface LoadResult extends LoadTally {
  readonly format: string;
  /** `ascii`, or `binary` with the byte order if the format has several. */
  readonly encoding: string;
  readonly precision: Precision;
  readonly compression: CompressionId | undefined;
  /** Size of the file as stored, compressed or not. */
  readonly sourceBytes: number;
  /** Size of the content after decompression. */
  readonly contentBytes: number;
  readonly warnings: readonly (Warning & { readonly count: number })[];
  /** The faces and vertices of an indexed source, and how they were welded. */
  readonly indexed: IndexedRecord | undefined;
  /** False if the memory did not hold all vertices, so that ids were resolved at the end. */
  readonly fitMemory: boolean;
}

/** Reads and welds the source and completes the database. Throws the errors of its parts; always closes their files. */
export async function loadMesh(plan: LoadPlan): Promise<LoadResult> {
  const { options, target, state, reader, threads } = plan;
  const rows =
    state === undefined
      ? MeshLoad.create(target.database, reader.layout)
      : MeshLoad.resume(target.database, state.rows, reader.layout);
  try {
    if (target.mode !== undefined) setFileMode(target.database, target.mode);
    const loaded: Loaded =
      state?.phase === 'loaded'
        ? { ...state, record: loadRecord(state.source) }
        : await new LoadRun(rows, plan).run();
    const { record, compression, contentBytes, fitMemory } = loaded;
    const isKept = target.log !== undefined;
    const { isIndexed = false } = target;
    if (isIndexed) await tellRows('index', 0, rows, options);
    const completion = rows.finish(record, { isIndexed, isKept, hasThreads: threads.weld > 0 });
    const isLong = isKept && rows.tally.triangles > COMPLETED_HERE_MAX;
    if (isLong && !isIndexed) await completeInThread(completion);
    else if (isLong) {
      const watch = new IndexWatch(target.database, rows.tally.vertices);
      await completeInThread(completion, () => tellShare('index', watch.share(), rows, options));
    } else completeDatabase(completion);
    options.signal?.throwIfAborted();
    await target.log?.settle();
    return {
      ...rows.tally,
      indexed: record.indexed,
      format: record.format,
      encoding: record.encoding,
      precision: record.precision,
      compression,
      sourceBytes: record.size,
      contentBytes,
      warnings: record.warnings,
      fitMemory,
    };
  } finally {
    rows.close();
  }
}
