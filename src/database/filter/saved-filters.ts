/** Filters that live in a database under names of their own. */
import type Database from 'better-sqlite3';
import { DatabaseError, UsageError } from '../../errors.js';
import { hasTable } from '../migrate.js';
import { checkShape, type Shape } from './shapes.js';
import { checkFilter, type TriangleFilter } from './triangle-filter.js';

export interface SavedFilter {
  readonly name: string;
  readonly filter: TriangleFilter;
  /** When it was saved: ISO 8601, UTC. */
  readonly saved: string;
}

/** All of them, by name. A database of the first schema version has none. Throws DatabaseError. */
export function listFilters(db: Database.Database): SavedFilter[] {
  if (!hasTable(db, 'filters')) return [];
  const rows = db.prepare('SELECT name, filter, saved FROM filters ORDER BY name').all() as {
    name: string;
    filter: string;
    saved: string;
  }[];
  return rows.map(({ name, filter, saved }) => ({ name, saved, filter: decode(db, name, filter) }));
}

/** The filter of this name. Throws UsageError where there is none. */
export function readFilter(db: Database.Database, name: string): TriangleFilter {
  const filters = listFilters(db);
  const found = filters.find((filter) => filter.name === name);
  if (found !== undefined) return found.filter;
  const known =
    filters.length === 0 ? 'none is saved' : filters.map((filter) => `'${filter.name}'`).join(', ');
  throw new UsageError(`no filter is named '${name}'; expected one that was saved: ${known}`, {
    code: 'NOT_IN_MESH',
  });
}

/** Saves a filter. Throws UsageError for a name that is taken, unless `force`. */
export function saveFilter(
  db: Database.Database,
  name: string,
  filter: TriangleFilter,
  force: boolean,
): void {
  if (name === '') throw new UsageError("a filter's name is empty; expected at least one character");
  checkFilter(filter);
  const verb = force ? 'INSERT OR REPLACE' : 'INSERT OR IGNORE';
  const { changes } = db
    .prepare(`${verb} INTO filters (name, filter, saved) VALUES (?, ?, ?)`)
    .run(name, JSON.stringify(filter), new Date().toISOString());
  if (changes > 0) return;
  throw new UsageError(`a filter is named '${name}' already; expected another name`, {
    hint: '`force: true` replaces it',
  });
}

/** Throws UsageError where there is none of this name. */
export function removeFilter(db: Database.Database, name: string): void {
  readFilter(db, name);
  db.prepare('DELETE FROM filters WHERE name = ?').run(name);
}

/** A filter as it stands in the database, where anybody may have put it: every part is checked. */
function decode(db: Database.Database, name: string, text: string): TriangleFilter {
  try {
    const value = JSON.parse(text) as TriangleFilter;
    for (const list of [value.where, value.sql, value.parts])
      checkList(list, (item) => typeof item === 'string');
    checkList(value.components, (item) =>
      ['number', 'largest', 'over'].includes((item as { kind: string }).kind),
    );
    checkList(value.shapes, (item) => {
      checkShape(item as Shape);
      return true;
    });
    checkList(value.drop, () => true);
    checkFilter(value);
    return value;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new DatabaseError(`${db.name}: the filter '${name}' is damaged: ${problem}`, {
      code: 'DATABASE_DAMAGED',
      cause: error,
      hint: `offload filter remove ${db.name} ${name}`,
    });
  }
}

function checkList(list: unknown, isRight: (item: unknown) => boolean): void {
  if (list === undefined || (Array.isArray(list) && list.every(isRight))) return;
  throw new UsageError('a list holds something else than it should; expected what offload has saved');
}
