/** Creates and completes a database with SQLite; in between, `mesh-load` fills its tables without it. */

import type Database from 'better-sqlite3';
import { RandomAccessFile } from '../../io/random-access-file.js';
import { INDEX_CACHE_BYTES } from '../../memory.js';
import { databaseError } from '../database-error.js';
import { migrate } from '../migrate.js';
import { openDatabase, openInMemory } from '../open-database.js';
import { type MergeSource, mergeIndex, POSITION_INDEX } from './merge-index.js';

/** Larger than SQLite's default: fewer pages to write, and a shallower tree. */
const PAGE_BYTES = 16_384;

/**
 * Threads besides the main one that sort the unique index. Each takes as much memory as the cache; four made little
 * difference on two cores. Measured on 10 M triangles: 2.2 s without, 1.35 s with two and a cache of 16 MiB, 1.5 s with
 * 32 MiB and 1.6 s with 80 MiB.
 */
export const INDEX_THREADS = 2;

/** Tables that are written as pages. */
export const TABLES = [
  'vertices',
  'triangles',
  'parts',
  'part_runs',
  'vertex_colors',
  'vertex_normals',
  'triangle_colors',
  'stl_attributes',
  'checkpoints',
  'vertex_checkpoints',
  'appearances',
] as const;
export type Table = (typeof TABLES)[number];
/** Root pages by table. */
export type Roots = readonly (readonly [table: Table, root: number])[];

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

/**
 * A database without rows; always the same. The unique index, which `indexSql` creates, is missing, or there and empty, to
 * be merged.
 */
export interface EmptyDatabase {
  readonly bytes: Uint8Array;
  readonly indexSql: string;
  readonly roots: Roots;
  /** The names of all tables, indexes and views. */
  readonly names: readonly string[];
}

/** Made once each: migrations take longer than the import of a small mesh. */
let withIndex: EmptyDatabase | undefined;
let withoutIndex: EmptyDatabase | undefined;

/** Returns an empty database, which is shared: its bytes must not be changed. */
export function makeEmpty(hasIndex = false): EmptyDatabase {
  if (hasIndex) {
    withIndex ??= migrateEmpty(true);
    return withIndex;
  }
  withoutIndex ??= migrateEmpty(false);
  return withoutIndex;
}

function migrateEmpty(hasIndex: boolean): EmptyDatabase {
  const db = openForBuilding(undefined);
  try {
    // Otherwise SQLite compiles all views after each column that a migration drops: 30 ms instead of 15.
    db.pragma('legacy_alter_table = ON');
    migrate(db);
    const schema = db.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').pluck();
    const indexSql = schema.get(POSITION_INDEX) as string;
    if (!hasIndex) db.exec(`DROP INDEX ${POSITION_INDEX}`);
    // The page of the dropped index would remain as a free page.
    db.exec('VACUUM');
    const sql = "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'";
    const roots = db.prepare(sql).raw().all() as unknown as Roots;
    const names = db.prepare('SELECT name FROM sqlite_schema').pluck().all() as string[];
    return { bytes: db.serialize(), indexSql, roots: roots.filter(([name]) => TABLES.includes(name)), names };
  } finally {
    db.close();
  }
}

/** Neither journal nor sync: the file is new, and worthless until it is finished. */
function openForBuilding(path: string | undefined, cacheBytes = 2 ** 20): Database.Database {
  const db = path === undefined ? openInMemory() : openDatabase(path);
  db.pragma(`page_size = ${PAGE_BYTES}`);
  // better-sqlite3 cannot set `journal_mode = OFF`; it would keep a journal on the disk.
  db.pragma('journal_mode = MEMORY');
  db.pragma('synchronous = OFF');
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('foreign_keys = OFF');
  db.pragma(`cache_size = -${Math.floor(cacheBytes / 1024)}`);
  return db;
}
