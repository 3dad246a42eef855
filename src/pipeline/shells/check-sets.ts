/** Refuses early if the sets that a command needs do not fit in memory. */

import { UsageError } from '../../errors.js';
import { MEMORY_DEFAULT } from '../../memory.js';
import { formatCount } from '../../wording.js';

/**
 * Throws UsageError with the memory needed unless sets of `setsBytes` fit in a `share` of `freeBytes`, the memory that the
 * process has left; `what` is done to `triangles` triangles.
 */
export function checkSets(
  what: string,
  triangles: number,
  setsBytes: number,
  share: number,
  freeBytes: number,
  memoryBytes = MEMORY_DEFAULT,
): void {
  if (setsBytes <= share * freeBytes) return;
  const missing = Math.ceil((setsBytes / share - freeBytes + memoryBytes) / 2 ** 20);
  throw new UsageError(
    `${what} ${formatCount(triangles)} triangles does not fit in memory; expected at least ${missing}M`,
    { code: 'MEMORY_TOO_SMALL', hint: `set \`memoryBytes: ${missing * 2 ** 20}\`` },
  );
}
