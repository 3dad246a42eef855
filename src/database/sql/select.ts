/** Queries of the library's users: one SELECT, on a connection that cannot write. */

import type Database from 'better-sqlite3';
import { UsageError } from '../../errors.js';
import { refuse, text } from '../../options.js';
import { isSqliteError } from '../open-database.js';
import { missingParameter } from './errors.js';

/** A value in a row of SQLite. */
export type SqlValue = number | string | Uint8Array | null;

/** Values of the parameters of a query: by position for `?`, by name for `:name`, `@name` and `$name`. */
export type SqlParameters = readonly SqlValue[] | Readonly<Record<string, SqlValue>>;

/** Yields the rows of a query as they come. Throws UsageError for SQL that SQLite rejects, at once or later. */
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
    return yieldRows(statement.iterate(parameters), sql);
  } catch (error) {
    throw queryError(error, sql);
  }
}

function* yieldRows(rows: Iterable<unknown>, sql: string): IterableIterator<unknown> {
  try {
    yield* rows;
  } catch (error) {
    throw queryError(error, sql);
  }
}

/** Converts errors of SQLite or its driver about a query to UsageError; returns others as they are. */
function queryError(error: unknown, sql: string): unknown {
  const parameter = missingParameter(error, sql);
  if (parameter !== undefined) {
    const problem = `no value for ${parameter}; expected one in the parameters`;
    return new UsageError(problem, { code: 'SQL_INVALID', option: 'sql', cause: error });
  }
  const isSql = isSqliteError(error) && error.code === 'SQLITE_ERROR';
  if (!isSql && !(error instanceof RangeError) && !(error instanceof TypeError)) return error;
  return new UsageError(error.message, { code: 'SQL_INVALID', option: 'sql', cause: error });
}
