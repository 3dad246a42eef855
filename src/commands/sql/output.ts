/** Formats the rows of a query: as a table or lines for people, or as JSON, CSV or TSV for programs. */

import { type LineStyle, nameLine } from '../../database/sql/lines.js';
import type { SessionValue, SqlQuery } from '../../database/sql/query.js';
import { UsageError } from '../../errors.js';
import { escapeControls } from '../../wording.js';

export const SQL_FORMATS = ['table', 'line', 'json', 'jsonl', 'csv', 'tsv'] as const;
export type SqlFormat = (typeof SQL_FORMATS)[number];

/** Characters collected before a write. */
const CHUNK = 65_536;
/** The first rows of a table, which determine the widths of its columns. */
const SAMPLE_ROWS = 1000;
/** The widest cell of a table. */
const CELL_MAX = 60;
/** The longest value written as text, in bytes of a blob or characters of a text: several copies of it are in memory. */
const VALUE_MAX = 16 * 2 ** 20;

/** Passes a limited number of rows. */
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

/** The number of rows written, and whether there were more. */
interface RowCount {
  readonly rows: number;
  readonly isCut: boolean;
}

/** The output of rows. */
export interface RowOutput {
  write(text: Buffer): Promise<void>;
}

type Writer = (query: SqlQuery, limit: RowLimit) => Iterable<string>;

const WRITERS: Readonly<Record<SqlFormat, Writer>> = {
  table: writeTable,
  line: writeFields,
  json: writeJson,
  jsonl: writeJsonLines,
  csv: (query, limit) => writeLines(query, limit, 'csv'),
  tsv: (query, limit) => writeLines(query, limit, 'tsv'),
};

/** Writes at most `most` rows; returns how many, and whether there are more. */
export async function writeRows(
  query: SqlQuery,
  format: SqlFormat,
  most: number,
  output: RowOutput,
): Promise<RowCount> {
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
    checkValues(query, row);
    yield `{${row.map((value, k) => `${keys[k]}:${formatJson(value)}`).join(',')}}`;
  }
}

/** Makes the keys unique if columns share a name: `id`, `id_2`. */
function nameKeys(columns: readonly string[]): string[] {
  const used = new Set<string>();
  return columns.map((name) => {
    let key = name;
    for (let number = 2; used.has(key); number++) key = `${name}_${number}`;
    used.add(key);
    return key;
  });
}

function formatJson(value: SessionValue): string {
  // An integer keeps all its digits, also beyond 2^53, for readers that support them.
  if (typeof value === 'bigint') return String(value);
  // JSON has no infinity, but readers parse a number out of range as infinity.
  if (typeof value === 'number' && !Number.isFinite(value)) return value > 0 ? '1e999' : '-1e999';
  return JSON.stringify(value instanceof Uint8Array ? formatHex(value) : value);
}

function formatHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

function* writeTable(query: SqlQuery, limit: RowLimit): Generator<string> {
  const rows = limit.take(query.rows());
  const header = query.columns.map((name) => formatCell(name, query));
  const isNumber = header.map(() => true);
  // Cells are kept instead of values, which may be long.
  const cells: string[][] = [];
  while (cells.length < SAMPLE_ROWS) {
    const { value: row, done } = rows.next();
    if (done) break;
    for (const [column, value] of row.entries()) {
      if (value !== null && !isNumeric(value)) isNumber[column] = false;
    }
    cells.push(row.map((value) => formatCell(value, query)));
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
  for (const row of rows) yield align(row.map((value) => formatCell(value, query)));
}

/** Writes a line for each field of a row, `name = value`, and an empty line between rows. */
function* writeFields(query: SqlQuery, limit: RowLimit): Generator<string> {
  const names = query.columns.map((name) => escapeControls(name));
  const width = Math.max(...names.map((name) => name.length));
  let before = '';
  for (const row of limit.take(query.rows())) {
    checkValues(query, row);
    yield before;
    for (const [column, value] of row.entries()) {
      yield `${names[column]!.padStart(width)} = ${formatField(value, query)}\n`;
    }
    before = '\n';
  }
}

/** Throws UsageError if a value is too long. */
function checkValues(query: SqlQuery, row: readonly SessionValue[]): void {
  for (const [column, value] of row.entries()) {
    if (value === null || isNumeric(value) || value.length <= VALUE_MAX) continue;
    const name = query.columns[column]!;
    const what = typeof value === 'string' ? 'characters' : 'bytes';
    throw new UsageError(
      `the column ${name} has a value of ${value.length} ${what}; expected at most ${VALUE_MAX}`,
      { hint: `select length(${name}), or a part such as substr(${name}, 1, 1000)` },
    );
  }
}

function isNumeric(value: SessionValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function formatField(value: SessionValue, query: SqlQuery): string {
  if (value === null) return 'NULL';
  if (isNumeric(value)) return query.numberText(value);
  return escapeControls(typeof value === 'string' ? value : formatHex(value));
}

function formatCell(value: SessionValue, query: SqlQuery): string {
  if (value === null || isNumeric(value)) return formatField(value, query);
  // Only the visible part is formatted.
  const text = formatField(value.slice(0, CELL_MAX + 1), query);
  return text.length <= CELL_MAX ? text : `${text.slice(0, CELL_MAX - 1)}…`;
}
