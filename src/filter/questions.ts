/**
 * The SQL questions of a filter: which triangles meet a condition, which ids a query yields. An answer cannot be
 * interrupted, so the pipeline asks in a separate thread; a question is plain data for that.
 *
 * SQLite compiles every text on a connection that cannot write, and a text that is not a single SELECT is refused.
 */

import type { IdSet } from '../collections/id-set.js';
import { type Connection, isSqliteError, type SqlStatement } from '../database/open-database.js';
import { missingParameter, wordSqlError } from '../database/sql/errors.js';
import { hintForUnknown } from '../database/sql/names.js';
import { firstSqlWord, shortenSql } from '../database/sql/words.js';
import { type MeshErrorOptions, UsageError } from '../errors.js';
import { suggest } from '../suggest.js';
import { columnNames, selectTriangles, summarizeColumns } from './expression/columns.js';
import { labelColumns, nameRuns, selectLabelRuns } from './labels.js';

/** The first words of a query that yields ids. */
const SELECT_WORDS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'VALUES']);

/** A question about triangles. */
export interface Question {
  /** `where` and `labels` are conditions, the latter over labels alone; `sql` is a query that yields ids. */
  readonly kind: 'where' | 'labels' | 'sql';
  readonly text: string;
}

/** A question that SQLite has compiled. */
interface CompiledQuestion {
  readonly statement: SqlStatement;
  /** SQLite's query plan. */
  readonly plan: string;
}

/** Compiles a question about ids below `triangleRange`. Throws UsageError unless the text is a single SELECT. */
export function compileQuestion(db: Connection, question: Question, triangleRange: number): CompiledQuestion {
  if (question.kind === 'sql') checkQuery(question);
  else nameRuns(db, false);
  const sql = toSql(question, triangleRange);
  try {
    const statement = db.prepare(sql);
    if (!statement.reader || !statement.readonly) {
      throw refuse(question, 'would change the database; expected one SELECT');
    }
    if (question.kind === 'sql') checkColumns(statement, question);
    const rows = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
    return { statement, plan: `SQLite: ${rows.map(({ detail }) => detail).join('; ')}` };
  } catch (error) {
    throw sqlError(
      question.kind === 'where' ? errorWithin(db, sql, question.text, error) : error,
      question,
      db,
    );
  }
}

/**
 * Returns SQLite's error about a condition alone, without the parentheses that the user did not write; the given error
 * if there is none.
 */
function errorWithin(db: Connection, sql: string, text: string, error: unknown): unknown {
  try {
    db.prepare(`${sql.slice(0, sql.lastIndexOf(`(\n${text}\n)`))}${text}`);
    return error;
  } catch (inner) {
    return inner;
  }
}

/** Adds the triangles of the answer to a set. Throws UsageError if it contains anything else. */
export function answerQuestion(db: Connection, question: Question, found: IdSet): void {
  const { statement } = compileQuestion(db, question, found.range);
  if (question.kind !== 'sql') nameRuns(db, true);
  try {
    if (question.kind === 'labels') {
      for (const [first, last] of statement.raw().iterate() as Iterable<[number, number]>) {
        found.addRange(first, last);
      }
      return;
    }
    for (const id of statement.pluck().iterate() as Iterable<unknown>) {
      if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < found.range) found.add(id);
      else throw wrongId(question, id, found.range);
    }
  } catch (error) {
    throw sqlError(error, question, db);
  }
}

/** Throws UsageError unless a text begins like a query. */
function checkQuery(question: Question): void {
  if (SELECT_WORDS.has(firstSqlWord(question.text) ?? '')) return;
  throw refuse(question, 'not a query; expected one SELECT that yields ids of triangles');
}

/** Throws UsageError for several columns, unless the first is named like triangle ids. */
function checkColumns(statement: SqlStatement, question: Question): void {
  const [first, ...others] = statement.columns().map(({ name }) => name);
  if (others.length === 0 || ['id', 'triangle'].includes(first!.toLowerCase())) return;
  throw refuse(question, `the first column is ${first}; expected triangle ids, named id or triangle`);
}

function toSql({ kind, text }: Question, triangleRange: number): string {
  if (kind === 'sql') return text;
  if (kind === 'labels') return selectLabelRuns(text, triangleRange);
  const labels = labelColumns(text, 't.id');
  const triangles =
    labels.length === 0
      ? selectTriangles()
      : `SELECT t.*, ${labels.join(', ')} FROM (${selectTriangles()}) AS t`;
  return `SELECT id FROM (${triangles}) AS triangle WHERE (\n${text}\n)`;
}

function refuse({ kind, text }: Question, problem: string, more: MeshErrorOptions<never> = {}): UsageError {
  const option = kind === 'sql' ? 'filter.sql' : 'filter.where';
  return new UsageError(`${shortenSql(text)}: ${problem}`, { ...more, code: 'SQL_INVALID', option });
}

function sqlError(error: unknown, question: Question, db: Connection): unknown {
  const parameter = missingParameter(error, question.text);
  if (parameter !== undefined) {
    const hint = `write the value itself in place of ${parameter}`;
    return refuse(question, `no value for ${parameter}`, { hint, cause: error });
  }
  // The driver reports several statements as a RangeError.
  if (!isSqliteError(error) && !(error instanceof RangeError)) return error;
  const { message } = error;
  const hint = question.kind === 'sql' ? hintForUnknown(db, message, question.text) : hintForColumn(message);
  return refuse(question, wordSqlError(message), { hint, cause: error });
}

/** Returns a hint for a condition with an unknown column: a similar one, or all columns; undefined for other errors. */
function hintForColumn(message: string): string | undefined {
  const unknown = /^no such column: (?:triangle\.)?(.*)$/s.exec(message)?.[1];
  if (unknown === undefined) return undefined;
  return suggest(unknown, columnNames()) ?? `columns: ${summarizeColumns()}`;
}

function wrongId(question: Question, id: unknown, range: number): UsageError {
  const expected = `expected triangle ids, 0 to ${range - 1}`;
  return refuse(question, `yields ${describeValue(id)}; ${expected}`);
}

function describeValue(value: unknown): string {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? String(value) : `a ${typeof value === 'string' ? 'text' : 'blob'}`;
}
