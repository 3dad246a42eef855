/**
 * One source into one new database file: formats meet the welder here, and nowhere else.
 */
import { resolve } from 'node:path';
import { databaseError } from '../database/mesh-database.js';
import { type LoadTally, MeshLoad } from '../database/mesh-load.js';
import { Welder } from '../database/welder.js';
import { FormatError, UsageError } from '../errors.js';
import { detectFormat } from '../formats/detect.js';
import type { MeshReader } from '../formats/format.js';
import { ByteSource } from '../io/byte-source.js';
import { CHUNK_BYTES, LOAD_DEFAULTS, MEMORY_MINIMUM, planMemory, type Warning } from '../mesh.js';
import { type FolderNeeds, forecastDisk } from './forecast.js';
import { type Progress, type RunOptions, WarningTally } from './progress.js';

export interface ReadingOptions extends RunOptions {
  /** Format of the source, where it is not to be found out. */
  readonly from?: string | undefined;
  /** Take what is whole of a truncated source. */
  readonly salvage?: boolean;
  /** The most triangles handled at a time; for tests. */
  readonly batchTriangles?: number;
  /** Bytes of the welder's tables instead of its share of the memory; for tests. */
  readonly weldBytes?: number;
}

export interface LoadResult extends LoadTally {
  readonly format: string;
  readonly sourceBytes: number;
  readonly warnings: readonly (Warning & { readonly count: number })[];
  /** False when the memory did not hold all vertices, so that ids were set right at the end. */
  readonly fitMemory: boolean;
}

/** Where things go, and what the database is for. */
export interface LoadTarget {
  /** The database file to make; it must not exist. */
  readonly database: string;
  /** Beginning of the names of spill files. */
  readonly spillPath: string;
  /** Whether it will be kept: then it has its unique index, and the source's digest. */
  readonly isKept: boolean;
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
    source = await ByteSource.open(input, { digest: target.isKept, signal });
    return await load(source, target, options);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof FormatError) throw error.in(describeSource(input));
    throw databaseError(error, target.database);
  } finally {
    await source?.close();
  }
}

async function load(source: ByteSource, target: LoadTarget, options: ReadingOptions): Promise<LoadResult> {
  const { memoryBytes, salvage, batchTriangles, from, signal } = { ...LOAD_DEFAULTS, ...options };
  const warnings = new WarningTally(options.onWarning);
  const warn = (warning: Warning) => warnings.add(warning);
  if (!(memoryBytes >= MEMORY_MINIMUM)) {
    throw new UsageError(`a memory of ${memoryBytes} bytes; expected at least ${MEMORY_MINIMUM}`);
  }

  const { format, reason } = detectFormat(source, from);
  const reader = format.open(source, { batchTriangles, salvage, warn });
  options.onNote?.(`${describeSource(source.name)} is ${format.id} (${reader.encoding}): ${reason}`);

  const bytesPerValue = reader.precision === 'float32' ? 4 : 8;
  const plan = planMemory(memoryBytes);
  const weldBytes = options.weldBytes ?? plan.weldBytes;
  forecastDisk(
    reader.expectedTriangles,
    (vertices) => target.needs(vertices > Welder.capacityOf(weldBytes, bytesPerValue)),
    options,
  );

  const rows = MeshLoad.create(target.database);
  const welder = new Welder(rows, {
    bytesPerValue,
    budgetBytes: weldBytes,
    spillPath: target.spillPath,
  });
  try {
    const triangles = await weldItems(reader, welder, rows, (count) => {
      signal?.throwIfAborted();
      options.onProgress?.({
        stage: 'import',
        done: source.bytesRead,
        total: source.size,
        unit: 'bytes',
        triangles: count,
        vertices: welder.vertices,
      });
    });
    await source.drain(new Uint8Array(CHUNK_BYTES));
    if (triangles === 0) warn({ kind: 'no-triangles', message: 'the source holds no triangle' });

    const tellRows = async (stage: Progress['stage'], share: number) => {
      const done = Math.round(share * triangles);
      const vertices = rows.tally.vertices;
      options.onProgress?.({ stage, done, total: triangles, unit: 'rows', triangles, vertices });
      await pauseForSignals(signal);
    };
    if (!welder.isExact) {
      options.onNote?.('the vertices do not fit the memory: repeated ones are found by partitions on disk');
    }
    for (const share of welder.finish()) await tellRows('weld', share);
    // The spill files make room before the index is sorted.
    welder.close();
    if (target.isKept) await tellRows('index', 0);
    const list = warnings.list();
    rows.finish(
      {
        path: source.name === '-' ? '-' : resolve(source.name),
        format: format.id,
        encoding: reader.encoding,
        precision: reader.precision,
        size: source.bytesRead,
        modified: source.modified,
        sha256: source.digest(),
        header: reader.header,
        options: { from: from ?? null, salvage },
        warnings: list,
      },
      { index: target.isKept, cacheBytes: plan.cacheBytes },
    );
    return {
      ...rows.tally,
      format: format.id,
      sourceBytes: source.bytesRead,
      warnings: list,
      fitMemory: welder.isExact,
    };
  } finally {
    welder.close();
    rows.close();
  }
}

/** Hands every item to the welder and to the side tables; returns the number of triangles. */
async function weldItems(
  reader: MeshReader,
  welder: Welder,
  rows: MeshLoad,
  tell: (triangles: number) => void,
): Promise<number> {
  let triangles = 0;
  for await (const item of reader.items()) {
    if (item.kind === 'part') {
      rows.addPart(item, triangles);
    } else if (item.kind === 'soup') {
      rows.addPlace(item, triangles);
      welder.add(item);
      triangles += item.count;
    }
    tell(triangles);
  }
  return triangles;
}

/** Lets in a signal that came while the thread was busy. */
async function pauseForSignals(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resume) => setImmediate(resume));
  signal?.throwIfAborted();
}

/** The source's name in messages. */
function describeSource(name: string): string {
  return name === '-' ? 'standard input' : name;
}
