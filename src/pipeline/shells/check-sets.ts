/** A refusal in time, where the sets that a verb needs do not fit the memory. */

import { UsageError } from '../../errors.js';
import { MEMORY_DEFAULT } from '../../memory.js';
import { formatCount } from '../../wording.js';

/** Sets that a verb needs, and the memory that there is for them. */
interface SetsNeed {
  /** What is done to the triangles, as the beginning of a sentence. */
  readonly what: string;
  readonly triangles: number;
  /** Bytes of the sets. */
  readonly setsBytes: number;
  /** The part of the free bytes that sets may take, from 0 to 1. */
  readonly share: number;
  /** Bytes that the memory of the process leaves. */
  readonly freeBytes: number;
  /** Memory of the whole process, in bytes. */
  readonly memoryBytes?: number | undefined;
}

/** Throws UsageError unless the sets fit their share; it says how much memory would do. */
export function checkSets(need: SetsNeed): void {
  const { what, triangles, setsBytes, share, freeBytes, memoryBytes = MEMORY_DEFAULT } = need;
  if (setsBytes <= share * freeBytes) return;
  const missing = Math.ceil((setsBytes / share - freeBytes + memoryBytes) / 2 ** 20);
  throw new UsageError(
    `${what} ${formatCount(triangles)} triangles does not fit; expected a memory of ${missing}M`,
    { code: 'MEMORY_TOO_SMALL', hint: `\`memoryBytes: ${missing * 2 ** 20}\`` },
  );
}
