/**
 * Waits for other processes that use the same database. SQLite could wait by itself, but would block signals. So
 * connections that write fail at once, and the failed action is retried.
 */
import { isSqliteError } from './open-database.js';

/** The longest wait for a database in use before that is an error. */
const WAIT_MS = 5000;
/** Time between two attempts. */
const SLICE_MS = 50;

/** Runs an action, and retries it for some seconds while SQLite reports that others use the database. */
export async function whileBusy<T>(
  action: () => T,
  { signal, waitMs = WAIT_MS }: { readonly signal?: AbortSignal | undefined; readonly waitMs?: number } = {},
): Promise<T> {
  const end = performance.now() + waitMs;
  for (;;) {
    try {
      return action();
    } catch (error) {
      const isBusy = isSqliteError(error) && error.code.startsWith('SQLITE_BUSY');
      if (!isBusy || performance.now() >= end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, SLICE_MS));
    signal?.throwIfAborted();
  }
}
