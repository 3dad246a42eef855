/**
 * A database as people ask it with SQL: one statement after the other, on a connection that cannot write unless it is
 * told that it may.
 *
 * Reading is more than a flag here: besides writing to the file, a statement may make temporary tables, attach other
 * files, or change how the connection works. So what is asked must be a query, and SQLite must say that it only reads.
 */
import Database from 'better-sqlite3';
import { FileError, UsageError } from '../errors.js';
import { isFile } from '../io/disk.js';
import { databaseError } from './database-error.js';
import { MeshDatabase } from './mesh-database.js';
import { attachDatabase, openDatabase } from './open-database.js';
import { type LineStyle, rowLine, selectLines } from './sql-lines.js';

/** Page cache of the connection, in bytes; SQLite sorts on disk beyond as much. */
const CACHE_BYTES = 32 * 2 ** 20;

/** A statement begins with one of these where it only asks; comments may come before. */
const QUERY = /^(?:\s|--[^\n]*\n|\/\*.*?\*\/)*(SELECT|WITH|VALUES|EXPLAIN)\b/is;
/** What SQLite says of a query is no table that another could ask. */
const EXPLAIN = /^(?:\s|--[^\n]*\n|\/\*.*?\*\/)*EXPLAIN\b/is;
const FIRST_WORD = /^(?:\s|--[^\n]*\n|\/\*.*?\*\/)*(\w+)/s;
/** Statements that see to their own transaction, or work in none. */
const OWN_TRANSACTION = /\b(?:BEGIN|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE|VACUUM|PRAGMA|ATTACH|DETACH)\b/i;

export type SqlValue = number | string | Uint8Array | null;

export interface SqlSessionOptions {
  /** Statements may change the database. */
  readonly write?: boolean | undefined;
  /** Other databases to read in the same queries: names and paths. */
  readonly attach?: readonly (readonly [name: string, path: string])[] | undefined;
  /** Values of parameters, by their names without `:`, `@` or `$`. */
  readonly parameters?: Readonly<Record<string, number | string>> | undefined;
}

/** What has been asked: rows to come, or what was changed. */
export type SqlAnswer = { readonly query: SqlQuery } | { readonly changes: number };

export class SqlSession {
  private constructor(
    private readonly path: string,
    private readonly db: Database.Database,
    private readonly options: SqlSessionOptions,
  ) {}

  /** Throws what {@link MeshDatabase.open} does, and FileError where another database is not there. */
  static open(path: string, options: SqlSessionOptions = {}): SqlSession {
    // Whatever is wrong with it is found here.
    MeshDatabase.open(path).close();
    let db: Database.Database | undefined;
    try {
      db = openDatabase(path, { readonly: options.write !== true, fileMustExist: true });
      db.pragma('trusted_schema = OFF');
      db.pragma('cell_size_check = ON');
      // To delete a vertex would mean to look for it in all triangles; an export finds what is missing.
      db.pragma('foreign_keys = OFF');
      db.pragma(`cache_size = -${CACHE_BYTES / 1024}`);
      for (const [name, other] of options.attach ?? []) attach(db, name, other);
      return new SqlSession(path, db, options);
    } catch (error) {
      db?.close();
      throw databaseError(error, path);
    }
  }

  /** Runs a text: a query's rows are yet to be read. Throws UsageError for a text that SQLite does not take. */
  ask(text: string): SqlAnswer {
    const { write = false, parameters = {} } = this.options;
    if (!write) checkQuery(text);
    return this.worded(text, () => {
      let statement: Database.Statement;
      try {
        statement = this.db.prepare(text);
      } catch (error) {
        if (!isSeveral(error) || !write) throw error;
        return { changes: this.runAll(text) };
      }
      if (!write && !(statement.reader && statement.readonly)) throw refusal(text);
      if (!statement.reader) return { changes: statement.run(parameters).changes };
      const wrapError = (error: unknown) => databaseError(sqlError(error, text), this.path);
      return { query: new SqlQuery(this.db, text, statement, parameters, wrapError) };
    });
  }

