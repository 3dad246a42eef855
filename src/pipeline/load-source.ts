/**
 * One source into one new database file: formats meet the welder here, and nowhere else.
 */
import { resolve } from 'node:path';
import { databaseError } from '../database/database-error.js';
import {
  completeDatabase,
  type IndexedRecord,
  type LoadTally,
  MeshLoad,
  type SourceRecord,
} from '../database/mesh-load.js';
import { UsageError } from '../errors.js';
import { detectFormat } from '../formats/detect.js';
import type { Format, MeshReader } from '../formats/format.js';
import { ByteSource } from '../io/byte-source.js';
import type { CompressionId } from '../io/compression.js';
import { formatMebibytes, ZSTD_WINDOW_ORDINARY } from '../io/decompress.js';
import type { DiskSpace } from '../io/disk.js';
import {
  CHUNK_BYTES,
  LOAD_DEFAULTS,
  MEMORY_MINIMUM,
  planThreads,
  planWelding,
  type ThreadPlan,
  type Warning,
} from '../mesh.js';
import { DiskWatch } from './disk-watch.js';
import { type FolderNeeds, forecastDisk, type Need, VERTICES_PER_TRIANGLE } from './forecast.js';
import type { ImportLog } from './import-log.js';
import { type LoadedState, loadRecord, type ReadingState, remember, saveRecord } from './import-state.js';
import { type Progress, type RunOptions, WarningTally } from './progress.js';
import { describeSource, explainError } from './source-errors.js';
import { completeInThread } from './threads/complete-thread.js';
import { countThreads } from './threads/count.js';
import { ParseThreads } from './threads/parse-threads.js';
import { WeldThread } from './threads/weld-thread.js';
import { type Batch, type Layout, spillsWith, type WeldingOptions, weldDirectly } from './welding.js';

/** Measured: unpacked pieces that the collector has not yet taken back, and the decoder itself, in bytes. */
const UNPACKING_BYTES = 40 * 2 ** 20;

/** More triangles than were expected, as a share, that a forecast still speaks of. */
const FORESEEN_MOST = 1.1;

/** A database of so many triangles is completed in the main thread, in a fraction of a second. */
const COMPLETED_HERE_MAX = 1_000_000;

export interface ReadingOptions extends RunOptions {
  /** Format of the source, where it is not to be found out. */
  readonly from?: string | undefined;
  /** Take what is whole of a truncated source. */
  readonly salvage?: boolean;
  /** The most bytes that the source may have, unpacked; no limit but the disk's unless given. */
  readonly maxBytes?: number | undefined;
  /** The most triangles handled at a time; for tests. */
  readonly batchTriangles?: number;
  /** Bytes of the welder's tables instead of its share of the memory; for tests. */
  readonly weldBytes?: number;
  /** How much room there is in a folder, where the system is not to be asked; for tests. */
  readonly spaceOf?: (folder: string) => DiskSpace;
}

export interface LoadResult extends LoadTally {
  readonly format: string;
  readonly compression: CompressionId | undefined;
  /** Size of the file as it stands, compressed or not. */
  readonly sourceBytes: number;
  /** Size of its content: the same where it is not compressed. */
  readonly contentBytes: number;
  readonly warnings: readonly (Warning & { readonly count: number })[];
  /** Of an indexed source: its faces and vertices, and what became of them. */
  readonly indexed: IndexedRecord | undefined;
  /** False when the memory did not hold all vertices, so that ids were set right at the end. */
  readonly fitMemory: boolean;
}

/** Where things go, and what the database is for. */
export interface LoadTarget {
  /** The database file to make; it must not exist. */
  readonly database: string;
  /** Beginning of the names of spill files. */
  readonly spillPath: string;
  /** Where to write down how to go on. A database that has one will be kept: with its unique index, and a digest. */
  readonly log?: ImportLog;
  /** Memory for compressing what will be made of the database, in bytes. */
  readonly encoderBytes?: number;
  /** What needs disk space where, when the size of the work is known; `spills` says whether it will overflow. */
  readonly needs: (spills: boolean) => readonly FolderNeeds[];
}

