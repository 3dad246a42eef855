/**
 * A limit on the memory of the process while SQLite evaluates what somebody has written: `group_concat()` or `printf()`
 * may want any amount, and SQLite, as it is built here, cannot be given a limit nor be interrupted.
 *
 * For the command line only: the process is killed.
 */
import { Thread } from './thread.js';

/**
 * A process may have this much more than it was allowed: the collector and the allocator return memory late, and each of
 * SQLite's temporary tables has a cache of 16 MB. The view non_manifold_vertices takes 233 MB at --memory 192M (201 MB).
 */
const SLACK_BYTES = 64 * 2 ** 20;

export interface WatchOptions {
  readonly limitBytes: number;
  /** What is written to standard error before the process is killed. */
  readonly lastWords: string;
}

/** Does something in a process that is killed if it takes more than so many bytes, and some slack. */
export async function withMemoryLimit<T>(
  memoryBytes: number,
  lastWords: string,
  action: () => Promise<T>,
): Promise<T> {
  const options: WatchOptions = { limitBytes: memoryBytes + SLACK_BYTES, lastWords };
  const thread = new Thread<never, never>('watch', options);
  try {
    return await action();
  } finally {
    await thread.stop();
  }
}
