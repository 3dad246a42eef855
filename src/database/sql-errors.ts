/** What SQLite says of a text that somebody has written, with the text and the next step. */
import Database from 'better-sqlite3';
import { UsageError } from '../errors.js';
import { suggest } from '../suggest.js';
import { hintForUnknown } from './sql-names.js';
import { firstSqlWord, shortenSql } from './sql-words.js';

/** An error of SQLite's or its driver's about a query as a UsageError; anything else as it is. */
export function sqlError(error: unknown, text: string, db: Database.Database): unknown {
  const query = shortenSql(text);
  if (error instanceof RangeError || error instanceof TypeError) {
    const problem = isSeveral(error) ? 'several statements; expected one query' : error.message;
    return new UsageError(`${query}: ${problem}`, { code: 'SQL_INVALID', cause: error });
  }
  if (!(error instanceof Database.SqliteError)) return error;
  if (error.code === 'SQLITE_TOOBIG') {
    const hint = 'select the length of the value, or a part of it with substr()';
    return new UsageError(`${query}: a value is too long`, { code: 'SQL_INVALID', cause: error, hint });
  }
  if (error.code !== 'SQLITE_ERROR') return error;
  const problem = wordSqlError(error.message);
  const hint = isSyntaxError(problem) ? hintForFirstWord(text) : hintForUnknown(db, error.message, text);
  return new UsageError(`${query}: ${problem}`, { code: 'SQL_INVALID', cause: error, hint });
}

/** SQLite's message with the one wording that there is for a syntax error: `syntax error near "FORM"`. */
export function wordSqlError(message: string): string {
  if (message === 'incomplete input') return 'syntax error at the end';
  const near = /^near (".*"): syntax error$/s.exec(message)?.[1];
  return near === undefined ? message : `syntax error near ${near}`;
}

function isSyntaxError(problem: string): boolean {
  return problem.startsWith('syntax error ');
}

/** Whether the driver has refused a text since it has more than one statement. */
export function isSeveral(error: unknown): boolean {
  return error instanceof RangeError && /more than one statement/.test(error.message);
}

const FIRST_WORDS: readonly string[] = [
  'SELECT',
  'WITH',
  'VALUES',
  'EXPLAIN',
  'PRAGMA',
  'INSERT',
  'UPDATE',
  'DELETE',
];

function hintForFirstWord(text: string): string | undefined {
  const word = firstSqlWord(text) ?? '';
  return FIRST_WORDS.includes(word) ? undefined : suggest(word, FIRST_WORDS);
}