export async function loadSource(
  input: string,
  target: LoadTarget,
  options: ReadingOptions,
): Promise<LoadResult> {
  const { signal } = options;
  let source: ByteSource | undefined;
  try {
    source = await ByteSource.open(input, {
      digest: target.log !== undefined,
      salvage: options.salvage ?? false,
      maxBytes: options.maxBytes,
      signal,
      onPass: () => signal?.throwIfAborted(),
    });
    return await loadOpenSource(source, target, options);
  } catch (error) {
    signal?.throwIfAborted();
    throw databaseError(await explainError(error, input, source), target.database);
  } finally {
    await source?.close();
  }
}

/**
 * Loads a source that is open, and stays so; {@link loadSource} says of errors where they are. Its head may have been
 * looked at, but nothing may have been read of it.
 */
export async function loadOpenSource(
  source: ByteSource,
  target: LoadTarget,
  options: ReadingOptions,
): Promise<LoadResult> {
  const { memoryBytes, salvage, batchTriangles, from } = { ...LOAD_DEFAULTS, ...options };
  const warnings = new WarningTally(options.onWarning);
  const warn = (warning: Warning) => warnings.add(warning);
  if (!(memoryBytes >= MEMORY_MINIMUM)) {
    throw new UsageError(`a memory of ${memoryBytes} bytes; expected at least ${MEMORY_MINIMUM}`);
  }

  const { format, reason } = detectFormat(source, from);
  const reader = format.open(source, { batchTriangles, salvage, warn });
  const packed = source.compression === undefined ? '' : `, packed with ${source.compression}`;
  options.onNote?.(`${describeSource(source.name)} is ${format.id} (${reader.encoding})${packed}: ${reason}`);

  const bytesPerValue = reader.precision === 'float32' ? 4 : 8;
  const { layout, expectedTriangles } = reader;
  const leftBytes = memoryBytes - reserveForCompression(source, target.encoderBytes ?? 0, memoryBytes);
  const { weld, parse } = planThreads(leftBytes, countThreads(options.threads, expectedTriangles));
  const parsing = reader.hasPieces ? parse : 0;
  const weldBytes = options.weldBytes ?? planWelding(leftBytes, { weld, parse: parsing });
  const welderOptions = {
    bytesPerValue,
    budgetBytes: weldBytes,
    expectedVertices: expectedTriangles && VERTICES_PER_TRIANGLE * expectedTriangles,
  } as const;
  const { log } = target;
  const conditions = { from: from ?? null, salvage, weldBytes };
  const state = await log?.begin(source, conditions, options.onResume);
  forecastDisk(
    expectedTriangles,
    (vertices) => target.needs(spillsWith(layout, vertices, welderOptions)),
    options,
    log?.present,
  );
  if (state?.phase === 'loaded') return finishLoaded(state, target, layout, weld > 0);
  const { spillPath } = target;
  const welding = {
    layout,
    ...welderOptions,
    spillPath,
    keepsFiles: log !== undefined,
    saved: state?.welding,
  };
  const load = { source, format, reader, warnings, state, threads: { weld, parse: parsing }, welding };
  return await readAndWeld(load, target, options);
}

/** All that is known before the first triangle is read. */
interface Load {
  readonly source: ByteSource;
  readonly format: Format;
  readonly reader: MeshReader;
  readonly warnings: WarningTally;
  /** Where to go on. */
  readonly state: ReadingState | undefined;
  readonly threads: Pick<ThreadPlan, 'weld' | 'parse'>;
  readonly welding: WeldingOptions;
}

