/**
 * Loads one source into one new database file: the only place where formats meet the welder.
 */

import { databaseError } from '../../database/database-error.js';
import { UsageError } from '../../errors.js';
import { detectFormat } from '../../formats/detect.js';
import { formatMebibytes } from '../../io/compression/compression.js';
import { ZSTD_WINDOW_ORDINARY } from '../../io/compression/decompress.js';
import { ByteSource } from '../../io/input/byte-source.js';
import { MEMORY_MINIMUM, planThreads, planWelding, type ThreadPlan } from '../../memory.js';
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

/** Measured: bytes of the decoder and of decompressed pieces that are not yet garbage-collected. */
const UNPACKING_BYTES = 40 * 2 ** 20;

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
 * Loads an open source, which stays open; {@link loadSource} adds the place of errors. Its head may have been inspected,
 * but none of it may have been read.
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
  const packed = source.compression === undefined ? '' : `, compressed with ${source.compression}`;
  options.onNote?.(`${describeSource(source.name)} is ${format.id} (${reader.encoding})${packed}: ${reason}`);

  const bytesPerValue = reader.precision === 'float32' ? 4 : 8;
  const { layout, expectedTriangles } = reader;
  const unpackingBytes = reserveForUnpacking(source, memoryBytes);
  const { log } = target;
  options.signal?.throwIfAborted();
  const state = await log?.begin(source, { from: from ?? null, salvage });
  const planned = planThreads(memoryBytes - unpackingBytes, countThreads(options.threads, expectedTriangles));
  const { threads, weldBytes } = planBudget(
    unpackingBytes,
    { weld: planned.weld, parse: reader.hasPieces ? planned.parse : 0 },
    state?.phase === 'reading' ? state.weldBytes : 0,
    options,
  );
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

/**
 * Plans the threads and the bytes of the welder's tables. A resumed welder needs at least `leastBytes`: fewer threads
 * leave more memory. Throws UsageError if that is not enough.
 */
function planBudget(
  unpackingBytes: number,
  threads: Pick<ThreadPlan, 'weld' | 'parse'>,
  leastBytes: number,
  options: ReadingOptions,
): { readonly threads: Pick<ThreadPlan, 'weld' | 'parse'>; readonly weldBytes: number } {
  const { memoryBytes } = withLoadDefaults(options);
  let weldBytes = 0;
  for (const some of [threads, { weld: threads.weld, parse: 0 }, { weld: 0, parse: 0 }]) {
    weldBytes = options.weldBytes ?? planWelding(memoryBytes, some, unpackingBytes);
    if (leastBytes === 0 || weldBytes >= leastBytes) return { threads: some, weldBytes };
  }
  const size = Math.ceil((memoryBytes + leastBytes - weldBytes) / 2 ** 20);
  throw new UsageError(
    `a memory of ${formatMebibytes(memoryBytes)} is too small to resume this import; expected ${size} MiB`,
    {
      code: 'MEMORY_TOO_SMALL',
      hint: `use \`memoryBytes: ${size * 2 ** 20}\` to resume, or \`restart: true\` to start over`,
    },
  );
}

/**
 * Memory for decompressing the source, in bytes. Throws UsageError if too little memory remains for the run, which only a
 * large zstd window can cause.
 */
export function reserveForUnpacking(source: ByteSource, memoryBytes: number): number {
  const bytes = source.compression === undefined ? 0 : UNPACKING_BYTES + source.windowBytes;
  const least = bytes + MEMORY_MINIMUM - UNPACKING_BYTES - ZSTD_WINDOW_ORDINARY;
  if (memoryBytes < least) {
    const size = Math.ceil(least / 2 ** 20);
    throw new UsageError(
      `${describeSource(source.name)}: decompression takes ${formatMebibytes(bytes)}; ` +
        `expected a memory of at least ${size} MiB`,
      { code: 'MEMORY_TOO_SMALL', hint: `use \`memoryBytes: ${size * 2 ** 20}\`` },
    );
  }
  return bytes;
}
