/** The tables and views of the database with their columns, for completion. */

import { askSql } from '../api.js';

export type Schema = Readonly<Record<string, string[]>>;

const QUERY = `SELECT m.name, c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY m.name, c.cid`;

/** Reads the schema. Throws the errors of {@link askSql}. */
export async function readSchema(signal: AbortSignal): Promise<Schema> {
  const schema: Record<string, string[]> = {};
  for await (const line of askSql({ query: QUERY }, signal)) {
    if (!('rows' in line)) continue;
    for (const [table, column] of line.rows) {
      schema[String(table)] ??= [];
      schema[String(table)]!.push(String(column));
    }
  }
  return schema;
}
