/** SQLite's own check of tables that are read by it alone: the structure of their pages and the types of their rows. */
import type Database from 'better-sqlite3';
import { DatabaseError } from '../errors.js';
import { hasTable } from './migrate.js';

/** Throws DatabaseError where a table is damaged. One that is not there is sound. */
export function checkTables(db: Database.Database, names: readonly string[]): void {
  for (const name of names) {
    if (!hasTable(db, name)) continue;
    const [problem] = db.prepare('SELECT * FROM pragma_quick_check(?)').pluck().all(name) as string[];
    if (problem === 'ok') continue;
    throw new DatabaseError(`${db.name}: damaged: ${name}: ${problem}; expected a sound table`, {
      code: 'DATABASE_DAMAGED',
      hint: 'import the source again',
    });
  }
}