async function readAndWeld(
  { source, format, reader, warnings, state, threads, welding: weldingOptions }: Load,
  target: LoadTarget,
  options: ReadingOptions,
): Promise<LoadResult> {
  const { signal } = options;
  const { log } = target;
  const { from, salvage } = { ...LOAD_DEFAULTS, ...options };
  const warn = (warning: Warning) => warnings.add(warning);
  const parsers = threads.parse > 0 ? new ParseThreads(threads.parse) : undefined;
  const rows =
    state === undefined
      ? MeshLoad.create(target.database, reader.layout)
      : MeshLoad.resume(target.database, state.rows, reader.layout);
  const welding =
    threads.weld > 0 ? new WeldThread(rows, weldingOptions) : weldDirectly(rows, weldingOptions);
  let triangles = state?.triangles ?? 0;
  const watch = new DiskWatch(
    target.needs(true).map(([folder]) => folder),
    options.spaceOf,
  );
  /** Whether what comes is not what the forecast was made for. */
  const isUnforeseen = () =>
    source.size === undefined || !(triangles <= FORESEEN_MOST * (reader.expectedTriangles ?? 0));
  try {
    if (state !== undefined) {
      warnings.restore(state.warnings);
      await remember(state, target.database, welding, weldingOptions.bytesPerValue, () =>
        pauseForSignals(signal),
      );
    }
    for await (const item of reader.items(parsers, state?.reader)) {
      signal?.throwIfAborted();
      if (item.kind === 'part') {
        rows.addPart(item, triangles);
      } else {
        if (item.kind === 'vertices') rows.addVertexPlaces(item);
        else rows.addTrianglePlaces(item, triangles);
        triangles += countTriangles(item);
        await welding.add(item);
      }
      if (isUnforeseen()) watch.check(source.bytesRead);
      options.onProgress?.({
        stage: 'import',
        done: source.fileBytesRead,
        total: source.fileSize,
        unit: 'bytes',
        triangles,
        vertices: welding.vertices,
      });
      const saved = log?.isDue ? reader.save() : undefined;
      if (saved === undefined) continue;
      log?.take({
        phase: 'reading',
        bytesRead: source.fileBytesRead,
        reader: saved,
        triangles,
        warnings: warnings.list(),
        // Before the rows: it may have some for them.
        welding: await welding.save(),
        rows: rows.save(),
      });
    }
    await parsers?.stop();
    await source.drain(new Uint8Array(CHUNK_BYTES));
    if (source.cut !== undefined) warn({ kind: `${source.compression}-cut`, message: source.cut.message });
    if (triangles === 0) warn({ kind: 'no-triangles', message: 'the source holds no triangle' });

    if (isUnforeseen()) forecastRest(triangles, target, reader.layout === 'soup' && welding.isExact, options);

    const tellRows = async (stage: Progress['stage'], share: number) => {
      const done = Math.round(share * triangles);
      const vertices = rows.tally.vertices;
      options.onProgress?.({ stage, done, total: triangles, unit: 'rows', triangles, vertices });
      await pauseForSignals(signal);
    };
    const scales = reader.colorScales?.() ?? { vertex: 1, face: 1 };
    for await (const share of welding.finish(scales)) {
      await tellRows('weld', share);
      if (isUnforeseen()) watch.look(source.bytesRead);
    }
    if (!welding.isExact) {
      options.onNote?.('the vertices did not fit the memory: repeated ones were found by partitions on disk');
    }
    const indexed = welding.record;
    if (indexed !== undefined) warnOfConflicts(indexed, warn);
    if (rows.cutColors > 0) {
      const colors =
        rows.cutColors === 1 ? '1 colour reaches' : `${rows.cutColors.toLocaleString('en-US')} colours reach`;
      warn({ kind: 'color-range', message: `${colors} beyond the darkest or the brightest, which is taken` });
    }
    const list = warnings.list();
    const record: SourceRecord = {
      path: source.name === '-' ? '-' : resolve(source.name),
      format: format.id,
      encoding: reader.encoding,
      precision: reader.precision,
      size: source.fileBytesRead,
      modified: source.modified,
      sha256: source.digest(),
      header: reader.header,
      options: { from: from ?? null, salvage },
      warnings: list,
      indexed,
    };
    await log?.settle();
    await welding.close();
    if (log !== undefined) {
      if (log.isDue || log.hasSaved) {
        log.take({
          phase: 'loaded',
          bytesRead: source.fileBytesRead,
          rows: rows.save(),
          source: saveRecord(record),
          compression: source.compression,
          contentBytes: source.bytesRead,
          fitMemory: welding.isExact,
        });
      }
      // The spill files make room before the index is sorted, but stay until nobody will go on with them.
      if (indexed !== undefined || !welding.isExact) {
        await log.settle();
        log.removeSpills();
      }
      await tellRows('index', 0);
    }
    await complete(rows, record, target, threads.weld > 0);
    signal?.throwIfAborted();
    await log?.settle();
    return {
      ...rows.tally,
      indexed,
      format: format.id,
      compression: source.compression,
      sourceBytes: source.fileBytesRead,
      contentBytes: source.bytesRead,
      warnings: list,
      fitMemory: welding.isExact,
    };
  } finally {
    await parsers?.stop();
    await welding.close();
    rows.close();
  }
}

