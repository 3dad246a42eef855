/** The filter of a page: checks what a page has sent, and merges it with the saved filters that it names. */

import { MeshDatabase } from '../database/mesh-database.js';
import { checkFilterSize } from '../filter/filter-size.js';
import { readFilter } from '../filter/saved-filters.js';
import { mergeSelections, type SavedSelection } from '../filter/saved-selection.js';
import { checkFilter } from '../filter/triangle-filter.js';
import { checkShape } from '../geometry/shapes.js';
import type { ShownFilter } from './wire/messages.js';
import { readShownFilter } from './wire/shown-filter.js';

/** Returns the filter in the body of a request. Throws UsageError if it is invalid for any mesh. */
export function takeFilter(body: unknown): ShownFilter {
  const filter = readShownFilter(body);
  checkFilterSize(filter);
  for (const shape of filter.shapes ?? []) checkShape(shape);
  checkFilter(filter);
  return filter;
}

/**
 * Merges a filter with the saved ones that it names, in the order of `offload export`. Throws UsageError if one is unknown, or if
 * they contradict each other.
 */
export function resolveFilter(database: string, { saved = [], ...own }: ShownFilter): SavedSelection {
  if (saved.length === 0) return own;
  const db = MeshDatabase.open(database);
  try {
    const named = saved.map((name) => db.ask((connection) => readFilter(connection, name)));
    return [...named, own].reduce(mergeSelections);
  } finally {
    db.close();
  }
}