  close(): void {
    this.db.close();
  }

  /** Runs several statements; returns how many rows they have changed. All of them or none, unless they say otherwise. */
  private runAll(text: string): number {
    const { db } = this;
    const count = () => db.prepare('SELECT total_changes()').pluck().get() as number;
    const before = count();
    if (OWN_TRANSACTION.test(text)) db.exec(text);
    else db.transaction(() => db.exec(text))();
    return count() - before;
  }

  /** Does something with a text; what SQLite says of that in the words of the house. */
  private worded<T>(text: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw databaseError(sqlError(error, text), this.path);
    }
  }
}

/** A query that has been compiled. Its rows are read once. */
export class SqlQuery {
  /** Names of the columns; not always different. */
  readonly columns: readonly string[];

  constructor(
    private readonly db: Database.Database,
    private readonly text: string,
    private readonly statement: Database.Statement,
    private readonly parameters: Readonly<Record<string, number | string>>,
    private readonly wrapError: (error: unknown) => unknown,
  ) {
    this.columns = statement.columns().map(({ name }) => name);
  }

  /** Rows as they come; nothing is held. */
  *rows(): Generator<SqlValue[]> {
    try {
      yield* this.statement.raw().iterate(this.parameters) as IterableIterator<SqlValue[]>;
    } catch (error) {
      throw this.wrapError(error);
    }
  }

  /** Rows as lines likewise, without their line ends. */
  *lines(style: LineStyle): Generator<string> {
    if (!this.statement.readonly || EXPLAIN.test(this.text)) {
      for (const row of this.rows()) yield rowLine(row, style);
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

function attach(db: Database.Database, name: string, path: string): void {
  if (!isFile(path)) throw new FileError(`${path}: cannot open: no such file`);
  if (!/^\w+$/.test(name)) {
    throw new UsageError(`--attach: '${name}' is no name; expected letters, digits and underscores`);
  }
  attachDatabase(db, name, path);
}

/** Throws UsageError unless a text begins like a query. */
function checkQuery(text: string): void {
  if (QUERY.test(text)) return;
  const word = FIRST_WORD.exec(text)?.[1]?.toUpperCase();
  if (word === undefined) throw new UsageError('nothing to ask; expected a query');
  const hints: Readonly<Record<string, string>> = {
    PRAGMA: "SELECT * FROM pragma_table_info('triangles') asks likewise",
    ATTACH: '--attach <name>=<file> opens another database beside this one',
  };
  throw refusal(text, hints[word]);
}

function refusal(text: string, hint = '--write lets statements change the database'): UsageError {
  return new UsageError(`${shorten(text)}: not only a question; expected a query`, { hint });
}

function isSeveral(error: unknown): boolean {
  return error instanceof RangeError && /more than one statement/.test(error.message);
}

/** What SQLite says of a text, with the text. */
function sqlError(error: unknown, text: string): unknown {
  if (error instanceof RangeError || error instanceof TypeError) {
    const problem = isSeveral(error) ? 'several statements; expected one query' : error.message;
    return new UsageError(`${shorten(text)}: ${problem}`, { cause: error });
  }
  if (!(error instanceof Database.SqliteError) || error.code !== 'SQLITE_ERROR') return error;
  const isUnknown = /no such (?:table|column)/.test(error.message);
  const hint = isUnknown
    ? 'SELECT name, sql FROM sqlite_schema lists tables and views; docs/schema.md explains them'
    : undefined;
  return new UsageError(`${shorten(text)}: ${error.message}`, { cause: error, ...(hint && { hint }) });
}

const SHOWN = 80;

function shorten(text: string): string {
  const line = text
    .trim()
    .replace(/[\s;]+$/, '')
    .replace(/\s+/g, ' ');
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN)}…`;
}
