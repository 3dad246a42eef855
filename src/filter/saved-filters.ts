/**
 * Named filters stored in a database.
 *
 * Users may have put anything there with SQL, so each filter is checked when it is read, and only a damaged one is
 * refused. A filter is compiled against the mesh before it is saved.
 */

import { hasTable } from '../database/migrate.js';
import type { Connection } from '../database/open-database.js';
import { DatabaseError, UsageError } from '../errors.js';
import { suggest } from '../suggest.js';
import { quoteWord } from '../wording.js';
import { compileFilter } from './candidates.js';
import { checkFilterBytes, FILTER_BYTES_MAX } from './filter-size.js';
import { checkSavedSelection, decodeSelection, type SavedSelection } from './saved-selection.js';

const NAME_BYTES_MAX = 1_000;

/** A row of the table: a filter, or the reason why it cannot be used. */
export type SavedFilter = {
  readonly name: string;
  /** The time of saving: ISO 8601, UTC. */
  readonly saved: string;
} & ({ readonly filter: SavedSelection } | { readonly problem: string });

/** Lists all filters by name. A database of the first schema version has none. */
export function listFilters(db: Connection): SavedFilter[] {
  if (!hasTable(db, 'filters')) return [];
  return Array.from(selectFilters(db), ({ name, bytes, filter, saved }) => ({
    name,
    saved,
    ...decode(filter, bytes),
  }));
}

/** Reads the rows of the table. Columns longer than offload saves are not read. */
function selectFilters(db: Connection) {
  const rows = db.prepare(`SELECT
      CASE WHEN octet_length(name) <= ${NAME_BYTES_MAX} THEN name
        ELSE '(a name of ' || octet_length(name) || ' bytes)' END AS name,
      octet_length(filter) AS bytes,
      CASE WHEN octet_length(filter) <= ${FILTER_BYTES_MAX} THEN filter END AS filter,
      CASE WHEN octet_length(saved) <= ${NAME_BYTES_MAX} THEN saved ELSE '' END AS saved
    FROM filters ORDER BY filters.name`);
  return rows.iterate() as Iterable<{ name: string; bytes: number; filter: string | null; saved: string }>;
}

/** Returns the filter of this name. Throws UsageError if there is none, DatabaseError if it is damaged. */
export function readFilter(db: Connection, name: string): SavedSelection {
  const filters = listFilters(db);
  const found = filters.find((filter) => filter.name === name);
  if (found === undefined) throw unknownFilter(db.name, name, filters);
  if ('filter' in found) return found.filter;
  throw new DatabaseError(`${db.name}: the filter '${name}' is damaged: ${found.problem}`, {
    code: 'DATABASE_DAMAGED',
    hint: `offload filter remove ${quoteWord(db.name)} ${quoteWord(name)}`,
  });
}

/**
 * Compiles and saves a filter. Throws UsageError if the mesh does not support it, or if the name is taken, unless
 * `force`.
 */
export function saveFilter(db: Connection, name: string, filter: SavedSelection, force: boolean): void {
  if (name === '') throw new UsageError("a filter's name is empty; expected at least one character");
  if (Buffer.byteLength(name) > NAME_BYTES_MAX) {
    throw new UsageError(`a filter's name is too long; expected at most ${NAME_BYTES_MAX} bytes`);
  }
  checkSavedSelection(filter);
  compileFilter(db, filter);
  const verb = force ? 'INSERT OR REPLACE' : 'INSERT OR IGNORE';
  const { changes } = db
    .prepare(`${verb} INTO filters (name, filter, saved) VALUES (?, ?, ?)`)
    .run(name, JSON.stringify(filter), new Date().toISOString());
  if (changes > 0) return;
  throw new UsageError(`the filter '${name}' already exists; expected another name`, {
    hint: '`force: true` replaces it',
  });
}

/** Removes a filter, damaged or not. Throws UsageError if there is none of this name. */
export function removeFilter(db: Connection, name: string): void {
  const { changes } = db.prepare('DELETE FROM filters WHERE name = ?').run(name);
  if (changes === 0) throw unknownFilter(db.name, name, listFilters(db));
}

function unknownFilter(path: string, name: string, filters: readonly SavedFilter[]): UsageError {
  const known = filters.map((filter) => filter.name);
  const expected =
    known.length === 0
      ? 'no filter is saved'
      : `expected one of ${known.map((one) => `'${one}'`).join(', ')}`;
  return new UsageError(`${path}: unknown filter '${name}'; ${expected}`, {
    code: 'NOT_IN_MESH',
    hint: suggest(name, known),
  });
}

function decode(
  text: string | null,
  bytes: number,
): { readonly filter: SavedSelection } | { readonly problem: string } {
  try {
    checkFilterBytes(bytes);
    return { filter: decodeSelection(String(text)) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
