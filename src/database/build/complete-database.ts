/** Completes a database with SQLite, after `mesh-load` has filled its tables without it. */

import type Database from 'better-sqlite3';
import { RandomAccessFile } from '../../io/random-access-file.js';
import { INDEX_CACHE_BYTES } from '../../memory.js';
import { databaseError } from '../database-error.js';
import { type MergeSource, mergeIndex, POSITION_INDEX } from './merge-index.js';
import { openForBuilding } from './open-for-building.js';

/**
 * Threads besides the main one that sort the unique index. Each takes as much memory as the cache; four made little
 * difference on two cores. Measured on 10 M triangles: 2.2 s without, 1.35 s with two and a cache of 16 MiB, 1.5 s with
 * 32 MiB and 1.6 s with 80 MiB.
 */
export const INDEX_THREADS = 2;

/** A row by column. */
export type Row = Readonly<Record<string, string | number | Uint8Array | null>>;

/** The work left for SQLite when all rows are in their tables. Plain data, for another thread. */
export interface Completion {
  readonly path: string;
  /** The row of the table `mesh`. */
  readonly mesh: Row;
  /** The rows of the tables `sources` and `filters`. */
  readonly sources: readonly Row[];
  readonly filters: readonly Row[];
  /** The statement that creates the unique index, if wanted. */
  readonly indexSql: string | undefined;
  /** Whether the database is kept, so that it must reach the disk. */
  readonly isKept: boolean;
  /** Where the sorted positions of the first vertices are, if the mesh grew from another. */
  readonly grown?: MergeSource | undefined;
  /** The number of threads that may help with it. */
  readonly threads: number;
}

/**
 * Writes the rows of mesh and sources and, if requested, the unique index, which SQLite builds by sorting. A database that
 * is kept is then synced. May take long and cannot be interrupted. Throws FileError, DatabaseError.
 */
export function completeDatabase(completion: Completion): void {
  const { path, mesh, sources, filters, indexSql, grown, isKept, threads } = completion;
  try {
    if (grown !== undefined) mergeIndex(path, grown);
    const db = openForBuilding(path, INDEX_CACHE_BYTES);
    try {
      db.pragma(`threads = ${threads}`);
      db.transaction(() => {
        insertRows(db, 'mesh', [mesh]);
        insertRows(db, 'sources', sources);
        insertRows(db, 'filters', filters);
      })();
      if (grown === undefined) {
        // A mesh that grew from another has an empty one.
        db.exec(`DROP INDEX IF EXISTS ${POSITION_INDEX}`);
        if (indexSql !== undefined) db.exec(indexSql);
      }
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
