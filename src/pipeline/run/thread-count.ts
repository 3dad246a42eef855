/** The number of threads of a run. */
import { availableParallelism } from 'node:os';
import { UsageError } from '../../errors.js';

/** The most threads that a caller may request. */
export const THREADS_MAX = 64;

/**
 * Below this many triangles of a source, threads take longer to start and to warm up than they save. On two idle cores, 1 M
 * triangles take as long in one thread, with 60 to 80 % of the processor time, and 75 % of the time to export.
 */
const TRIANGLES_MIN = 1_500_000;

/** The threshold for filtering or writing stored triangles. */
export const STORED_TRIANGLES_MIN = 500_000;

/**
 * Counts the threads for a mesh of `triangles`, if known: the number requested, else the number of cores, or one below
 * `least` triangles. Throws UsageError for a request below 1 or above {@link THREADS_MAX}.
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
