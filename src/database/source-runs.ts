/** The triangles of each source: one run of consecutive ids, and the names by which people know the file. */
import type Database from 'better-sqlite3';
import { hasTable } from './migrate.js';

/** The name of a file without its folder, in SQL: what is left if all characters but `/` are trimmed from the end. */
const NAME = "substr(path, length(rtrim(path, replace(path, '/', ''))) + 1)";

/** A source with triangles. */
export interface SourceRun {
  readonly source: number;
  readonly path: string;
  /** The name of the file, without its folder. */
  readonly name: string;
  /** The first and the last triangle. */
  readonly first: number;
  readonly last: number;
}

/**
 * Returns a SELECT of all sources: source, path, name, first, last. The last two are NULL for one without triangles. A
 * database from before schema version 5 has a single source.
 */
export function selectSourceRuns(db: Database.Database): string {
  const run = hasTable(db, 'mesh')
    ? 'first_triangle AS first, last_triangle AS last'
    : 'CASE WHEN triangles > 0 THEN 0 END AS first, CASE WHEN triangles > 0 THEN triangles - 1 END AS last';
  return `SELECT id AS source, path, ${NAME} AS name, ${run} FROM main.sources`;
}

/** Returns the sources with triangles, in the order of their ids. */
export function listSourceRuns(db: Database.Database): SourceRun[] {
  const sql = `SELECT * FROM (${selectSourceRuns(db)}) WHERE first IS NOT NULL ORDER BY source`;
  return db.prepare(sql).all() as SourceRun[];
}

/** A source whose triangles have attribute words, with its header; empty if it was not kept. */
export interface WordSource extends SourceRun {
  readonly header: Uint8Array;
}

/** Returns the sources whose triangles have attribute words, in the order of their ids. */
export function listWordSources(db: Database.Database): WordSource[] {
  const find = db
    .prepare('SELECT EXISTS (SELECT 1 FROM stl_attributes WHERE triangle BETWEEN ? AND ?)')
    .pluck();
  const header = db.prepare('SELECT header FROM main.sources WHERE id = ?').pluck();
  return listSourceRuns(db)
    .filter(({ first, last }) => find.get(first, last) === 1)
    .map((run) => ({ ...run, header: (header.get(run.source) as Buffer | null) ?? new Uint8Array(0) }));
}
