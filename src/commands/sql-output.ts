/** How rows of a query are written: as a table for people, or as JSON, CSV or TSV for programs. */
import { type LineStyle, nameLine } from '../database/sql-lines.js';
import type { SqlQuery, SqlValue } from '../database/sql-session.js';
import { escapeControls } from '../formats/text.js';
import type { OutputFile } from '../io/output-file.js';

export const SQL_FORMATS = ['table', 'json', 'jsonl', 'csv', 'tsv'] as const;
export type SqlFormat = (typeof SQL_FORMATS)[number];

/** Characters put together before they are written. */
const CHUNK = 65_536;
/** Rows that the widths of a table's columns are taken from. */
const SAMPLE_ROWS = 1000;
/** The widest cell of a table. */
const CELL_MAX = 60;

/** Lets no more than so many rows through. */
class RowLimit {
  rows = 0;
  isCut = false;

  constructor(private readonly most: number) {}

  *take<T>(source: Iterable<T>): Generator<T> {
    for (const row of source) {
      if (this.rows === this.most) {
        this.isCut = true;
        return;
      }
      this.rows++;
      yield row;
    }
  }
}

type Writer = (query: SqlQuery, limit: RowLimit) => Iterable<string>;

const WRITERS: Readonly<Record<SqlFormat, Writer>> = {
  table: writeTable,
  json: writeJson,
  jsonl: writeJsonLines,
  csv: (query, limit) => writeLines(query, limit, 'csv'),
  tsv: (query, limit) => writeLines(query, limit, 'tsv'),
};

/** Writes rows, no more than `most`; returns how many, and whether there are more. */
export async function writeRows(
  query: SqlQuery,
  format: SqlFormat,
  most: number,
  output: OutputFile,
): Promise<{ readonly rows: number; readonly isCut: boolean }> {
  const limit = new RowLimit(most);
  let text = '';
  for (const piece of WRITERS[format](query, limit)) {
    text += piece;
    if (text.length < CHUNK) continue;
    await output.write(Buffer.from(text));
    text = '';
  }
  if (text !== '') await output.write(Buffer.from(text));
  return limit;
}

function* writeLines(query: SqlQuery, limit: RowLimit, style: LineStyle): Generator<string> {
  yield `${nameLine(query.columns, style)}\n`;
  for (const line of limit.take(query.lines(style))) yield `${line}\n`;
}

function* writeJson(query: SqlQuery, limit: RowLimit): Generator<string> {
  let before = '[';
  for (const object of objectsOf(query, limit)) {
    yield `${before}\n  ${object}`;
    before = ',';
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}

function* writeJsonLines(query: SqlQuery, limit: RowLimit): Generator<string> {
  for (const object of objectsOf(query, limit)) yield `${object}\n`;
}

function* objectsOf(query: SqlQuery, limit: RowLimit): Generator<string> {
  const keys = nameKeys(query.columns).map((name) => JSON.stringify(name));
  for (const row of limit.take(query.rows())) {
    yield `{${row.map((value, k) => `${keys[k]}:${formatJson(value)}`).join(',')}}`;
  }
}

/** Columns of one name are kept apart: `id`, `id_2`. */
function nameKeys(columns: readonly string[]): string[] {
  const used = new Set<string>();
  return columns.map((name) => {
    let key = name;
    for (let number = 2; used.has(key); number++) key = `${name}_${number}`;
    used.add(key);
    return key;
  });
}

function formatJson(value: SqlValue): string {
  // JSON knows no infinity, but readers take a number that is too large for it.
  if (typeof value === 'number' && !Number.isFinite(value)) return value > 0 ? '1e999' : '-1e999';
  return JSON.stringify(value instanceof Uint8Array ? formatHex(value) : value);
}

function formatHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

function* writeTable(query: SqlQuery, limit: RowLimit): Generator<string> {
  const rows = limit.take(query.rows());
  const header = query.columns.map(formatCell);
  const isNumber = header.map(() => true);
  // Cells are held, not values, which may be long.
  const cells: string[][] = [];
  while (cells.length < SAMPLE_ROWS) {
    const { value: row, done } = rows.next();
    if (done) break;
    for (const [column, value] of row.entries()) {
      if (value !== null && typeof value !== 'number') isNumber[column] = false;
    }
    cells.push(row.map(formatCell));
  }
  const widths = header.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => row[column]!.length)),
  );
  const align = (row: readonly string[]) =>
    `${row
      .map((cell, column) =>
        isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd()}\n`;
  yield align(header);
  yield align(widths.map((width) => '-'.repeat(width)));
  for (const row of cells) yield align(row);
  for (const row of rows) yield align(row.map(formatCell));
}

function formatCell(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  const text = escapeControls(typeof value === 'string' ? value : formatHex(value));
  return text.length <= CELL_MAX ? text : `${text.slice(0, CELL_MAX - 1)}…`;
}
