/** The rows of a compiled query: as values, or as lines of text. */
import type Database from 'better-sqlite3';
import { type LineStyle, rowLine, selectLines } from './lines.js';
import { firstSqlWord } from './words.js';

/** A value of a row; an INTEGER is a bigint, and a number is a REAL. */
export type SessionValue = bigint | number | string | Uint8Array | null;

/** Values of parameters by name; a bigint is bound as INTEGER, a number as REAL. */
export type SessionParameters = Readonly<Record<string, bigint | number | string>>;

/** Statements whose rows another query cannot select. */
const NO_SOURCES: ReadonlySet<string> = new Set(['EXPLAIN', 'PRAGMA']);

/** A compiled query. Its rows are read once. */
export class SqlQuery {
  /** The column names, not always distinct. */
  readonly columns: readonly string[];
  /** For each column the table column that it shows, such as `triangles.id`; null for an expression. */
  readonly origins: readonly (string | null)[];

  private writer: Database.Statement<[number], string> | undefined;

  /** `wrapError` converts SQLite's errors. */
  constructor(
    private readonly db: Database.Database,
    private readonly text: string,
    private readonly statement: Database.Statement,
    private readonly parameters: SessionParameters,
    private readonly wrapError: (error: unknown) => unknown,
  ) {
    const columns = statement.columns();
    this.columns = columns.map(({ name }) => name);
    this.origins = columns.map(({ table, column }) => (table === null ? null : `${table}.${column}`));
  }

  /** Formats a number as SQLite does in a line: `1.0` for a REAL. */
  numberText(value: bigint | number): string {
    if (typeof value === 'bigint') return String(value);
    this.writer ??= this.db.prepare<[number], string>('SELECT CAST(? AS TEXT)').pluck();
    return this.writer.get(value)!;
  }

  /** Yields rows as they come; nothing is held. */
  *rows(): Generator<SessionValue[]> {
    try {
      const rows = this.statement.raw().safeIntegers().iterate(this.parameters);
      yield* rows as IterableIterator<SessionValue[]>;
    } catch (error) {
      throw this.wrapError(error);
    }
  }

  /** Yields rows as lines without line ends; nothing is held. */
  *lines(style: LineStyle): Generator<string> {
    if (!this.statement.readonly || NO_SOURCES.has(firstSqlWord(this.text) ?? '')) {
      for (const row of this.rows()) yield rowLine(row, style, (value) => this.numberText(value));
      return;
    }
    try {
      const sql = selectLines(this.text, this.columns.length, style);
      yield* this.db.prepare(sql).pluck().iterate(this.parameters) as IterableIterator<string>;
    } catch (error) {
      throw this.wrapError(error);
    }
  }
}
