/** Queries whose rows are triangles, as filters. */

import type { ShownFilter } from '../../src/view/wire/messages.js';
import type { SqlColumn } from '../../src/view/wire/sql.js';

/** Makes a filter of a query whose columns have ids of triangles; undefined if they have none. */
export function asFilter(query: string, columns: readonly SqlColumn[]): ShownFilter | undefined {
  const at = columns.findIndex(({ isTriangle }) => isTriangle);
  if (at < 0) return undefined;
  const plain = query.trim().replace(/[;\s]+$/, '');
  // A filter takes the first column. The line break ends a comment.
  const name = columns[at]!.name.replaceAll('"', '""');
  return { sql: [at === 0 ? plain : `SELECT "${name}" FROM (\n${plain}\n)`] };
}
