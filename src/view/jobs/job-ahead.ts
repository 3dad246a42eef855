/** A process that is started before the next filter is known: it loads its code and starts its threads meanwhile. */

import type { ChildProcess } from 'node:child_process';
import { planSelecting } from '../../memory/plans.js';
import { countThreads, STORED_TRIANGLES_MIN } from '../../pipeline/run/thread-count.js';
import type { AheadOrder } from './job.js';
import { forkJob } from './run-job.js';

/** The time from the picture of a mesh to the first start, in milliseconds: the picture comes first. */
const FIRST_MS = 1000;

export class JobAhead {
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** `means` returns the memory of a filter, the threads that are allowed, and the triangles of the mesh. */
  constructor(
    private readonly means: () => {
      readonly memoryBytes: number;
      readonly threads: number | undefined;
      readonly triangles: number;
    },
  ) {}

  /** Starts a process in a moment, unless one waits. */
  prepareSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.prepare(), FIRST_MS);
  }

  /** Starts a process, unless one waits. */
  prepare(): void {
    clearTimeout(this.timer);
    if (this.child !== undefined && isWaiting(this.child)) return;
    this.child = forkJob(false);
    // If it cannot start, the job starts another one and tells.
    this.child.on('error', () => undefined);
    const { memoryBytes, threads: asked, triangles } = this.means();
    const { threads } = planSelecting(
      { memoryBytes },
      countThreads(asked, triangles, STORED_TRIANGLES_MIN),
      0,
    );
    this.child.send({ ahead: 'set', threads } satisfies AheadOrder, () => undefined);
  }

  /** Hands over the process that waits; undefined if there is none. */
  take(): ChildProcess | undefined {
    clearTimeout(this.timer);
    const { child } = this;
    this.child = undefined;
    return child !== undefined && isWaiting(child) ? child : undefined;
  }

  /** Ends the process that waits. */
  async close(): Promise<void> {
    const child = this.take();
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}

function isWaiting({ exitCode, signalCode, connected }: ChildProcess): boolean {
  return exitCode === null && signalCode === null && connected;
}