/** Ends the tables, and lets SQLite do the rest. */
async function complete(
  rows: MeshLoad,
  record: SourceRecord,
  { log }: LoadTarget,
  hasThreads: boolean,
): Promise<void> {
  const completion = rows.finish(record, { index: log !== undefined, hasThreads });
  const isLong = log !== undefined && rows.tally.triangles > COMPLETED_HERE_MAX;
  if (isLong) await completeInThread(completion);
  else completeDatabase(completion);
}

/** Ends an import whose rows were all there when it was interrupted. */
async function finishLoaded(
  { rows: saved, source, compression, contentBytes, fitMemory }: LoadedState,
  target: LoadTarget,
  layout: Layout,
  hasThreads: boolean,
): Promise<LoadResult> {
  const rows = MeshLoad.resume(target.database, saved, layout);
  try {
    const record = loadRecord(source);
    await complete(rows, record, target, hasThreads);
    return {
      ...rows.tally,
      indexed: record.indexed,
      format: record.format,
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

/**
 * Bytes of the memory that compression takes, of the source and of what is made of it. Throws UsageError where they
 * leave less than a run needs: ordinary zstd input never does, zstd input and output together may.
 */
export function reserveForCompression(source: ByteSource, encoderBytes: number, memoryBytes: number): number {
  const decoderBytes = source.compression === undefined ? 0 : UNPACKING_BYTES + source.windowBytes;
  const bytes = decoderBytes + encoderBytes;
  const least = bytes + MEMORY_MINIMUM - UNPACKING_BYTES - ZSTD_WINDOW_ORDINARY;
  if (memoryBytes < least) {
    const size = Math.ceil(least / 2 ** 20);
    throw new UsageError(
      `${describeSource(source.name)}: unpacking and compressing take ${formatMebibytes(bytes)}; ` +
        `expected a memory of at least ${size} MiB`,
      { hint: `--memory ${size}M` },
    );
  }
  return bytes;
}

/** How many triangles a batch gives: a polygon gives two less than it has corners. */
export function countTriangles(batch: Batch): number {
  if (batch.kind === 'vertices') return 0;
  if (batch.kind === 'soup' || batch.sizes === undefined) return batch.count;
  let triangles = 0;
  for (let k = 0; k < batch.count; k++) triangles += batch.sizes[k]! - 2;
  return triangles;
}

/**
 * Forecasts what is still to come of a source whose size was not known, now that all of it has been read;
 * `hasRows`: all rows are in the database.
 */
function forecastRest(
  triangles: number,
  target: LoadTarget,
  hasRows: boolean,
  options: ReadingOptions,
): void {
  const isOver: readonly Need[] = hasRows ? ['welding', 'database'] : ['welding'];
  const needs = target.needs(!hasRows).map(([folder, all]): FolderNeeds => {
    return [folder, all.filter((need) => !isOver.includes(need))];
  });
  forecastDisk(triangles, () => needs, options);
}

/** Attributes that were lost because vertices at one position had different ones. */
function warnOfConflicts(
  { colorConflicts, normalConflicts }: IndexedRecord,
  warn: (warning: Warning) => void,
): void {
  for (const [kind, count] of Object.entries({ colour: colorConflicts, normal: normalConflicts })) {
    if (count === 0) continue;
    const vertices = count === 1 ? '1 vertex has' : `${count.toLocaleString('en-US')} vertices have`;
    const message = `${vertices} another ${kind} than the first at the same position, whose is kept`;
    warn({ kind: `${kind}-conflict`, message });
  }
}

/** Lets in a signal that came while the thread was busy. */
async function pauseForSignals(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resume) => setImmediate(resume));
  signal?.throwIfAborted();
}
