/**
 * A memory limit of the process while SQLite evaluates SQL of the user: `group_concat()` or `printf()` may need any
 * amount, and this build of SQLite can neither be limited nor interrupted. For the same reason, a child process cannot
 * notice by itself that its parent is gone.
 *
 * For the command line and processes of the view only: the process is killed.
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
  /** The parent without which the process is killed, too (default: it may outlive any). */
  readonly parent?: number | undefined;
}

/**
 * Runs an action and kills the process if its memory exceeds the limit plus some slack, or a moment after it has lost its
 * `parent`.
 */
export async function withMemoryLimit<T>(
  memoryBytes: number,
  lastWords: string,
  action: () => Promise<T>,
  parent?: number,
): Promise<T> {
  const options: WatchOptions = { limitBytes: memoryBytes + SLACK_BYTES, lastWords, parent };
  const thread = new Thread<never, never>('watch', options);
  try {
    return await action();
  } finally {
    await thread.stop();
  }
}
