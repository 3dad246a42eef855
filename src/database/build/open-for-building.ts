/** Opens a database that is being built. */
import type Database from 'better-sqlite3';
import { openDatabase, openInMemory } from '../open-database.js';

/** Larger than SQLite's default: fewer pages to write, and a shallower tree. */
const PAGE_BYTES = 16_384;

/** Neither journal nor sync: the file is new, and worthless until it is finished. */
export function openForBuilding(path: string | undefined, cacheBytes = 2 ** 20): Database.Database {
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
