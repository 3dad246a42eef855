/**
 * Finds sources by name, as people write it: the name of the file, or a path, complete or its end. Both may be patterns
 * as in SQLite's GLOB, where `*` also matches slashes.
 */

import type { Connection } from '../database/open-database.js';
import { type SourceRun, selectSourceRuns } from '../database/source-runs.js';
import { UsageError } from '../errors.js';
import { NAMES_COMPARED_MAX, suggest } from '../suggest.js';

/** Whether a source has the name `@name`, or matches it as a pattern. Only a name with a slash is a path. */
const MATCHES = `(name = @name OR name GLOB @name OR instr(@name, '/') > 0 AND (
  path = @name OR path GLOB @name OR path GLOB '*/' || @name
  OR substr(path, -length(@name) - 1) = '/' || @name))`;

/** Returns the sources that match a name or pattern and have triangles. Throws UsageError if no source matches. */
export function runsOfSource(db: Connection, name: string): SourceRun[] {
  checkSource(db, name);
  const sql = `SELECT * FROM (${selectSourceRuns(db)}) WHERE ${MATCHES} AND first IS NOT NULL`;
  return db.prepare(sql).all({ name }) as SourceRun[];
}

/** Throws UsageError unless a source matches a name or pattern. */
export function checkSource(db: Connection, name: string): void {
  const isKnown = db.prepare(`SELECT EXISTS (SELECT 1 FROM (${selectSourceRuns(db)}) WHERE ${MATCHES})`);
  if (isKnown.pluck().get({ name }) === 1) return;
  const problem = /[*?[]/.test(name) ? `no source matches '${name}'` : `no source is named '${name}'`;
  throw new UsageError(problem, {
    code: 'NOT_IN_MESH',
    hint: suggest(name, listNames(db, name)) ?? '`MeshDatabase.sources` lists the sources',
  });
}

/** Lists what sources may be called like: their names, or the ends of their paths that have as many slashes. */
function listNames(db: Connection, like: string): string[] {
  const paths = db
    .prepare('SELECT path FROM main.sources LIMIT ?')
    .pluck()
    .all(NAMES_COMPARED_MAX) as string[];
  const words = like.split('/').length;
  return paths.map((path) => (like.startsWith('/') ? path : path.split('/').slice(-words).join('/')));
}
