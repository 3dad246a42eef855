/** Reports the progress of a load: bytes while the source is read, then rows. */
import type { MeshLoad } from '../../database/build/mesh-load.js';
import type { Progress, RunOptions } from '../run/progress.js';

/** Reports how many bytes of `total` have been read. */
export function tellBytes(
  done: number,
  total: number | undefined,
  triangles: number,
  vertices: number,
  { onProgress }: RunOptions,
): void {
  onProgress?.({ stage: 'import', done, total, unit: 'bytes', triangles, vertices });
}

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

/** Reports the share of a stage that is done, from 0 to 1. */
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

/** Yields to the event loop. Throws the reason of a signal aborted while the thread was busy. */
export async function pauseForSignals(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resume) => setImmediate(resume));
  signal?.throwIfAborted();
}
