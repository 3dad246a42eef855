/**
 * Plans a load before the first triangle is read. The plan is made once, from the options and the examined inputs, and all
 * later steps follow it.
 */
import { PositionSort } from '../../database/build/position-sort.js';
import { UsageError } from '../../errors.js';
import { formatMebibytes } from '../../io/compression/compression.js';
import { type LoadThreads, planCompleting, planLoading } from '../../memory/plans.js';
import { MEMORY_MINIMUM } from '../../memory.js';
import type { Precision } from '../../mesh.js';
import {
  countSpillBytes,
  type Layout,
  type SpillBytes,
  spillsWith,
  type WeldingOptions,
} from '../../weld/welding.js';
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
  /** Indexed if any input is, or the mesh that is added to. */
  readonly layout: Layout;
  /** float32 if that of all is. */
  readonly precision: Precision;
  /** The approximate number of triangles in the end; undefined if that of an input is not known. */
  readonly expectedTriangles: number | undefined;
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
  if (!(memoryBytes >= MEMORY_MINIMUM)) {
    throw new UsageError(`a memory of ${countOf(memoryBytes, 'byte')}; expected at least ${MEMORY_MINIMUM}`);
  }

  const { totals } = inputs;
  const { contentBytes, hasPieces, unpackingBytes, keptBytes } = totals;
  const layout = base?.layout === 'indexed' ? 'indexed' : totals.layout;
  const precision = base?.precision === 'float64' ? 'float64' : totals.precision;
  const expectedTriangles =
    totals.expectedTriangles && totals.expectedTriangles + (base?.totals.triangles ?? 0);
  signal?.throwIfAborted();
  const conditions = { from: from ?? null, salvage };
  const state = await log?.begin(inputs.facts, conditions);
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
    mostVertices: foreseeVertices(contentBytes, totals.expectedTriangles, base?.totals.vertices),
    known: base?.totals.vertices,
    spillPath: target.spillPath,
    keepsFiles: log !== undefined,
    saved: resumed?.welding,
  };
  const plan: LoadPlan = {
    options,
    target,
    inputs,
    layout,
    precision,
    expectedTriangles,
    conditions,
    state,
    threads: memory.threads,
    welding,
  };
  forecastDisk(
    expectedTriangles,
    (vertices) => {
      const spills = state?.phase !== 'loaded' && spillsWith(layout, vertices, welding);
      const needs = target.needs(spills, foreseeSorting(plan, vertices));
      return keptBytes === 0
        ? needs
        : [...needs, [copyFolder(target, options), [{ what: 'input', bytes: keptBytes }]]];
    },
    options,
    log?.present,
    foreseeSpills(welding, expectedTriangles),
  );
  return plan;
}

/** Returns the memory in which a load sorts the positions of `vertices` vertices at the end. */
export function sortingMemory({ options, threads, welding }: LoadPlan, vertices: number): number {
  // A thread that has ended holds nothing.
  return planCompleting(options.memoryBytes, vertices, threads.weld === 0 ? welding.budgetBytes : 0);
}

/** Forecasts the file with whose help `vertices` positions are sorted, in bytes. */
export function foreseeSorting(plan: LoadPlan, vertices: number): number {
  return plan.target.isIndexed ? PositionSort.bytesOf(sortingMemory(plan, vertices), vertices) : 0;
}

/**
 * Returns about the most vertices that inputs can have: three for each triangle, also if the forecast is half of the
 * truth, or one for three bytes, the shortest in any format. `known` are there already.
 */
function foreseeVertices(
  size: number | undefined,
  triangles: number | undefined,
  known = 0,
): number | undefined {
  if (size === undefined || triangles === undefined) return undefined;
  return known + Math.max(6 * triangles, Math.ceil(size / 3));
}

/** Forecasts the spill files of the welder; those of an import are kept to the end. */
function foreseeSpills(welding: WeldingOptions, triangles = 0): SpillBytes {
  return countSpillBytes(welding.layout, triangles, VERTICES_PER_TRIANGLE * triangles, welding);
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
