/**
 * The leaf pages of a table as a list in shared memory, to find rows by id. It takes 12 bytes for each leaf, which has some
 * hundred rows.
 */
import type { Leaves } from '../pages/table-reader.js';

/** The leaves of a table, from left to right. */
export interface TableLeaves {
  /** The rows that may be requested have ids below this. */
  readonly count: number;
  readonly pages: Uint32Array;
  /** The last id that each leaf may hold. */
  readonly lastIds: Float64Array;
}

/** Lists the leaves of a table. */
export function listLeaves(leaves: Iterable<Leaves>, count: number): TableLeaves {
  let pages = new Uint32Array(new SharedArrayBuffer(4096));
  let lastIds = new Float64Array(new SharedArrayBuffer(8192));
  let size = 0;
  for (const some of leaves) {
    while (size + some.pages.length > pages.length) {
      const longer = 2 * pages.length;
      const more = new Uint32Array(new SharedArrayBuffer(4 * longer));
      const moreIds = new Float64Array(new SharedArrayBuffer(8 * longer));
      more.set(pages);
      moreIds.set(lastIds);
      pages = more;
      lastIds = moreIds;
    }
    pages.set(some.pages, size);
    lastIds.set(some.lastIds, size);
    size += some.pages.length;
  }
  return { count, pages: pages.subarray(0, size), lastIds: lastIds.subarray(0, size) };
}

/** Returns the index of the first leaf whose last id is not below `id`. */
export function findLeaf({ lastIds }: TableLeaves, id: number): number {
  let low = 0;
  let high = lastIds.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lastIds[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
