/**
 * A finished database, opened to keep in it what is derived from its mesh: components, boxes, saved filters. Vertices
 * and triangles are never changed here.
 *
 * One transaction, with SQLite's rollback journal: what is not committed was never there. It begins before anything is
 * read, so that two programs that write to one database take turns; readers are not kept out until it is committed.
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
   * Waits some seconds while another program writes. Throws what {@link MeshDatabase.open} does, FileError or
   * DatabaseError if the database cannot be written, and the reason of a signal.
   */
  static async open(path: string, signal?: AbortSignal): Promise<MeshUpdate> {
    // Whatever is wrong with it is found here.
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

  /** The rows of the mesh: to be read before anything is written. */
  rows(): MeshRows {
    this.tableReader ??= TableReader.open(this.path);
    return new MeshRows(this.db, this.tableReader, {});
  }

  /** Runs an action on the open connection; SQLite's errors in the words of the house. */
  run<T>(action: (db: Database.Database) => T): T {
    try {
      return action(this.db);
    } catch (error) {
      throw writingError(error, this.path);
    }
  }

  /** The steps of an action, likewise. */
  *steps<T>(action: (db: Database.Database) => Iterable<T>): Generator<T> {
    try {
      yield* action(this.db);
    } catch (error) {
      throw writingError(error, this.path);
    }
  }

  /** Waits some seconds while other programs read. */
  async commit(): Promise<void> {
    const { db, path, signal } = this;
    try {
      await whileBusy(() => db.exec('COMMIT'), { signal });
    } catch (error) {
      throw writingError(error, path);
    }
  }

  /** Takes back what was not committed. */
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

/** Nothing else may happen when something is kept. Throws DatabaseError. */
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
