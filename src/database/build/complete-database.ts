/** Completes a database: builds its unique index and adds rows by SQLite, after `mesh-load` has filled its tables. */

import type Database from 'better-sqlite3';
import { RandomAccessFile } from '../../io/random-access-file.js';
import { databaseError } from '../database-error.js';
import { buildIndex, type IndexTask, POSITION_INDEX } from './build-index.js';
import { openForBuilding } from './open-for-building.js';

/** A row by column. */
export type Row = Readonly<Record<string, string | number | Uint8Array | null>>;

/** The work left when all rows are in their tables. Plain data, for another thread. */
export interface Completion {
  readonly path: string;
  /** The row of the table `mesh`. */
  readonly mesh: Row;
  /** The rows of the tables `sources` and `filters`. */
  readonly sources: readonly Row[];
  readonly filters: readonly Row[];
  /** The unique index, if wanted. */
  readonly index: IndexTask | undefined;
  /** Whether the database is kept, so that it must reach the disk. */
  readonly isKept: boolean;
}

/**
 * Builds the unique index, if wanted, and writes the rows of mesh, sources and filters. A database that is kept is then
 * synced. May take long: calls `tell` with the share that is done, and what it throws ends the work. Throws FileError,
 * DatabaseError.
 */
export function completeDatabase(
  completion: Completion,
  tell: (share: number) => void = () => undefined,
): void {
  const { path, mesh, sources, filters, index, isKept } = completion;
  try {
    if (index !== undefined) buildIndex(path, index, tell);
    const db = openForBuilding(path);
    try {
      db.transaction(() => {
        insertRows(db, 'mesh', [mesh]);
        insertRows(db, 'sources', sources);
        insertRows(db, 'filters', filters);
      })();
      if (index === undefined) db.exec(`DROP INDEX IF EXISTS ${POSITION_INDEX}`);
    } finally {
      db.close();
    }
  } catch (error) {
    throw databaseError(error, path);
  }
  if (!isKept) return;
  const file = RandomAccessFile.open(path, 'update');
  file.sync();
  file.close();
}

/** Inserts rows that all have the same columns. */
function insertRows(db: Database.Database, table: string, rows: readonly Row[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const names = Object.keys(first);
  const values = names.map((name) => `@${name}`);
  const insert = db.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${values.join(', ')})`);
  for (const row of rows) insert.run(row);
}
