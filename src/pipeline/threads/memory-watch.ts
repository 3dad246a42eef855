/**
 * A memory limit of the process while SQLite evaluates SQL of the user: `group_concat()` or `printf()` may need any
 * amount, and this build of SQLite can neither be limited nor interrupted.
 *
 * For the command line only: the process is killed.
 */
import { Thread } from './thread.js';

/**
 * The process may exceed its limit by this much: the garbage collector and the allocator return memory late, and each of
 * SQLite's temporary tables has a cache of 16 MB. The view non_manifold_vertices takes 233 MB at --memory 192M (201 MB).
 */
const SLACK_BYTES = 64 * 2 ** 20;

export interface WatchOptions {
  readonly limitBytes: number;
  /** The text for standard error before the process is killed. */
  readonly lastWords: string;
}

/** Runs an action and kills the process if its memory exceeds the limit plus some slack. */
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
