/** Refuses early if the sets that a command needs do not fit in memory. */

import { UsageError } from '../../errors.js';
import type { SetsPlan } from '../../memory/plans.js';
import { formatCount } from '../../wording.js';

/**
 * Throws UsageError with the memory needed unless sets of `setsBytes` fit their limit; `what` is done to `triangles`
 * triangles.
 */
export function checkSets(what: string, triangles: number, setsBytes: number, limit: SetsPlan): void {
  if (setsBytes <= limit.mostBytes) return;
  const missing = Math.ceil(limit.memoryFor(setsBytes) / 2 ** 20);
  throw new UsageError(
    `${what} ${formatCount(triangles)} triangles does not fit in memory; expected at least ${missing}M`,
    { code: 'MEMORY_TOO_SMALL', hint: `set \`memoryBytes: ${missing * 2 ** 20}\`` },
  );
}
