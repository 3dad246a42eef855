/**
 * A finished database, opened to store what is derived from its mesh: components, boxes, saved filters. Vertices and
 * triangles are never changed here.
 *
 * Everything is one transaction with SQLite's rollback journal: without a commit, nothing has changed. It begins before
 * anything is read, so that two programs that write to one database take turns. Readers are kept out only during the
 * commit.
 */

import type Database from 'better-sqlite3';
import { DatabaseError, FileError } from '../errors.js';
import { whileBusy } from './busy.js';
import { databaseError } from './database-error.js';
import { MeshDatabase } from './mesh-database.js';
import { migrate } from './migrate.js';
import { isSqliteError, openDatabase } from './open-database.js';
import { TableReader } from './pages/table-reader.js';
import { MeshRows } from './rows/selection.js';

export class MeshUpdate {
  private tableReader: TableReader | undefined;

  private constructor(
    readonly path: string,
    readonly db: Database.Database,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /**
   * Waits some seconds while another program writes. Throws the errors of {@link MeshDatabase.open}, FileError or
   * DatabaseError if the database cannot be written, and the reason of an aborted signal.
   */
  static async open(path: string, signal?: AbortSignal): Promise<MeshUpdate> {
    // This reports all other problems of the database.
    MeshDatabase.open(path).close();
    let db: Database.Database | undefined;
    try {
      const opened = openDatabase(path, { fileMustExist: true, timeout: 0 });
      db = opened;
      await whileBusy(() => prepare(opened), { signal });
      await whileBusy(() => opened.exec('BEGIN IMMEDIATE'), { signal });
      refuseTriggers(opened);
      return new MeshUpdate(path, opened, signal);
    } catch (error) {
      db?.close();
      throw writingError(error, path);
    }
  }

  /** Returns the rows of the mesh, to be read before anything is written. */
  rows(): MeshRows {
    this.tableReader ??= TableReader.open(this.path);
    return new MeshRows(this.db, this.tableReader, {});
  }

  /** Runs an action on the open connection; converts SQLite's errors. */
  run<T>(action: (db: Database.Database) => T): T {
    try {
      return action(this.db);
    } catch (error) {
      throw writingError(error, this.path);
    }
  }

  /** Runs the steps of an action; converts SQLite's errors. */
  *steps<T>(action: (db: Database.Database) => Iterable<T>): Generator<T> {
    try {
      yield* action(this.db);
    } catch (error) {
      throw writingError(error, this.path);
    }
  }

  /** Commits; waits some seconds while other programs read. */
  async commit(): Promise<void> {
    const { db, path, signal } = this;
    try {
      await whileBusy(() => db.exec('COMMIT'), { signal });
    } catch (error) {
      throw writingError(error, path);
    }
  }

  /** Closes the connection and rolls back what was not committed. */
  close(): void {
    this.db.close();
    this.tableReader?.close();
    this.tableReader = undefined;
  }
}

function prepare(db: Database.Database): void {
  db.pragma('trusted_schema = OFF');
  db.pragma('cell_size_check = ON');
  db.pragma('foreign_keys = OFF');
  db.pragma('cache_size = -16384');
  db.transaction(() => migrate(db)).immediate();
}

/** Refuses triggers, since they would run when something is stored. Throws DatabaseError. */
function refuseTriggers(db: Database.Database): void {
  const sql = "SELECT name, tbl_name FROM sqlite_schema WHERE type = 'trigger'";
  const trigger = db.prepare(sql).get() as { name: string; tbl_name: string } | undefined;
  if (trigger === undefined) return;
  throw new DatabaseError(
    `${db.name}: the table ${trigger.tbl_name} has the trigger ${trigger.name}; expected none`,
    {
      code: 'DATABASE_DAMAGED',
      hint: 'drop it, or import the source again',
    },
  );
}

function writingError(error: unknown, path: string): unknown {
  if (!isSqliteError(error) || !error.code.startsWith('SQLITE_READONLY')) {
    return databaseError(error, path);
  }
  return new FileError(`${path}: is read-only; components, the index and saved filters are stored in it`, {
    code: 'ACCESS_DENIED',
    cause: error,
    hint: 'make the file and its folder writable, or copy the database',
  });
}
