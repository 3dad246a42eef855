/** Loads planned inputs, from an empty or a resumed database to a complete one. */

import { completeDatabase } from '../../database/build/complete-database.js';
import { type LoadTally, MeshLoad } from '../../database/build/mesh-load.js';
import type { CompressionId } from '../../io/compression/compression.js';
import { setFileMode } from '../../io/disk.js';
import { syncFiles } from '../../io/output/durable-file.js';
import type { Precision, Warning } from '../../mesh.js';
import type { IndexedRecord } from '../../weld/sinks.js';
import { completeInThread } from '../threads/complete-thread.js';
import type { SkippedInput } from './inputs.js';
import { type LoadPlan, sortingMemory } from './load-plan.js';
import { tellRows, tellShare } from './load-progress.js';
import { LoadRun } from './load-run.js';

/** Databases up to this many triangles are completed in the main thread, in a fraction of a second. */
const COMPLETED_HERE_MAX = 1_000_000;

/** One input of a load. */
export interface LoadedSource {
  /** Its name as given. */
  readonly file: string;
  readonly format: string;
  readonly encoding: string;
  readonly precision: Precision;
  readonly compression: CompressionId | undefined;
  /** Size of the file as stored, compressed or not. */
  readonly sourceBytes: number;
  /** The id of its first triangle, and their number. */
  readonly firstTriangle: number;
  readonly triangles: number;
  /** Faces and vertices of an indexed source. */
  readonly faces: number | undefined;
  readonly fileVertices: number | undefined;
  readonly warnings: readonly (Warning & { readonly count: number })[];
}

export interface LoadResult extends LoadTally {
  /** The format of all sources, or `mixed`. */
  readonly format: string;
  /** `ascii`, or `binary` with the byte order if the format has several; `mixed` if the sources differ. */
  readonly encoding: string;
  /** float32 if that of all sources is. */
  readonly precision: Precision;
  /** The compression of all sources; undefined if they differ or none is compressed. */
  readonly compression: CompressionId | undefined;
  /** The sources in their order, and those left out with `skipBad`. */
  readonly sources: readonly LoadedSource[];
  readonly skipped: readonly SkippedInput[];
  /** Size of all files as stored, compressed or not. */
  readonly sourceBytes: number;
  /** Size of the content after decompression. */
  readonly contentBytes: number;
  readonly warnings: readonly (Warning & { readonly count: number })[];
  /** The faces and vertices of an indexed source, and how they were welded. */
  readonly indexed: IndexedRecord | undefined;
  /** False if the memory did not hold all vertices, so that ids were resolved at the end. */
  readonly fitMemory: boolean;
}

/** Reads and welds the inputs and completes the database. Throws the errors of its parts; always closes their files. */
export async function loadMesh(plan: LoadPlan): Promise<LoadResult> {
  const { options, target, state, inputs, layout, precision } = plan;
  const isKept = target.log !== undefined;
  const rows =
    state === undefined
      ? MeshLoad.create(target.database, layout, isKept, target.base)
      : MeshLoad.resume(target.database, state.rows, layout, target.base);
  try {
    if (target.mode !== undefined) setFileMode(target.database, target.mode);
    target.onBegin?.(plan.expectedTriangles, plan.threads);
    const loaded = state?.phase === 'loaded' ? state : await new LoadRun(rows, plan).run();
    const { indexed, warnings, contentBytes, fitMemory } = loaded;
    const { isIndexed = false } = target;
    if (isIndexed) await tellRows('index', 0, rows, options);
    const memoryBytes = sortingMemory(plan, rows.tally.vertices);
    const sorting = { memoryBytes, spillPath: target.spillPath };
    const completion = rows.finish(loaded.sources, indexed, isKept, isIndexed ? sorting : undefined);
    if (isKept && rows.tally.triangles > COMPLETED_HERE_MAX) {
      // The disk takes the rows while positions are sorted, so that little is left for the end.
      const synced = syncFiles([target.database]);
      synced.catch(() => undefined);
      await completeInThread(completion, (share) => {
        options.signal?.throwIfAborted();
        tellShare('index', share, rows, options);
      });
      await synced;
    } else completeDatabase(completion);
    options.signal?.throwIfAborted();
    await target.log?.settle();
    const sources = loaded.sources.map((record, index): LoadedSource => {
      const { name: file, compression } = inputs.facts[index]!;
      const { format, encoding, precision, size, firstTriangle, triangles, faces, fileVertices } = record;
      const read = { format, encoding, precision, compression, sourceBytes: size };
      return { file, ...read, firstTriangle, triangles, faces, fileVertices, warnings: record.warnings };
    });
    return {
      ...rows.tally,
      indexed,
      format: commonOf(sources.map(({ format }) => format)) ?? 'mixed',
      encoding: commonOf(sources.map(({ encoding }) => encoding)) ?? 'mixed',
      precision,
      compression: commonOf(sources.map(({ compression }) => compression)),
      sources,
      skipped: inputs.skipped,
      sourceBytes: sources.reduce((sum, { sourceBytes }) => sum + sourceBytes, 0),
      contentBytes,
      warnings,
      fitMemory,
    };
  } finally {
    rows.close();
  }
}

/** Returns the value that all have; undefined if they differ. */
export function commonOf<T>(values: readonly T[]): T | undefined {
  const [first] = values;
  return values.every((value) => value === first) ? first : undefined;
}
