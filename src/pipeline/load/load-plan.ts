/**
 * Plans a load before the first triangle is read. The plan is made once, from the options and the examined inputs, and all
 * later steps follow it.
 */
import { UsageError } from '../../errors.js';
import { formatMebibytes } from '../../io/compression/compression.js';
import { type LoadThreads, planLoading } from '../../memory/plans.js';
import { MEMORY_MINIMUM } from '../../memory.js';
import type { Precision } from '../../mesh.js';
import { type Layout, spillsWith, type WeldingOptions } from '../../weld/welding.js';
import { countOf } from '../../wording.js';
import { forecastDisk, VERTICES_PER_TRIANGLE } from '../run/forecast.js';
import { countThreads } from '../run/thread-count.js';
import type { ImportState } from './import-state.js';
import type { Inputs } from './inputs.js';
import { copyFolder, type LoadTarget } from './load-target.js';
import type { ReadingSettings } from './reading-options.js';
import type { ReadingConditions } from './saved-import.js';

/** The plan of a load. */
export interface LoadPlan {
  readonly options: ReadingSettings;
  readonly target: LoadTarget;
  readonly inputs: Inputs;
  /** Indexed if any input is. */
  readonly layout: Layout;
  /** float32 if that of all inputs is. */
  readonly precision: Precision;
  /** The approximate number of triangles; undefined if the size of an input is not known. */
  readonly expectedTriangles: number | undefined;
  /** Bytes of all inputs as stored; undefined if not known. */
  readonly totalBytes: number | undefined;
  readonly conditions: ReadingConditions;
  /** Where to resume, if anywhere. */
  readonly state: ImportState | undefined;
  readonly threads: LoadThreads;
  readonly welding: WeldingOptions;
}

/**
 * Plans the loading of inputs that have been examined. Divides memory and threads, begins the log, and forecasts the disk
 * space. Throws UsageError, FileError.
 */
export async function planLoad(
  inputs: Inputs,
  target: LoadTarget,
  options: ReadingSettings,
): Promise<LoadPlan> {
  const { memoryBytes, salvage, from, signal } = options;
  const { log, base } = target;
  const { facts } = inputs;
  if (!(memoryBytes >= MEMORY_MINIMUM)) {
    throw new UsageError(`a memory of ${countOf(memoryBytes, 'byte')}; expected at least ${MEMORY_MINIMUM}`);
  }

  const all = base === undefined ? facts : [base, ...facts];
  const layout = all.some((input) => input.layout === 'indexed') ? 'indexed' : 'soup';
  const precision = all.some((input) => input.precision === 'float64') ? 'float64' : 'float32';
  const expected = [base?.totals.triangles ?? 0, ...facts.map((input) => input.expectedTriangles)];
  const expectedTriangles = sumOf(expected);
  const totalBytes = sumOf(facts.map(({ fileSize }) => fileSize));
  const hasPieces = facts.some((input) => input.hasPieces);
  // One input is open at a time.
  const unpackingBytes = mostOf(facts.map((input) => input.unpackingBytes));
  const keptBytes = mostOf(facts.map((input) => input.keptBytes));
  signal?.throwIfAborted();
  const conditions = { from: from ?? null, salvage };
  const state = await log?.begin(facts, conditions);
  const resumed = state?.phase === 'reading' ? state : undefined;
  const leastWeldBytes = resumed?.weldBytes ?? 0;
  const needs = { hasPieces, unpackingBytes, leastWeldBytes };
  const memory = planLoading(memoryBytes, countThreads(options.threads, expectedTriangles), needs);
  const weldBytes = options.weldBytes ?? memory.weldBytes;
  checkWeldBytes(memoryBytes, weldBytes, leastWeldBytes);
  if (log?.share !== undefined) options.onResume?.(log.share);
  const welding: WeldingOptions = {
    layout,
    bytesPerValue: precision === 'float32' ? 4 : 8,
    budgetBytes: weldBytes,
    expectedVertices: expectedTriangles && VERTICES_PER_TRIANGLE * expectedTriangles,
    known: base?.totals.vertices,
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
  const sizes = { expectedTriangles, totalBytes };
  return { options, target, inputs, layout, precision, ...sizes, conditions, state, threads, welding };
}

/** Returns the largest of numbers that are not negative. */
function mostOf(numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number), 0);
}

/** Sums numbers; undefined if any is. */
function sumOf(numbers: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const number of numbers) {
    if (number === undefined) return undefined;
    sum += number;
  }
  return sum;
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
