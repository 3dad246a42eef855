/** SQLite's errors about SQL from users, with the text and the next step. */
import type Database from 'better-sqlite3';
import { UsageError } from '../../errors.js';
import { suggest } from '../../suggest.js';
import { isSqliteError } from '../open-database.js';
import { hintForUnknown } from './names.js';
import { firstSqlWord, parameterNames, shortenSql } from './words.js';

/** Converts an error of SQLite or its driver about a query to UsageError; returns others as they are. */
export function sqlError(error: unknown, text: string, db: Database.Database): unknown {
  const query = shortenSql(text);
  const parameter = missingParameter(error, text);
  if (parameter !== undefined) {
    const hint =
      parameter === '?'
        ? 'name the parameter, as in :name, and give its value with --param name=<value>'
        : `give it a value with --param ${parameter.slice(1)}=<value>`;
    return new UsageError(`${query}: no value for ${parameter}`, { code: 'SQL_INVALID', cause: error, hint });
  }
  if (error instanceof RangeError || error instanceof TypeError) {
    const problem = isSeveral(error) ? 'several statements; expected one query' : error.message;
    return new UsageError(`${query}: ${problem}`, { code: 'SQL_INVALID', cause: error });
  }
  if (!isSqliteError(error)) return error;
  if (error.code === 'SQLITE_TOOBIG') {
    const hint = 'select the length of the value, or a part of it with substr()';
    return new UsageError(`${query}: a value is too long`, { code: 'SQL_INVALID', cause: error, hint });
  }
  if (error.code !== 'SQLITE_ERROR') return error;
  const problem = wordSqlError(error.message);
  const hint = isSyntaxError(problem) ? hintForFirstWord(text) : hintForUnknown(db, error.message, text);
  return new UsageError(`${query}: ${problem}`, { code: 'SQL_INVALID', cause: error, hint });
}

/** Normalizes SQLite's messages about syntax errors: `syntax error near "FORM"`. */
export function wordSqlError(message: string): string {
  if (message === 'incomplete input') return 'syntax error at the end';
  const near = /^near (".*"): syntax error$/s.exec(message)?.[1];
  return near === undefined ? message : `syntax error near ${near}`;
}

function isSyntaxError(problem: string): boolean {
  return problem.startsWith('syntax error ');
}

/** Returns the parameter without a value in a driver's error, as `:name` or `?`; undefined for any other error. */
export function missingParameter(error: unknown, text: string): string | undefined {
  if (error instanceof TypeError && error.message === 'Missing named parameters') {
    const [first] = parameterNames(text);
    return `:${first}`;
  }
  if (!(error instanceof RangeError)) return undefined;
  const name = /^Missing named parameter "(.*)"$/s.exec(error.message)?.[1];
  if (name !== undefined) return `:${name}`;
  return /^Too few parameter values/.test(error.message) ? '?' : undefined;
}

/** Whether the driver has refused a text because it has several statements. */
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
