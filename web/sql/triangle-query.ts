/** Queries whose rows are triangles, as filters. */

import type { ShownFilter } from '../../src/view/wire/messages.js';
import type { SqlResult } from './run-sql.js';

/** Makes a filter of a query that has ids of triangles; undefined if it has none. */
export function asFilter({
  query,
  columns,
  state,
}: Pick<SqlResult, 'query' | 'columns' | 'state'>): ShownFilter | undefined {
  const at = columns.findIndex(({ isTriangle }) => isTriangle);
  if (at < 0 || state === 'failed') return undefined;
  const plain = query.trim().replace(/[;\s]+$/, '');
  // A filter takes the first column. The line break ends a comment.
  const name = columns[at]!.name.replaceAll('"', '""');
  return { sql: [at === 0 ? plain : `SELECT "${name}" FROM (\n${plain}\n)`] };
}
