/**
 * One source into one new database file: formats meet the welder here, and nowhere else.
 */

import { databaseError } from '../../database/database-error.js';
import { UsageError } from '../../errors.js';
import { detectFormat } from '../../formats/detect.js';
import { formatMebibytes } from '../../io/compression/compression.js';
import { ByteSource } from '../../io/input/byte-source.js';
import { planLoading, planUnpacking } from '../../memory/plans.js';
import { MEMORY_MINIMUM } from '../../memory.js';
import type { Warning } from '../../mesh.js';
import { spillsWith } from '../../weld/welding.js';
import { countOf } from '../../wording.js';
import { forecastDisk, VERTICES_PER_TRIANGLE } from '../run/forecast.js';
import { WarningTally } from '../run/progress.js';
import { describeSource, explainError } from '../run/source-errors.js';
import { countThreads } from '../run/thread-count.js';
import {
  type LoadResult,
  type LoadTarget,
  loadPlanned,
  type ReadingOptions,
  withLoadDefaults,
} from './load-run.js';

export async function loadSource(
  input: string,
  target: LoadTarget,
  options: ReadingOptions,
): Promise<LoadResult> {
  const { signal } = options;
  let source: ByteSource | undefined;
  signal?.throwIfAborted();
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
  const { memoryBytes, salvage, batchTriangles, from } = withLoadDefaults(options);
  const warnings = new WarningTally(options.onWarning);
  const warn = (warning: Warning) => warnings.add(warning);
  if (!(memoryBytes >= MEMORY_MINIMUM)) {
    throw new UsageError(`a memory of ${countOf(memoryBytes, 'byte')}; expected at least ${MEMORY_MINIMUM}`);
  }

  const { format, reason } = detectFormat(source, from);
  const reader = format.open(source, { batchTriangles, salvage, warn });
  const packed = source.compression === undefined ? '' : `, packed with ${source.compression}`;
  options.onNote?.(`${describeSource(source.name)} is ${format.id} (${reader.encoding})${packed}: ${reason}`);

  const bytesPerValue = reader.precision === 'float32' ? 4 : 8;
  const { layout, expectedTriangles } = reader;
  const unpackingBytes = reserveForUnpacking(source, memoryBytes);
  const { log } = target;
  options.signal?.throwIfAborted();
  const state = await log?.begin(source, { from: from ?? null, salvage });
  const needs = {
    hasPieces: reader.hasPieces ?? false,
    unpackingBytes,
    leastWeldBytes: state?.phase === 'reading' ? state.weldBytes : 0,
  };
  const planned = planLoading(memoryBytes, countThreads(options.threads, expectedTriangles), needs);
  const { threads } = planned;
  const weldBytes = options.weldBytes ?? planned.weldBytes;
  checkWeldBytes(memoryBytes, weldBytes, needs.leastWeldBytes);
  if (log?.share !== undefined) options.onResume?.(log.share);
  const welderOptions = {
    bytesPerValue,
    budgetBytes: weldBytes,
    expectedVertices: expectedTriangles && VERTICES_PER_TRIANGLE * expectedTriangles,
  } as const;
  forecastDisk(
    expectedTriangles,
    (vertices) => target.needs(state?.phase !== 'loaded' && spillsWith(layout, vertices, welderOptions)),
    options,
    log?.present,
  );
  const welding = { layout, ...welderOptions, spillPath: target.spillPath, keepsFiles: log !== undefined };
  const plan = { source, format, reader, warnings, state, threads, welding };
  return await loadPlanned(plan, target, options);
}

/** Throws UsageError if the welder's tables get less than those of the import that is resumed. */
function checkWeldBytes(memoryBytes: number, weldBytes: number, leastBytes: number): void {
  if (weldBytes >= leastBytes) return;
  const size = Math.ceil((memoryBytes + leastBytes - weldBytes) / 2 ** 20);
  throw new UsageError(
    `a memory of ${formatMebibytes(memoryBytes)} for an import that was begun with more; expected ${size} MiB`,
    {
      code: 'MEMORY_TOO_SMALL',
      hint: `\`memoryBytes: ${size * 2 ** 20}\` goes on with it, \`restart: true\` begins again`,
    },
  );
}

/**
 * Bytes of the memory that unpacking the source takes. Throws UsageError if they leave less than a run needs, which
 * only a large zstd window does.
 */
export function reserveForUnpacking(source: ByteSource, memoryBytes: number): number {
  if (source.compression === undefined) return 0;
  const { bytes, leastMemoryBytes } = planUnpacking(source.windowBytes);
  if (memoryBytes < leastMemoryBytes) {
    const size = Math.ceil(leastMemoryBytes / 2 ** 20);
    throw new UsageError(
      `${describeSource(source.name)}: unpacking takes ${formatMebibytes(bytes)}; ` +
        `expected a memory of at least ${size} MiB`,
      { code: 'MEMORY_TOO_SMALL', hint: `\`memoryBytes: ${size * 2 ** 20}\`` },
    );
  }
  return bytes;
}
