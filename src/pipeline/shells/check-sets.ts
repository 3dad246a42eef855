/** A refusal in time, where the sets that a verb needs do not fit the memory. */

import { UsageError } from '../../errors.js';
import type { SetsPlan } from '../../memory/plans.js';
import { formatCount } from '../../wording.js';

/**
 * Throws UsageError, which says how much would do, unless sets of so many bytes fit their limit; `what` is done to
 * `triangles` triangles.
 */
export function checkSets(what: string, triangles: number, setsBytes: number, limit: SetsPlan): void {
  if (setsBytes <= limit.mostBytes) return;
  const missing = Math.ceil(limit.memoryFor(setsBytes) / 2 ** 20);
  throw new UsageError(
    `${what} ${formatCount(triangles)} triangles does not fit; expected a memory of ${missing}M`,
    { code: 'MEMORY_TOO_SMALL', hint: `\`memoryBytes: ${missing * 2 ** 20}\`` },
  );
}
