/**
 * Waiting for other processes that use the same database. SQLite would wait by itself, but with its hands tied: signals
 * would not be heard. So connections that write fail at once, and what has failed is tried again.
 */
import { isSqliteError } from './open-database.js';

/** How long a database may be in use by others before that is an error. */
const WAIT_MS = 5000;
/** Time between two attempts. */
const SLICE_MS = 50;

/** Does something, again and again for some seconds while SQLite says that others use the database. */
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
