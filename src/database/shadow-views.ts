/** The views of this program on a database that was written by an earlier one and cannot be changed. */
import type Database from 'better-sqlite3';
import { hasTable, migrate, readVersion, schemaVersion } from './migrate.js';
import { openInMemory } from './open-database.js';
import { selectSourceRuns } from './source-runs.js';

/**
 * Gives a read-only connection the views of this program, as temporary ones, if a database of an earlier version lacks
 * them or has others.
 */
export function shadowViews(db: Database.Database): void {
  if (readVersion(db) >= schemaVersion()) return;
  const current = openInMemory();
  try {
    migrate(current);
    const views = current.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'view'").all();
    for (const { name, sql } of views as { name: string; sql: string }[]) {
      // The columns of `sources` that this view reads are new, too.
      if (name === 'source_runs' && !hasTable(db, 'mesh')) continue;
      db.exec(sql.replace('CREATE VIEW', 'CREATE TEMP VIEW'));
    }
  } finally {
    current.close();
  }
  if (hasTable(db, 'mesh')) return;
  db.exec(`CREATE TEMP VIEW source_runs AS
    SELECT source, name, first, last FROM (${selectSourceRuns(db)}) WHERE first IS NOT NULL`);
}
