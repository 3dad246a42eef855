/** SQLite's own check of tables that only it reads: the structure of their pages and the types of their rows. */
import type Database from 'better-sqlite3';
import { DatabaseError } from '../errors.js';
import { hasTable } from './migrate.js';

/** Throws DatabaseError if a table is damaged; a missing one counts as intact. */
export function checkTables(db: Database.Database, names: readonly string[]): void {
  for (const name of names) {
    if (!hasTable(db, name)) continue;
    const [problem] = db.prepare('SELECT * FROM pragma_quick_check(?)').pluck().all(name) as string[];
    if (problem === 'ok') continue;
    throw new DatabaseError(`${db.name}: damaged: ${name}: ${problem}; expected an intact table`, {
      code: 'DATABASE_DAMAGED',
      hint: 'import the source again',
    });
  }
}
