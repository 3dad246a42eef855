/**
 * An SQL session for users: one statement after another, on a connection that cannot write unless allowed.
 *
 * Read-only needs more than a flag: besides writing to the file, a statement may make temporary tables, attach other
 * files, or change the connection. So a statement must be a query, and SQLite must confirm that it only reads; of
 * pragmas, only those that report something run.
 */
import type Database from 'better-sqlite3';
import { FileError, UsageError } from '../../errors.js';
import { findOtherKind, isFile } from '../../io/disk.js';
import { databaseError } from '../database-error.js';
import { MeshDatabase } from '../mesh-database.js';
import { migrate } from '../migrate.js';
import { attachDatabase, openDatabase } from '../open-database.js';
import { shadowViews } from '../shadow-views.js';
import { isSeveral, sqlError } from './errors.js';
import { type SessionParameters, SqlQuery } from './query.js';
import { findSpan, type SqlSpan } from './span.js';
import { beginsLikeQuery, isReadingPragma, managesTransaction } from './statement.js';
import { firstSqlWord, parameterNames, shortenSql } from './words.js';

export interface SqlSessionOptions {
  /** Allows statements that change the database (default: false). */
  readonly write?: boolean | undefined;
  /** Other databases to read in the same queries: names and paths. */
  readonly attach?: readonly (readonly [name: string, path: string])[] | undefined;
  /** Values of parameters, by their names without `:`, `@` or `$`. */
  readonly parameters?: SessionParameters | undefined;
  /** Page cache of the connection, in bytes; SQLite sorts on disk beyond that size again. */
  readonly cacheBytes?: number | undefined;
}

const CACHE_BYTES = 32 * 2 ** 20;

/** An answer: rows to read, or the number of changes. */
type SqlAnswer = { readonly query: SqlQuery } | { readonly changes: number };

export class SqlSession {
  private constructor(
    private readonly path: string,
    private readonly db: Database.Database,
    private readonly options: SqlSessionOptions,
  ) {}

  /** Throws the errors of {@link MeshDatabase.open}, and FileError if another database is missing. */
  static open(path: string, options: SqlSessionOptions = {}): SqlSession {
    // This reports all other problems of the database.
    MeshDatabase.open(path).close();
    const { write = false, cacheBytes = CACHE_BYTES } = options;
    let db: Database.Database | undefined;
    try {
      db = openDatabase(path, { readonly: !write, fileMustExist: true });
      db.pragma('trusted_schema = OFF');
      db.pragma('cell_size_check = ON');
      // Deleting a vertex would require a search of all triangles; an export detects missing vertices.
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

  /** Returns the names of given parameters that a text does not use. */
  unusedParameters(text: string): string[] {
    const used = parameterNames(text);
    return Object.keys(this.options.parameters ?? {}).filter((name) => !used.has(name));
  }

  /** Runs a text; the rows of a query are read later. Throws UsageError for SQL that SQLite rejects. */
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

  /** Finds the part of a text that an error of {@link ask} or of its rows is about; undefined if unknown. */
  findSpan(text: string, error: unknown): SqlSpan | undefined {
    return findSpan(text, error, (part) => {
      try {
        this.db.prepare(part);
        return undefined;
      } catch (failure) {
        return failure instanceof Error ? failure.message : undefined;
      }
    });
  }

  close(): void {
    this.db.close();
  }

  /** Compiles a text that must be a query. Throws UsageError. */
  private compileQuery(text: string): Database.Statement {
    const word = firstSqlWord(text);
    if (word === undefined) throw new UsageError('empty query; expected a SELECT');
    const isReport = isReadingPragma(text);
    // SQLite executes some pragmas while it compiles them.
    if (word === 'PRAGMA' && !isReport) throw refusal(text);
    const statement = this.db.prepare(text);
    if (statement.reader && (isReport || (beginsLikeQuery(text) && statement.readonly))) return statement;
    throw refusal(text);
  }

  /** Compiles any text; undefined if it has several statements. */
  private compileAny(text: string): Database.Statement | undefined {
    if (firstSqlWord(text) === undefined) throw new UsageError('empty query; expected an SQL statement');
    try {
      return this.db.prepare(text);
    } catch (error) {
      if (isSeveral(error)) return undefined;
      throw error;
    }
  }

  /** Runs several statements; returns the number of changed rows. All or nothing, unless they manage transactions. */
  private runAll(text: string): number {
    const { db } = this;
    const names = [...parameterNames(text)];
    if (names.length > 0) {
      // SQLite would use NULL for each of them.
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

  /** Runs an action on a text; converts SQLite's errors. */
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
    throw new UsageError(`--attach: '${name}' is not a valid name; expected letters, digits and underscores`);
  }
  attachDatabase(db, name, path);
}

/** The alternatives to statements that are not queries, by their first word. */
const HINTS: Readonly<Record<string, string>> = {
  PRAGMA:
    'without --write, only pragmas that report something are allowed, such as table_info and user_version',
  ATTACH: 'use --attach <name>=<file> to read another database as well',
};

function refusal(text: string): UsageError {
  const hint = HINTS[firstSqlWord(text) ?? ''] ?? '--write allows statements that change the database';
  return new UsageError(`${shortenSql(text)}: not a read-only query`, { code: 'SQL_INVALID', hint });
}
