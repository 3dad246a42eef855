/**
 * Rows as lines of text with separators, put together by SQLite itself: that takes two thirds of the time of making
 * an array of each row and a line of it here, and half where numbers are REAL. Numbers are written as SQLite writes them, NULL as nothing, blobs as hex digits.
 */

import { trimSql } from './words.js';

export type LineStyle = 'csv' | 'tsv';

interface LineRules {
  readonly separator: string;
  /** How a text stands in a line. */
  quote(text: string): string;
  /** The same as an SQL expression over a column that is a text. */
  quoteSql(column: string): string;
}

const TSV_ESCAPES: readonly (readonly [character: string, code: number, escaped: string])[] = [
  ['\\', 92, '\\\\'],
  ['\t', 9, '\\t'],
  ['\n', 10, '\\n'],
  ['\r', 13, '\\r'],
];

const RULES: Readonly<Record<LineStyle, LineRules>> = {
  // As RFC 4180 has it; an empty text has quotes, to tell it from NULL.
  csv: {
    separator: ',',
    quote: (text) => (text === '' || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text),
    quoteSql: (column) => `CASE WHEN ${column} = '' OR ${column} GLOB '*[",' || char(10, 13) || ']*'
      THEN '"' || replace(${column}, '"', '""') || '"' ELSE ${column} END`,
  },
  // Tabs and line ends are escaped, and so is what escapes them.
  tsv: {
    separator: '\t',
    quote: (text) =>
      TSV_ESCAPES.reduce((quoted, [character, , escaped]) => quoted.replaceAll(character, escaped), text),
    quoteSql: (column) =>
      TSV_ESCAPES.reduce((sql, [, code, escaped]) => `replace(${sql}, char(${code}), '${escaped}')`, column),
  },
};

/** The line of the columns' names. */
export function nameLine(columns: readonly string[], style: LineStyle): string {
  const { separator, quote } = RULES[style];
  return columns.map(quote).join(separator);
}

/** A row as a line, where SQLite cannot be asked for it; `numberText` writes its numbers. */
export function rowLine(
  row: readonly (bigint | number | string | Uint8Array | null)[],
  style: LineStyle,
  numberText: (value: bigint | number) => string,
): string {
  const { separator, quote } = RULES[style];
  const format = (value: (typeof row)[number]) => {
    if (value === null) return '';
    if (value instanceof Uint8Array) return Buffer.from(value).toString('hex').toUpperCase();
    return typeof value === 'string' ? quote(value) : numberText(value);
  };
  return row.map(format).join(separator);
}

/** A query that yields the rows of another as lines. */
export function selectLines(query: string, columns: number, style: LineStyle): string {
  const { separator, quoteSql } = RULES[style];
  const names = Array.from({ length: columns }, (_, k) => `c${k}`);
  const fields = names.map(
    (name) => `CASE typeof(${name}) WHEN 'integer' THEN ${name} WHEN 'real' THEN ${name}
      WHEN 'null' THEN '' WHEN 'text' THEN ${quoteSql(name)} ELSE hex(${name}) END`,
  );
  // The line end keeps a comment at the query's end from reaching further.
  return `WITH asked (${names.join(', ')}) AS (${trimSql(query)}
    ) SELECT '' || ${fields.join(` || '${separator}' || `)} FROM asked`;
}
