/** Reads a source into a new database, from the beginning or from a checkpoint. */

import { resolve } from 'node:path';
import { type LoadTally, MeshLoad, type SourceRecord } from '../../database/build/mesh-load.js';
import { completeDatabase } from '../../database/build/new-database.js';
import type { Format, MeshReader } from '../../formats/format.js';
import type { CompressionId } from '../../io/compression/compression.js';
import { type DiskSpace, setFileMode } from '../../io/disk.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { CHUNK_BYTES, LOAD_DEFAULTS, type ThreadPlan } from '../../memory.js';
import type { MeshItem, Precision, Warning } from '../../mesh.js';
import { flag, integer, internal, listener, type Rules, text } from '../../options.js';
import type { IndexedRecord } from '../../weld/sinks.js';
import { type Batch, type Welding, type WeldingOptions, weldDirectly } from '../../weld/welding.js';
import { countOf } from '../../wording.js';
import { DiskWatch } from '../run/disk-watch.js';
import { type FolderNeeds, forecastDisk, type Need } from '../run/forecast.js';
import { type Progress, RUN_OPTIONS, type RunOptions, type WarningTally } from '../run/progress.js';
import { completeInThread } from '../threads/complete-thread.js';
import { ParseThreads } from '../threads/parse-threads.js';
import { WeldThread } from '../threads/weld-thread.js';
import { BatchMerger } from './batch-merger.js';
import type { ImportLog } from './import-log.js';
import { type ImportState, loadRecord, remember, saveRecord } from './import-state.js';
import { IndexWatch } from './index-watch.js';

/** The largest ratio of actual to expected triangles that a forecast covers. */
const FORESEEN_MOST = 1.1;

/** Databases up to this many triangles are completed in the main thread, in a fraction of a second. */
const COMPLETED_HERE_MAX = 1_000_000;

export interface ReadingOptions extends RunOptions {
  /** Format of the source (default: detected). */
  readonly from?: string | undefined;
  /** Recover the complete triangles of a truncated source. */
  readonly salvage?: boolean | undefined;
  /** Largest accepted source in bytes, after decompression (default: no limit). */
  readonly maxBytes?: number | undefined;
  /**
   * The most triangles in a batch; for tests.
   * @internal
   */
  readonly batchTriangles?: number | undefined;
  /**
   * Bytes of the welder's tables (default: its share of the memory); for tests.
   * @internal
   */
  readonly weldBytes?: number | undefined;
  /**
   * Replaces the query for the free space of a folder; for tests.
   * @internal
   */
  readonly spaceOf?: ((folder: string) => DiskSpace) | undefined;
}

/** The rules for {@link ReadingOptions}. */
export const READING_OPTIONS: Rules<ReadingOptions> = {
  ...RUN_OPTIONS,
  from: text,
  salvage: flag,
  maxBytes: integer(),
  batchTriangles: internal(integer(1)),
  weldBytes: internal(integer()),
  spaceOf: internal(listener),
};

/** Adds the defaults to options. */
export function withLoadDefaults<T extends ReadingOptions>(options: T) {
  return {
    ...options,
    memoryBytes: options.memoryBytes ?? LOAD_DEFAULTS.memoryBytes,
    batchTriangles: options.batchTriangles ?? LOAD_DEFAULTS.batchTriangles,
    salvage: options.salvage ?? LOAD_DEFAULTS.salvage,
  };
}

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

/** The files of a load and their purpose. */
export interface LoadTarget {
  /** The database file to create; it must not exist unless the log resumes it. */
  readonly database: string;
  /** Permissions of the database from the start (default: from the umask). */
  readonly mode?: number | undefined;
  /** Prefix of the names of spill files. */
  readonly spillPath: string;
  /** The log of checkpoints. A database with a log is permanent: it gets the unique index and a digest. */
  readonly log?: ImportLog;
  /** The needs for disk space by folder; `spills` is whether the welder will overflow. */
  readonly needs: (spills: boolean) => readonly FolderNeeds[];
}

/** The facts known before the first triangle is read. */
export interface LoadPlan {
  readonly source: ByteSource;
  readonly format: Format;
  readonly reader: MeshReader;
  readonly warnings: WarningTally;
  /** The state to resume from. */
  readonly state: ImportState | undefined;
  readonly threads: Pick<ThreadPlan, 'weld' | 'parse'>;
  readonly welding: Omit<WeldingOptions, 'saved'>;
}

/** The facts about a source when all its rows are in the database. */
interface Loaded {
  readonly record: SourceRecord;
  readonly compression: CompressionId | undefined;
  readonly contentBytes: number;
  readonly fitMemory: boolean;
}

