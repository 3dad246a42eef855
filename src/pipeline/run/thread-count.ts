/** How many threads a run uses. */
import { availableParallelism } from 'node:os';
import { UsageError } from '../../errors.js';

/** The most threads that a run may be asked to use. */
export const THREADS_MAX = 64;

/** Below so many triangles of a source a thread takes longer to start than it saves. */
const TRIANGLES_MIN = 100_000;

/** The same where rows are only filtered or written. */
export const STORED_TRIANGLES_MIN = 500_000;

/**
 * Threads for a mesh of so many triangles, or of an unknown number: those asked for, else as many as the machine has
 * cores, or one for fewer than `least` triangles. Throws UsageError where fewer than one or more than {@link THREADS_MAX} are asked for.
 */
export function countThreads(
  asked: number | undefined,
  triangles: number | undefined,
  least = TRIANGLES_MIN,
): number {
  if (asked === undefined) {
    const isSmall = triangles !== undefined && triangles < least;
    return isSmall ? 1 : Math.min(THREADS_MAX, availableParallelism());
  }
  if (Number.isInteger(asked) && asked >= 1 && asked <= THREADS_MAX) return asked;
  throw new UsageError(`${asked} threads; expected 1 to ${THREADS_MAX}`);
}
