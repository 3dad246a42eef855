/** Prepares a mesh for the view: imports it if it is a mesh file, and builds its tiles. */

import { buildTiles } from '../../pipeline/build-tiles.js';
import { importMesh } from '../../pipeline/import-mesh.js';
import type { Progress, RunOptions } from '../../pipeline/run/progress.js';
import type { JobHome, JobNews, PrepareJob } from './job.js';

/** The time between two reports, in milliseconds. */
const NEWS_MS = 100;

export async function run(job: PrepareJob, { signal, send }: JobHome): Promise<void> {
  const { source, database, tilesFile, memoryBytes, threads, tempFolder } = job;
  const runningIn = (step: JobNews['step']): RunOptions => {
    let last = Number.NEGATIVE_INFINITY;
    const onProgress = (progress: Progress) => {
      if (performance.now() - last < NEWS_MS) return;
      last = performance.now();
      send({ news: { step, progress } });
    };
    const onWarning = ({ message }: { readonly message: string }) => send({ warning: message });
    return { memoryBytes, threads, tempFolder, signal, onProgress, onWarning };
  };
  if (source !== undefined) await importMesh(source, database, { ...runningIn('import'), index: false });
  await buildTiles(database, {
    ...runningIn('tiles'),
    tilesFile,
    onCoarse: (coarse) => send({ coarse }),
  });
}
