/** Checks a mesh and lists its flaws. */

import { findFlaws } from '../../pipeline/check-mesh.js';
import type { Progress } from '../../pipeline/run/progress.js';
import type { FlawsJob, JobHome } from './job.js';

/** The time between two reports, in milliseconds. */
const NEWS_MS = 100;

export async function run(job: FlawsJob, { signal, send }: JobHome): Promise<void> {
  const { database, memoryBytes, threads, tempFolder } = job;
  let last = Number.NEGATIVE_INFINITY;
  const onProgress = ({ done, total }: Progress) => {
    if (performance.now() - last < NEWS_MS || total === undefined) return;
    last = performance.now();
    send({ share: total === 0 ? 1 : Math.min(1, done / total) });
  };
  const { check, groups } = await findFlaws(database, {
    memoryBytes,
    threads,
    tempFolder,
    signal,
    onProgress,
  });
  send({ flaws: { groups, shells: check.shells, components: check.components } });
}
