/** Turns a selection into the bytes of an output: arranges its vertices, finds positions, and shares rows among threads. */

import { runSteps } from '../collections/steps.js';
import type { StoredSelection } from '../database/rows/selection.js';
import { unshare } from '../formats/shared/unshared.js';
import { planExporting } from '../memory/plans.js';
import type { MeshSelection, Warning } from '../mesh.js';
import { forecastSpills } from './run/forecast.js';
import { hasMeasures, withMeasures } from './run/measures.js';
import type { ChosenWriter } from './run/output-writer.js';
import { Pace } from './run/pace.js';
import type { RunOptions } from './run/progress.js';
import { countThreads, STORED_TRIANGLES_MIN } from './run/thread-count.js';
import type { Selected } from './select-mesh.js';
import { formatInThreads, type ThreadChunk } from './threads/format-threads.js';

/** Returns a selection with the vertices that the writer is to write: shared ones, or three for each triangle. */
export function arrange(selection: StoredSelection, { writer, options }: ChosenWriter): StoredSelection {
  if (options.columns !== undefined) return withMeasures(selection);
  if (!options.soup || writer.layout(options) === 'soup') return selection;
  return Object.assign(unshare(selection), { paged: undefined, corners: selection.corners });
}

/** Returns the number of rows that a writer writes for a selection. */
export function countRows(
  { vertexCount, triangleCount }: MeshSelection,
  { writer, options }: ChosenWriter,
): number {
  return writer.layout(options) === 'soup' ? triangleCount : vertexCount + triangleCount;
}

/** Yields the output, written by several threads if that is faster. */
export async function* chunksOf(
  { selection, pool, files, threads }: Pick<Selected, 'selection' | 'pool' | 'files' | 'threads'>,
  { writer, name, options }: ChosenWriter,
  exporting: RunOptions,
  warn: (warning: Warning) => void,
): AsyncGenerator<ThreadChunk> {
  const { paged, corners, triangleCount } = selection;
  const least = paged?.map === undefined ? undefined : STORED_TRIANGLES_MIN;
  const wanted = countThreads(exporting.threads, triangleCount, least);
  const plan = planExporting(exporting, wanted, threads);
  const usesCorners = options.soup || writer.layout(options) === 'soup' || hasMeasures(options.columns);
  // A thread has only its share of the memory for positions.
  if (
    plan.threads > 0 &&
    paged !== undefined &&
    !(usesCorners && corners.isScattered(plan.rowsBytes / plan.threads))
  ) {
    const rows = writer.rows?.(selection, options, warn);
    if (rows !== undefined) {
      yield* formatInThreads(selection, paged, rows, { name, options }, pool, plan.threads, plan.rowsBytes);
      rows.conclude?.();
      return;
    }
  }
  if (usesCorners) await prepareCorners(selection, files, exporting);
  yield* writer.write(selection, options, warn);
}

/**
 * Looks up the positions of all corners in spill files if triangles are in no spatial order. Throws FileError if the disk has
 * no room for them.
 */
export async function prepareCorners(
  { corners, triangleCount, vertexCount }: StoredSelection,
  files: Selected['files'],
  options: RunOptions,
): Promise<void> {
  if (!corners.isScattered()) return;
  options.onNote?.('triangles are in no spatial order: positions are looked up in sequence');
  forecastSpills(files.folder, [{ what: 'positions of corners', bytes: corners.spillBytes }], options);
  const pace = new Pace({ triangleRange: triangleCount, vertexRange: vertexCount }, options);
  await runSteps(corners.prepare(files), (share) => pace.pauseAt('filter', share));
}
