/** How far a load is, told while rows are counted and not bytes. */
import type { MeshLoad } from '../../database/build/mesh-load.js';
import type { Progress, RunOptions } from '../run/progress.js';

/** Reports the share of triangles done and yields to the abort signal. */
export async function tellRows(
  stage: Progress['stage'],
  share: number,
  rows: MeshLoad,
  options: RunOptions,
  triangles = rows.tally.triangles,
): Promise<void> {
  tellShare(stage, share, rows, options, triangles);
  await pauseForSignals(options.signal);
}

/** Tells that so much of a stage is done, from 0 to 1. */
export function tellShare(
  stage: Progress['stage'],
  share: number,
  { tally }: MeshLoad,
  { onProgress }: RunOptions,
  triangles = tally.triangles,
): void {
  const done = Math.round(share * triangles);
  onProgress?.({ stage, done, total: triangles, unit: 'rows', triangles, vertices: tally.vertices });
}

/** Yields to an abort signal that came while the thread was busy. */
export async function pauseForSignals(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resume) => setImmediate(resume));
  signal?.throwIfAborted();
}
