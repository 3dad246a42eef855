/** The number of threads of a run. */
import { availableParallelism } from 'node:os';
import { UsageError } from '../../errors.js';

/** The most threads that a caller may request. */
export const THREADS_MAX = 64;

/** Below this many triangles of a source, starting a thread takes longer than it saves. */
const TRIANGLES_MIN = 100_000;

/**
 * The threshold for binary STL: decoding, welding and writing rows take so little that a thread which welds gains nothing
 * below. 1 M triangles take 0.6 s of processor time in one thread and 1.0 s in two, 3 M take 1.2 s and 1.9 s.
 */
export const BINARY_SOUP_MIN = 1_500_000;

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
