/** Exports the triangles of a filter to a file, for a page that downloads it. */

import { exportMesh } from '../../pipeline/export-mesh.js';
import type { Progress } from '../../pipeline/run/progress.js';
import { withMemoryLimit } from '../../pipeline/threads/memory-watch.js';
import { resolveFilter } from '../shown-filter.js';
import type { ExportJob, JobHome } from './job.js';

/** The time between two reports, in milliseconds. */
const NEWS_MS = 200;

export async function run(job: ExportJob, { signal, parent, send }: JobHome): Promise<void> {
  const { database, output, to, compress, filter, memoryBytes, threads, tempFolder } = job;
  const { weld, transform, orient, flip, ...conditions } = resolveFilter(database, filter);
  let last = Number.NEGATIVE_INFINITY;
  const onProgress = (progress: Progress) => {
    if (performance.now() - last < NEWS_MS) return;
    last = performance.now();
    send({ progress });
  };
  const { triangles } = await exportMesh(database, output, {
    filter: conditions,
    weld,
    transform,
    orient,
    flip,
    to,
    compress,
    // A download is one file.
    ...(to === 'parquet' ? { parquet: { soup: true } } : {}),
    memoryBytes,
    threads,
    tempFolder,
    signal,
    onProgress,
    guardQuery: (action) =>
      withMemoryLimit(memoryBytes, 'offload: a filter of the page exceeded its memory\n', action, parent),
  });
  send({ exported: { triangles } });
}
