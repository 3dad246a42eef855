/**
 * The one door to database files: what is opened is the file of exactly that name, in the state of its last commit.
 *
 * better-sqlite3 trims names, so that ` a.db` would be another file, and takes some for databases in memory. SQLite
 * does not let a connection that only reads undo a transaction that was killed: a journal is left beside the file.
 */
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { FileError, UsageError } from '../errors.js';
import { hasJournal } from '../io/disk.js';

/** A connection to a database, with the interface of better-sqlite3. */
export type Connection = Database.Database;

/** A compiled statement of a {@link Connection}. */
export type SqlStatement = Database.Statement;

/** Whether SQLite threw the error: its `code` is one of SQLite's. */
export function isSqliteError(error: unknown): error is InstanceType<typeof Database.SqliteError> {
  return error instanceof Database.SqliteError;
}

/** Codes of SQLite where a transaction cannot be undone for want of permission. */
const REFUSALS = /^SQLITE_(?:READONLY|CANTOPEN|PERM|IOERR_DELETE)/;

/** Opens a database file. Throws UsageError, FileError, and what better-sqlite3 throws. */
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

/** Attaches another database file to a connection, under a name of letters, digits and underscores. */
export function attachDatabase(db: Database.Database, name: string, path: string): void {
  const file = resolveDatabase(path);
  rollBack(file, path);
  db.prepare(`ATTACH ? AS "${name}"`).run(file);
}

/** The absolute path of a database. Throws UsageError for a name that better-sqlite3 cannot open as it is. */
export function resolveDatabase(path: string): string {
  if (path === '') throw new UsageError('the name of the database is empty; expected a file name');
  if (path === ':memory:') {
    throw new UsageError(':memory: is not a file; expected a file name for the database', {
      hint: './:memory: is a file of that name',
    });
  }
  const file = resolve(path);
  if (file === file.trimEnd()) return file;
  throw new UsageError(`'${path}': ends with white space; expected a database name that does not`, {
    hint: 'choose another name, or rename the file',
  });
}

/**
 * Undoes the transaction of a program that was killed, if there is one. A program that is still at work has the file
 * locked, and nothing is undone.
 */
function rollBack(file: string, path: string): void {
  if (!hasJournal(file)) return;
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { fileMustExist: true, timeout: 0 });
    // The first reading undoes it.
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (error) {
    // Whatever else is wrong with the file, the caller meets it again.
    if (!(error instanceof Database.SqliteError) || !REFUSALS.test(error.code)) return;
    throw new FileError(`${path}: a change to it was interrupted, and undoing that needs write permission`, {
      cause: error,
      hint: `run the command with permission to write ${path} and its folder, or copy it together with ${path}-journal`,
    });
  } finally {
    db?.close();
  }
}
