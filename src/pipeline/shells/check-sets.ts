/** A refusal in time, where the sets that a verb needs do not fit the memory. */

import { UsageError } from '../../errors.js';
import { MEMORY_DEFAULT } from '../../memory.js';
import { formatCount } from '../../wording.js';

/**
 * Throws UsageError, which says how much would do, unless sets of so many bytes fit a `share` of the `freeBytes` that the
 * memory of the process leaves; `what` is done to `triangles` triangles.
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
    `${what} ${formatCount(triangles)} triangles does not fit; expected a memory of ${missing}M`,
    { code: 'MEMORY_TOO_SMALL', hint: `\`memoryBytes: ${missing * 2 ** 20}\`` },
  );
}
