/** What is lost with a database that an import replaces: its source can be read again, its saved filters cannot. */

import { MeshDatabase } from '../../database/mesh-database.js';
import { MeshError } from '../../errors.js';
import { listFilters } from '../../filter/saved-filters.js';
import { isFile } from '../../io/disk.js';
import type { Warning } from '../../mesh.js';
import { countOf } from '../../wording.js';

/** Names that the warning lists. */
const NAMES_MAX = 10;

/** A warning that names the saved filters of the database under this path; undefined if there are none. */
export function warningOfFilters(database: string): Warning | undefined {
  const names = filterNames(database);
  if (names.length === 0) return undefined;
  const listed = names.slice(0, NAMES_MAX).map((name) => `'${name}'`);
  if (names.length > NAMES_MAX) listed.push(`${names.length - NAMES_MAX} more`);
  const filters = countOf(names.length, 'saved filter');
  return {
    kind: 'import-filters',
    message: `replacing ${database} deletes ${filters}: ${listed.join(', ')}`,
  };
}

function filterNames(database: string): string[] {
  if (!isFile(database)) return [];
  try {
    const db = MeshDatabase.open(database);
    try {
      return db.ask(listFilters).map(({ name }) => name);
    } finally {
      db.close();
    }
  } catch (error) {
    // What cannot be read may be replaced, and no filter of it could be used.
    if (error instanceof MeshError) return [];
    throw error;
  }
}
