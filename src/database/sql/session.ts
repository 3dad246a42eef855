/**
 * A database as people ask it with SQL: one statement after the other, on a connection that cannot write unless it is
 * told that it may.
 *
 * Reading is more than a flag here: besides writing to the file, a statement may make temporary tables, attach other
 * files, or change how the connection works. So what is asked must be a query, and SQLite must say that it only reads;
 * of pragmas only those that report something are run.
 */
import type Database from 'better-sqlite3';
import { FileError, UsageError } from '../../errors.js';
import { findOtherKind, isFile } from '../../io/disk.js';
import { databaseError } from '../database-error.js';
import { MeshDatabase } from '../mesh-database.js';
import { migrate, shadowViews } from '../migrate.js';
import { attachDatabase, openDatabase } from '../open-database.js';
import { isSeveral, sqlError } from './errors.js';
import { type SessionParameters, SqlQuery } from './query.js';
import { beginsLikeQuery, isReadingPragma, managesTransaction } from './statement.js';
import { firstSqlWord, parameterNames, shortenSql } from './words.js';

export interface SqlSessionOptions {
  /** Statements may change the database. */
  readonly write?: boolean | undefined;
  /** Other databases to read in the same queries: names and paths. */
  readonly attach?: readonly (readonly [name: string, path: string])[] | undefined;
  /** Values of parameters, by their names without `:`, `@` or `$`. */
  readonly parameters?: SessionParameters | undefined;
  /** Page cache of the connection, in bytes; SQLite sorts on disk beyond as much again. */
  readonly cacheBytes?: number | undefined;
}

const CACHE_BYTES = 32 * 2 ** 20;

/** What has been asked: rows to come, or what was changed. */
type SqlAnswer = { readonly query: SqlQuery } | { readonly changes: number };

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
    const { write = false, cacheBytes = CACHE_BYTES } = options;
    let db: Database.Database | undefined;
    try {
      db = openDatabase(path, { readonly: !write, fileMustExist: true });
      db.pragma('trusted_schema = OFF');
      db.pragma('cell_size_check = ON');
      // To delete a vertex would mean to look for it in all triangles; an export finds what is missing.
      db.pragma('foreign_keys = OFF');
      db.pragma(`cache_size = -${Math.floor(cacheBytes / 1024)}`);
      if (write) migrate(db);
      else shadowViews(db);
      for (const [name, other] of options.attach ?? []) attach(db, name, other);
      return new SqlSession(path, db, options);
    } catch (error) {
      db?.close();
      throw databaseError(error, path);
    }
  }

  /** The names of parameters that have a value and that a text does not use. */
  unusedParameters(text: string): string[] {
    const used = parameterNames(text);
    return Object.keys(this.options.parameters ?? {}).filter((name) => !used.has(name));
  }

  /** Runs a text: a query's rows are yet to be read. Throws UsageError for a text that SQLite does not take. */
  ask(text: string): SqlAnswer {
    const { write = false, parameters = {} } = this.options;
    return this.worded(text, () => {
      const statement = write ? this.compileAny(text) : this.compileQuery(text);
      if (statement === undefined) return { changes: this.runAll(text) };
      if (!statement.reader) return { changes: statement.run(parameters).changes };
      const wrapError = (error: unknown) => databaseError(sqlError(error, text, this.db), this.path);
      return { query: new SqlQuery(this.db, text, statement, parameters, wrapError) };
    });
  }

  close(): void {
    this.db.close();
  }

  /** Compiles a text that must only ask. Throws UsageError. */
  private compileQuery(text: string): Database.Statement {
    const word = firstSqlWord(text);
    if (word === undefined) throw new UsageError('empty query; expected a SELECT');
    const isReport = isReadingPragma(text);
    // SQLite obeys some pragmas while it compiles them.
    if (word === 'PRAGMA' && !isReport) throw refusal(text);
    const statement = this.db.prepare(text);
    if (statement.reader && (isReport || (beginsLikeQuery(text) && statement.readonly))) return statement;
    throw refusal(text);
  }

  /** Compiles a text that may do anything; undefined where it has several statements. */
  private compileAny(text: string): Database.Statement | undefined {
    if (firstSqlWord(text) === undefined) throw new UsageError('empty query; expected an SQL statement');
    try {
      return this.db.prepare(text);
    } catch (error) {
      if (isSeveral(error)) return undefined;
      throw error;
    }
  }

  /** Runs several statements; returns how many rows they have changed. All of them or none, unless they say otherwise. */
  private runAll(text: string): number {
    const { db } = this;
    const names = [...parameterNames(text)];
    if (names.length > 0) {
      // SQLite would take NULL for each of them.
      throw new UsageError(`${shortenSql(text)}: several statements with a parameter, :${names[0]}`, {
        code: 'SQL_INVALID',
        hint: 'run the statements one by one, or write the value itself',
      });
    }
    const count = () => db.prepare('SELECT total_changes()').pluck().get() as number;
    const before = count();
    if (managesTransaction(text)) db.exec(text);
    else db.transaction(() => db.exec(text)).immediate();
    return count() - before;
  }

  /** Does something with a text; what SQLite says of that in the words of the house. */
  private worded<T>(text: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw databaseError(sqlError(error, text, this.db), this.path);
    }
  }
}

function attach(db: Database.Database, name: string, path: string): void {
  const other = findOtherKind(path);
  if (other !== undefined) throw new FileError(`${path}: is ${other}; expected a database`);
  if (!isFile(path)) {
    throw new FileError(`${path}: cannot open: no such file or directory`, { code: 'FILE_NOT_FOUND' });
  }
  if (!/^\w+$/.test(name)) {
    throw new UsageError(`--attach: '${name}' is no name; expected letters, digits and underscores`);
  }
  attachDatabase(db, name, path);
}

/** What to do instead of statements that are not queries, by their first word. */
const HINTS: Readonly<Record<string, string>> = {
  PRAGMA: 'without --write, only pragmas that report something are run, such as table_info and user_version',
  ATTACH: '--attach <name>=<file> reads another database beside this one',
};

function refusal(text: string): UsageError {
  const hint = HINTS[firstSqlWord(text) ?? ''] ?? '--write allows statements that change the database';
  return new UsageError(`${shortenSql(text)}: not a read-only query`, { code: 'SQL_INVALID', hint });
}
