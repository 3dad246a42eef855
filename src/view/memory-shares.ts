/** Divides the memory of a view among its server, the sets of shown triangles, and the processes of jobs. */

import { MEMORY_MINIMUM, MIB } from '../memory.js';

/** Jobs at a time. */
export const JOBS_MAX = 2;
/** What the server itself needs. */
const SERVER_BYTES = 64 * MIB;
/** Sets of shown triangles take at most the first share of the rest, and may always take the second one. */
const SETS_SHARE = 1 / 4;
const SETS_SHARE_MIN = 1 / 8;

/** The bytes that each may take. */
export interface MemoryShares {
  readonly sets: number;
  /** Each of {@link JOBS_MAX} jobs at a time. */
  readonly job: number;
  /** A job that runs while there are neither sets nor other jobs. */
  readonly onlyJob: number;
}

/**
 * Divides `memoryBytes`. A process takes {@link MEMORY_MINIMUM} at least, so that all shares together stay within 512 MiB and
 * more, but not within less.
 */
export function shareMemory(memoryBytes: number): MemoryShares {
  const rest = memoryBytes - SERVER_BYTES;
  const sets = Math.max(SETS_SHARE_MIN * rest, Math.min(SETS_SHARE * rest, rest - JOBS_MAX * MEMORY_MINIMUM));
  const atLeast = (bytes: number) => Math.max(MEMORY_MINIMUM, Math.floor(bytes));
  return { sets: Math.floor(sets), job: atLeast((rest - sets) / JOBS_MAX), onlyJob: atLeast(rest) };
}

/** Returns the memory of a view with which a job gets at least `jobBytes`, in whole MiB. */
export function memoryForJob(jobBytes: number): number {
  const rest = (JOBS_MAX * jobBytes) / (1 - SETS_SHARE);
  return MIB * Math.ceil((SERVER_BYTES + rest) / MIB);
}
