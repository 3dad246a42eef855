/**
 * Plans a load before the first triangle is read. The plan is made once, from the options and the opened source, and all
 * later steps follow it.
 */
import { UsageError } from '../../errors.js';
import { detectFormat } from '../../formats/detect.js';
import type { Format, MeshReader } from '../../formats/format.js';
import { formatMebibytes } from '../../io/compression/compression.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { type LoadThreads, planHolding, planLoading, planUnpacking } from '../../memory/plans.js';
import { MEMORY_MINIMUM } from '../../memory.js';
import type { Warning } from '../../mesh.js';
import { spillsWith, type WeldingOptions } from '../../weld/welding.js';
import { countOf } from '../../wording.js';
import { forecastDisk, VERTICES_PER_TRIANGLE } from '../run/forecast.js';
import { WarningTally } from '../run/progress.js';
import { describeSource } from '../run/source-errors.js';
import { countThreads } from '../run/thread-count.js';
import type { ImportState } from './import-state.js';
import { copyFolder, type LoadTarget } from './load-target.js';
import type { ReadingSettings } from './reading-options.js';
import type { ReadingConditions } from './saved-import.js';

/** The plan of a load. */
export interface LoadPlan {
  readonly options: ReadingSettings;
  readonly target: LoadTarget;
  /** The source, open and unread. */
  readonly source: ByteSource;
  readonly format: Format;
  readonly reader: MeshReader;
  /** The warnings of the load so far. */
  readonly warnings: WarningTally;
  readonly conditions: ReadingConditions;
  /** Where to resume, if anywhere. */
  readonly state: ImportState | undefined;
  readonly threads: LoadThreads;
  readonly welding: WeldingOptions;
}

/**
 * Plans the loading of a source that is open and unread; only its head may have been examined. Detects the format, divides
 * memory and threads, begins the log, and forecasts the disk space. Throws UsageError, FormatError, FileError.
 */
export async function planLoad(
  source: ByteSource,
  target: LoadTarget,
  options: ReadingSettings,
): Promise<LoadPlan> {
  const { memoryBytes, batchTriangles, salvage, from, signal } = options;
  const { log } = target;
  const warnings = new WarningTally(options.onWarning);
  const warn = (warning: Warning) => warnings.add(warning);
  if (!(memoryBytes >= MEMORY_MINIMUM)) {
    throw new UsageError(`a memory of ${countOf(memoryBytes, 'byte')}; expected at least ${MEMORY_MINIMUM}`);
  }

  const { format, reason } = detectFormat(source, from);
  const heldBytes = planHolding(memoryBytes);
  const reader = await format.open(source, { batchTriangles, salvage, warn, heldBytes });
  const packed = source.compression === undefined ? '' : `, compressed with ${source.compression}`;
  options.onNote?.(`${describeSource(source.name)} is ${format.id} (${reader.encoding})${packed}: ${reason}`);

  const unpackingBytes = reserveForUnpacking(source, memoryBytes) + (reader.heldBytes ?? 0);
  signal?.throwIfAborted();
  const conditions = { from: from ?? null, salvage };
  const state = await log?.begin(source, conditions);
  const resumed = state?.phase === 'reading' ? state : undefined;
  const { layout, expectedTriangles, hasPieces = false, keptBytes = 0 } = reader;
  const leastWeldBytes = resumed?.weldBytes ?? 0;
  const needs = { hasPieces, unpackingBytes, leastWeldBytes };
  const memory = planLoading(memoryBytes, countThreads(options.threads, expectedTriangles), needs);
  const weldBytes = options.weldBytes ?? memory.weldBytes;
  checkWeldBytes(memoryBytes, weldBytes, leastWeldBytes);
  if (log?.share !== undefined) options.onResume?.(log.share);
  const welding: WeldingOptions = {
    layout,
    bytesPerValue: reader.precision === 'float32' ? 4 : 8,
    budgetBytes: weldBytes,
    expectedVertices: expectedTriangles && VERTICES_PER_TRIANGLE * expectedTriangles,
    mostVertices: foreseeVertices(source.size, expectedTriangles),
    spillPath: target.spillPath,
    keepsFiles: log !== undefined,
    saved: resumed?.welding,
  };
  forecastDisk(
    expectedTriangles,
    (vertices) => {
      const needs = target.needs(state?.phase !== 'loaded' && spillsWith(layout, vertices, welding));
      return keptBytes === 0
        ? needs
        : [...needs, [copyFolder(target, options), [{ what: 'input', bytes: keptBytes }]]];
    },
    options,
    log?.present,
  );
  const { threads } = memory;
  return { options, target, source, format, reader, warnings, conditions, state, threads, welding };
}

/**
 * Returns about the most vertices that a source can have: three for each triangle, also if the forecast is half of the
 * truth, or one for three bytes, the shortest in any format.
 */
function foreseeVertices(size: number | undefined, triangles: number | undefined): number | undefined {
  if (size === undefined || triangles === undefined) return undefined;
  return Math.max(6 * triangles, Math.ceil(size / 3));
}

/** Throws UsageError if the welder's tables would be smaller than those of the import to resume. */
function checkWeldBytes(memoryBytes: number, weldBytes: number, leastBytes: number): void {
  if (weldBytes >= leastBytes) return;
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
  if (source.compression === undefined) return 0;
  const { bytes, leastMemoryBytes } = planUnpacking(source.windowBytes);
  if (memoryBytes < leastMemoryBytes) {
    const size = Math.ceil(leastMemoryBytes / 2 ** 20);
    throw new UsageError(
      `${describeSource(source.name)}: decompression takes ${formatMebibytes(bytes)}; ` +
        `expected a memory of at least ${size} MiB`,
      { code: 'MEMORY_TOO_SMALL', hint: `use \`memoryBytes: ${size * 2 ** 20}\`` },
    );
  }
  return bytes;
}
