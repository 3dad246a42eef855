/**
 * Opens database files: exactly the file of the given name, in the state of its last commit.
 *
 * better-sqlite3 trims names, so ` a.db` would be another file, and takes some names for databases in memory. SQLite
 * does not let a read-only connection roll back a transaction that was killed and left its journal beside the file.
 */
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { FileError, UsageError } from '../errors.js';
import { hasJournal } from '../io/disk.js';

/** A database connection with the interface of better-sqlite3. */
export type Connection = Database.Database;

/** A compiled statement of a {@link Connection}. */
export type SqlStatement = Database.Statement;

/** Whether SQLite threw the error; then its `code` is one of SQLite's. */
export function isSqliteError(error: unknown): error is InstanceType<typeof Database.SqliteError> {
  return error instanceof Database.SqliteError;
}

/** SQLite's codes if a rollback fails because of permissions. */
const REFUSALS = /^SQLITE_(?:READONLY|CANTOPEN|PERM|IOERR_DELETE)/;

/** Opens a database file. Throws UsageError, FileError, and better-sqlite3's errors. */
export function openDatabase(path: string, options: Database.Options = {}): Database.Database {
  const file = resolveDatabase(path);
  if (options.readonly) rollBack(file, path);
  // Most names mean the same to the driver, and messages show them as the user wrote them.
  const isPlain = path === path.trim() && path !== ':memory:' && !path.startsWith('file:');
  return new Database(isPlain ? path : file, options);
}

/** Opens a database in memory. */
export function openInMemory(): Database.Database {
  return new Database(':memory:');
}

/** Attaches another database file to a connection, with a name of letters, digits and underscores. */
export function attachDatabase(db: Database.Database, name: string, path: string): void {
  const file = resolveDatabase(path);
  rollBack(file, path);
  db.prepare(`ATTACH ? AS "${name}"`).run(file);
}

/** Resolves the absolute path of a database. Throws UsageError for a name that better-sqlite3 cannot open unchanged. */
export function resolveDatabase(path: string): string {
  if (path === '') throw new UsageError('the name of the database is empty; expected a file name');
  if (path === ':memory:') {
    throw new UsageError(':memory: is not a file; expected a file name for the database', {
      hint: 'use ./:memory: for a file of that name',
    });
  }
  const file = resolve(path);
  if (file === file.trimEnd()) return file;
  throw new UsageError(`'${path}': ends with white space; expected a database name without it`, {
    hint: 'choose another name, or rename the file',
  });
}

/**
 * Rolls back the transaction of a program that was killed, if any. A running program keeps the file locked, and nothing
 * is rolled back.
 */
function rollBack(file: string, path: string): void {
  if (!hasJournal(file)) return;
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { fileMustExist: true, timeout: 0 });
    // The first read rolls it back.
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (error) {
    // The caller will meet any other problem of the file again.
    if (!(error instanceof Database.SqliteError) || !REFUSALS.test(error.code)) return;
    throw new FileError(`${path}: a change was interrupted, and rolling it back needs write permission`, {
      cause: error,
      hint: `run the command with permission to write ${path} and its folder, or copy it together with ${path}-journal`,
    });
  } finally {
    db?.close();
  }
}
