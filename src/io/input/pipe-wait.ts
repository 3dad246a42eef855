/**
 * Waiting for a named pipe. The system blocks whoever opens one until somebody writes to it, and whoever reads until
 * there is something: Node cannot take that back, so this program writes to the pipe itself if it is interrupted.
 */
import { closeSync, constants, openSync, statSync, writeSync } from 'node:fs';

/** Runs an action that may wait for a pipe, and ends the wait if the signal aborts. The caller then checks the signal. */
export async function waitForPipe<T>(
  path: string,
  signal: AbortSignal | undefined,
  action: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const wake = () => wakeReader(path);
  signal?.addEventListener('abort', wake, { once: true });
  try {
    return await action();
  } finally {
    signal?.removeEventListener('abort', wake);
  }
}

function wakeReader(path: string): void {
  try {
    if (!statSync(path).isFIFO()) return;
    const pipe = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    writeSync(pipe, '\0');
    closeSync(pipe);
  } catch {
    // Nobody waits, or the system allows no writing: then the run is ended as any that does not end in time.
  }
}
