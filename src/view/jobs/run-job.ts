/**
 * Runs a job in a child process. A process can be ended at any moment, gives all its memory back, and leaves this one free
 * to answer.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { unpackError } from '../../errors.js';
import type { Job, JobMessage } from './job.js';

/** A process that ended by itself without a result; `by` is the signal, if any. */
export class ProcessEnd extends Error {
  constructor(
    readonly by: string | null,
    code: number | null,
  ) {
    super(`a process of the view ended with ${by ?? `code ${code}`}`);
  }
}

/** A job that has not ended within its time. */
export class TimeLimit extends Error {
  constructor(milliseconds: number) {
    super(`a process of the view was ended after ${milliseconds / 1000} s`);
  }
}

/** The time that a job may take to clean up after it was asked to end, in milliseconds. */
const GRACE_MS = 1000;

/** Starts a process that waits for its job; `hasOutput` tells whether its standard output is read. */
export function forkJob(hasOutput: boolean): ChildProcess {
  return fork(createRequire(import.meta.url).resolve('#job'), [], {
    serialization: 'advanced',
    // Its standard output would mix with the URL.
    stdio: ['ignore', hasOutput ? 'pipe' : 'ignore', 'inherit', 'ipc'],
  });
}

/**
 * Runs a job until its end, and passes on what it tells, and what it writes to its standard output as fast as that is
 * taken, in a new process or in one that waits. Throws its error, or the reason of the signal if that ends it, or ProcessEnd.
 */
export async function runJob(
  job: Job,
  signal: AbortSignal,
  onMessage: (message: JobMessage) => void,
  onOutput?: (bytes: Uint8Array) => Promise<void>,
  takeWaiting?: () => ChildProcess | undefined,
): Promise<void> {
  signal.throwIfAborted();
  const child = takeWaiting?.() ?? forkJob(onOutput !== undefined);
  let error: Error | undefined;
  let isDone = false;
  let timer: NodeJS.Timeout | undefined;
  let passing: Promise<void> | undefined;
  const end = () => {
    // SQLite cannot be asked to end, and a query leaves nothing.
    child.kill(job.kind === 'sql' ? 'SIGKILL' : 'SIGTERM');
    timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('message', (message: JobMessage) => {
        if ('error' in message) error = unpackError(message.error);
        else if ('done' in message) isDone = true;
        else onMessage(message);
      });
      child.on('close', (code, by) => {
        if (isDone || error !== undefined || signal.aborted) resolve();
        else reject(new ProcessEnd(by, code));
      });
      if (onOutput !== undefined) {
        passing = passOn(child.stdout!, onOutput);
        passing.catch(reject);
      }
      child.send(job);
    });
    await passing;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    // It has ended, unless nobody takes what it writes.
    child.kill('SIGKILL');
  }
  signal.throwIfAborted();
  if (error !== undefined) throw error;
}

async function passOn(
  output: AsyncIterable<Uint8Array>,
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  for await (const bytes of output) await take(bytes);
}