/** Reads and welds the source and completes the database. Throws the errors of its parts; always closes their files. */
export async function loadPlanned(
  plan: LoadPlan,
  target: LoadTarget,
  options: ReadingOptions,
): Promise<LoadResult> {
  const { state, reader, threads } = plan;
  const rows =
    state === undefined
      ? MeshLoad.create(target.database, reader.layout)
      : MeshLoad.resume(target.database, state.rows, reader.layout);
  try {
    if (target.mode !== undefined) setFileMode(target.database, target.mode);
    const loaded: Loaded =
      state?.phase === 'loaded'
        ? { ...state, record: loadRecord(state.source) }
        : await new LoadRun(rows, plan, target, options).run();
    const { record, compression, contentBytes, fitMemory } = loaded;
    if (target.log !== undefined) await tellRows('index', 0, rows, options);
    const completion = rows.finish(record, {
      index: target.log !== undefined,
      hasThreads: threads.weld > 0,
    });
    const isLong = target.log !== undefined && rows.tally.triangles > COMPLETED_HERE_MAX;
    if (isLong) {
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

/** Counts the triangles of a batch: a polygon of n corners has n - 2. */
export function countTriangles(batch: Batch): number {
  if (batch.kind === 'vertices') return 0;
  if (batch.kind === 'soup' || batch.sizes === undefined) return batch.count;
  let triangles = 0;
  for (let k = 0; k < batch.count; k++) triangles += batch.sizes[k]! - 2;
  return triangles;
}

/** Loads all items from the first unread one to the last row. */
class LoadRun {
  private readonly parsers: ParseThreads | undefined;
  private readonly welding: Welding;
  private readonly merger: BatchMerger;
  private readonly watch: DiskWatch;
  /** Triangles read so far. */
  private triangles = 0;

  constructor(
    private readonly rows: MeshLoad,
    private readonly plan: LoadPlan,
    private readonly target: LoadTarget,
    private readonly options: ReadingOptions,
  ) {
    const folders = target.needs(true).map(([folder]) => folder);
    this.watch = new DiskWatch(folders, options.spaceOf);
    const { threads, state } = plan;
    const saved = state?.phase === 'reading' ? state.welding : undefined;
    const welding = { ...plan.welding, saved };
    this.parsers = threads.parse > 0 ? new ParseThreads(threads.parse) : undefined;
    this.welding = threads.weld > 0 ? new WeldThread(rows, welding) : weldDirectly(rows, welding);
    this.merger = new BatchMerger(this.welding, options.batchTriangles ?? LOAD_DEFAULTS.batchTriangles);
  }

  async run(): Promise<Loaded> {
    try {
      await this.read();
      await this.parsers?.stop();
      await this.weld();
      const loaded = this.describe();
      await this.target.log?.settle();
      await this.welding.close();
      await this.noteLoaded(loaded);
      return loaded;
    } finally {
      await this.parsers?.stop();
      await this.welding.close();
    }
  }

  private async read(): Promise<void> {
    const { parsers, welding, plan, target, options } = this;
    const { source, reader, state, warnings } = plan;
    const { signal } = options;
    if (state?.phase === 'reading') {
      this.triangles = state.triangles;
      warnings.restore(state.warnings);
      const { bytesPerValue } = plan.welding;
      await remember(state, target.database, welding, bytesPerValue, () => pauseForSignals(signal));
    }
    const start = state?.phase === 'reading' ? state.reader : undefined;
    for await (const item of reader.items(parsers, start)) {
      signal?.throwIfAborted();
      const taken = this.take(item);
      if (taken !== undefined) await taken;
      if (this.isUnforeseen) this.watch.check(source.bytesRead);
      options.onProgress?.({
        stage: 'import',
        done: source.fileBytesRead,
        total: source.fileSize,
        unit: 'bytes',
        triangles: this.triangles,
        vertices: welding.vertices,
      });
      if (target.log?.isDue) await this.noteReading(target.log);
    }
    await this.merger.flush();
    await source.drain(new Uint8Array(CHUNK_BYTES));
    if (source.cut !== undefined) {
      warnings.add({ kind: `${source.compression}-cut`, message: source.cut.message });
    }
    if (this.triangles === 0) {
      warnings.add({ kind: 'no-triangles', message: 'the source holds no triangle' });
    }
    if (this.isUnforeseen) this.forecastRest();
  }

  private take(item: MeshItem): void | Promise<void> {
    const { rows, triangles, merger } = this;
    if (item.kind === 'part') {
      return rows.addPart(item, triangles);
    }
    if (item.kind === 'vertices') rows.addVertexPlaces(item);
    else rows.addTrianglePlaces(item, triangles);
    this.triangles += countTriangles(item);
    return merger.add(item);
  }

  private async weld(): Promise<void> {
    const { rows, welding, plan, options } = this;
    const { reader, source, warnings } = plan;
    const scales = reader.colorScales?.() ?? { vertex: 1, face: 1 };
    for await (const share of welding.finish(scales)) {
      await tellRows('weld', share, rows, options, this.triangles);
      if (this.isUnforeseen) this.watch.look(source.bytesRead);
    }
    if (!welding.isExact) {
      options.onNote?.('the vertices did not fit in memory: repeated ones were found in partitions on disk');
    }
    if (welding.record !== undefined) warnOfConflicts(welding.record, warnings);
    if (rows.cutColors > 0) {
      const colors = `${countOf(rows.cutColors, 'color')} ${rows.cutColors === 1 ? 'was' : 'were'}`;
      const message = `${colors} out of range and clamped to the nearest valid color`;
      warnings.add({ kind: 'color-range', message });
    }
  }

  private describe(): Loaded {
    const { welding, plan } = this;
    const { source, format, reader, warnings } = plan;
    const { from, salvage } = withLoadDefaults(this.options);
    const record = {
      path: source.name === '-' ? '-' : resolve(source.name),
      format: format.id,
      encoding: reader.encoding,
      precision: reader.precision,
      size: source.fileBytesRead,
      modified: source.modified,
      sha256: source.digest(),
      header: reader.header,
      options: { from: from ?? null, salvage },
      warnings: warnings.list(),
      indexed: welding.record,
    };
    const { compression, bytesRead: contentBytes } = source;
    return { record, compression, contentBytes, fitMemory: welding.isExact };
  }

  /** Writes a checkpoint before the next item, if the reader can resume there. */
  private async noteReading(log: ImportLog): Promise<void> {
    const { welding, rows, triangles, plan } = this;
    const { source, reader, warnings } = plan;
    const saved = reader.save();
    if (saved === undefined) return;
    await this.merger.flush();
    log.take({
      phase: 'reading',
      weldBytes: plan.welding.budgetBytes,
      bytesRead: source.fileBytesRead,
      reader: saved,
      triangles,
      warnings: warnings.list(),
      // Before the rows: the welder may add some.
      welding: await welding.save(),
      rows: rows.save(),
    });
  }

  /** Writes a checkpoint that all rows are stored, if it pays off, and then removes the spill files. */
  private async noteLoaded({ record, ...loaded }: Loaded): Promise<void> {
    const { rows, plan } = this;
    const { log } = this.target;
    if (log === undefined) return;
    if (log.isDue || log.hasSaved) {
      const source = saveRecord(record);
      log.take({ phase: 'loaded', bytesRead: record.size, rows: rows.save(), source, ...loaded });
    }
    // Spill files are removed before the index is sorted, but only after no checkpoint needs them.
    if (plan.reader.layout === 'indexed' || !loaded.fitMemory) {
      await log.settle();
      log.removeSpills();
    }
  }

  /** Whether the source is larger than the forecast covers. */
  private get isUnforeseen(): boolean {
    const { source, reader } = this.plan;
    return source.size === undefined || !(this.triangles <= FORESEEN_MOST * (reader.expectedTriangles ?? 0));
  }

  /** Forecasts the remaining work for a source of unknown size, after all of it has been read. */
  private forecastRest(): void {
    const { plan, welding, target, triangles, options } = this;
    const hasRows = plan.reader.layout === 'soup' && welding.isExact;
    const isOver: readonly Need[] = hasRows ? ['welding', 'database'] : ['welding'];
    const needs = target.needs(!hasRows).map(([folder, all]): FolderNeeds => {
      return [folder, all.filter((need) => !isOver.includes(need))];
    });
    forecastDisk(triangles, () => needs, options);
  }
}

/** Reports the share of triangles done and yields to the abort signal. */
async function tellRows(
  stage: Progress['stage'],
  share: number,
  rows: MeshLoad,
  options: ReadingOptions,
  triangles = rows.tally.triangles,
): Promise<void> {
  tellShare(stage, share, rows, options, triangles);
  await pauseForSignals(options.signal);
}

function tellShare(
  stage: Progress['stage'],
  share: number,
  { tally }: MeshLoad,
  { onProgress }: ReadingOptions,
  triangles = tally.triangles,
): void {
  const done = Math.round(share * triangles);
  onProgress?.({ stage, done, total: triangles, unit: 'rows', triangles, vertices: tally.vertices });
}

/** Warns of attributes that were lost because vertices at one position had different ones. */
function warnOfConflicts({ colorConflicts, normalConflicts }: IndexedRecord, warnings: WarningTally): void {
  for (const [kind, count] of Object.entries({ color: colorConflicts, normal: normalConflicts })) {
    if (count === 0) continue;
    const vertices = `${countOf(count, 'vertex', 'vertices')} ${count === 1 ? 'has' : 'have'}`;
    const message = `${vertices} another ${kind} than the first vertex at the same position, which is kept`;
    warnings.add({ kind: `${kind}-conflict`, message });
  }
}

/** Yields to an abort signal that came while the thread was busy. */
async function pauseForSignals(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resume) => setImmediate(resume));
  signal?.throwIfAborted();
}
