/** The entry point of a child process of the view: it runs one job and ends. It may be started before the job is known. */
import { packError } from './errors.js';
import type { AheadOrder, Job, JobHome, JobMessage } from './view/jobs/job.js';

type Run = (job: never, home: JobHome) => Promise<void>;

/** The jobs, each loaded when it is needed. */
const JOBS: Readonly<Record<Job['kind'], () => Promise<{ run: Run }>>> = {
  prepare: () => import('./view/jobs/prepare-job.js'),
  sql: () => import('./view/jobs/sql-job.js'),
  values: () => import('./view/jobs/values-job.js'),
  export: () => import('./view/jobs/export-job.js'),
  set: () => import('./view/jobs/set-job.js'),
  flaws: () => import('./view/jobs/flaws-job.js'),
  section: () => import('./view/jobs/section-job.js'),
};

/** The time to clean up after it was asked to end, in milliseconds, as the server gives it. */
const GRACE_MS = 1000;

/** The server, unless it is gone already: then the channel closes at once. */
const parent = process.ppid;
const stopping = new AbortController();
let hasEnded = false;
let pool: JobHome['pool'];
let isWaiting = true;
const stop = () => {
  if (hasEnded) return;
  stopping.abort(new Error('the view has ended'));
  // A thread that is busy in SQLite keeps the process alive. The server kills it, too, but it may be gone.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
  if (!isWaiting) return;
  void pool?.stop();
  if (process.connected) process.disconnect();
};
// A terminal sends Ctrl-C to the server and to this process; the server also asks by SIGTERM, or it is gone.
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.on('disconnect', stop);

const send = (message: JobMessage): void => {
  if (process.connected) process.send?.(message);
};

/** Sends the last message, and waits until all are sent. */
const end = (message: JobMessage): Promise<void> =>
  new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });

async function follow(job: Job): Promise<void> {
  process.title = `offload view: ${job.kind}`;
  try {
    const { run } = await JOBS[job.kind]();
    stopping.signal.throwIfAborted();
    await run(job as never, { signal: stopping.signal, parent, send, pool });
    await end({ done: true });
  } catch (error) {
    if (!stopping.signal.aborted) await end({ error: packError(error) });
  } finally {
    hasEnded = true;
    if (process.connected) process.disconnect();
  }
}

/** Loads the code of a job and starts its threads. */
async function prepare({ threads }: AheadOrder): Promise<void> {
  process.title = 'offload view: waiting';
  const { startAhead } = await import('./view/jobs/set-job.js');
  // The server may have gone before anybody listened.
  if (isWaiting && process.connected) pool = startAhead(threads);
}

process.on('message', (order: Job | AheadOrder) => {
  if ('ahead' in order) {
    void prepare(order);
    return;
  }
  isWaiting = false;
  void follow(order);
});
