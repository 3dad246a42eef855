/**
 * Interruptible waits for a named pipe. The system blocks an open until there is a writer, and a read until there is
 * data. Node cannot cancel either, so an interrupted run writes to the pipe itself.
 */
import { closeSync, constants, openSync, statSync, writeSync } from 'node:fs';

/** Runs an action that may wait for a pipe; an abort ends the wait. The caller then checks the signal. */
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
    // No reader waits, or writing is not allowed: the run is then ended like any that does not end in time.
  }
}
