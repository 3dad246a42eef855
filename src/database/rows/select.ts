/** Queries of the library's users: one SELECT, on a connection that cannot write. */

import type Database from 'better-sqlite3';
import { UsageError } from '../../errors.js';
import { refuse, text } from '../../options.js';
import { isSqliteError } from '../open-database.js';

/** A value in a row of SQLite. */
export type SqlValue = number | string | Uint8Array | null;

/** Values of the parameters of a query: by position for `?`, by name for `:name`, `@name` and `$name`. */
export type SqlParameters = readonly SqlValue[] | Readonly<Record<string, SqlValue>>;

/** The rows of a query as they come. Throws UsageError for a text that SQLite does not take, at once or later. */
export function selectRows(
  db: Database.Database,
  sql: string,
  parameters: SqlParameters,
): IterableIterator<unknown> {
  text.take(sql, 'sql');
  if (typeof parameters !== 'object' || parameters === null) {
    throw refuse(parameters, 'a list or an object', 'parameters');
  }
  try {
    const statement = db.prepare(sql);
    if (!statement.reader || !statement.readonly) throw new TypeError('not a query; expected one SELECT');
    return yieldRows(statement.iterate(parameters));
  } catch (error) {
    throw queryError(error);
  }
}

function* yieldRows(rows: Iterable<unknown>): IterableIterator<unknown> {
  try {
    yield* rows;
  } catch (error) {
    throw queryError(error);
  }
}

/** What SQLite or its library says of a query, as the caller's mistake; anything else as it is. */
function queryError(error: unknown): unknown {
  const isSql = isSqliteError(error) && error.code === 'SQLITE_ERROR';
  if (!isSql && !(error instanceof RangeError) && !(error instanceof TypeError)) return error;
  return new UsageError(error.message, { code: 'SQL_INVALID', option: 'sql', cause: error });
}
