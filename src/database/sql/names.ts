/** Suggests names of tables, views and columns that a query may have meant. */

import type Database from 'better-sqlite3';
import { NAMES_COMPARED_MAX, suggest } from '../../suggest.js';
import { readSqlTokens } from './words.js';

/** SQLite's message about an unknown name, such as `no such column: t.aera`. */
const UNKNOWN = /^no such (table|column|function): (\S+)/;

/**
 * Returns a hint for an SQLite message such as `no such column: aera`; undefined for other messages. `text` is the
 * query, whose tables are searched first.
 */
export function hintForUnknown(db: Database.Database, message: string, text: string): string | undefined {
  const kind = UNKNOWN.exec(message)?.[1];
  if (kind === undefined) return undefined;
  const meant = suggestName(db, message, text);
  if (meant !== undefined) return meant;
  return kind === 'function'
    ? 'SELECT DISTINCT name FROM pragma_function_list lists functions'
    : 'SELECT name, sql FROM sqlite_schema lists tables and views; docs/schema.md explains them';
}

/** Returns a hint with the name that a query may have meant, or the tables with its column; else undefined. */
function suggestName(db: Database.Database, message: string, text: string): string | undefined {
  const match = UNKNOWN.exec(message);
  if (match === null) return undefined;
  const [, kind, unknown] = match as unknown as [string, string, string];
  // The part before a dot is a schema or a table.
  const name = unknown.slice(unknown.lastIndexOf('.') + 1);
  const owners = kind === 'column' ? listOwners(db, name) : [];
  if (owners.length > 0) return `${name} is a column of ${owners.join(', ')}`;
  return suggest(name, listNames(db, kind, text));
}

/** Lists some tables and views that have a column of this name. */
function listOwners(db: Database.Database, name: string): string[] {
  const sql = `SELECT DISTINCT l.name FROM pragma_table_list AS l, pragma_table_info(l.name, l.schema) AS t
    WHERE t.name = ? ORDER BY l.name LIMIT 3`;
  return db.prepare(sql).pluck().all(name) as string[];
}

function listNames(db: Database.Database, kind: string, text: string): string[] {
  const read = (sql: string, ...values: string[]) =>
    db
      .prepare(sql)
      .pluck()
      .all(...values) as string[];
  if (kind === 'function') return read('SELECT DISTINCT name FROM pragma_function_list ORDER BY name');
  const tables = read(`SELECT name FROM pragma_table_list ORDER BY name LIMIT ${NAMES_COMPARED_MAX}`);
  if (kind === 'table') return tables;
  const columns = 'SELECT t.name FROM pragma_table_list AS l, pragma_table_info(l.name, l.schema) AS t';
  const words = new Set([...readSqlTokens(text)].map((token) => token.text.toLowerCase()));
  const named = tables.filter((table) => words.has(table.toLowerCase()));
  return [
    ...named.flatMap((table) => read(`${columns} WHERE l.name = ?`, table)),
    ...read(`${columns} ORDER BY 1 LIMIT ${NAMES_COMPARED_MAX}`),
  ];
}
