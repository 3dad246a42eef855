/** Turns a database into one of the first schema version. */
import type Database from 'better-sqlite3';

/** The columns of `sources` that moved to the table `mesh`. */
const MOVED = ['vertices', 'degenerate', 'unreferenced', 'color_conflicts', 'normal_conflicts'];
const BOUNDS = ['min_x', 'min_y', 'min_z', 'max_x', 'max_y', 'max_z'];

/** Removes what later versions added. The mesh must have one source. */
export function rewindSchema(db: Database.Database): void {
  const views = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'").pluck().all();
  for (const view of views) db.exec(`DROP VIEW ${view}`);
  db.exec('DROP INDEX sources_first_triangle');
  db.exec('DROP TABLE component_runs; DROP TABLE components; DROP TABLE filters');
  for (const name of MOVED) db.exec(`ALTER TABLE sources ADD COLUMN ${name} INTEGER NOT NULL DEFAULT 0`);
  for (const name of BOUNDS) db.exec(`ALTER TABLE sources ADD COLUMN ${name} REAL`);
  const names = [...MOVED, ...BOUNDS].join();
  db.exec(`UPDATE sources SET (${names}) = (SELECT ${names} FROM mesh)`);
  for (const name of ['first_triangle', 'last_triangle', 'first_vertex'])
    db.exec(`ALTER TABLE sources DROP COLUMN ${name}`);
  db.exec('DROP TABLE mesh');
  db.pragma('user_version = 1');
}
