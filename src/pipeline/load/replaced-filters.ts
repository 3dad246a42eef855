/**
 * Warns of what an import removes from a database that it replaces or appends to: saved filters, which cannot be imported
 * again, or what was derived from the mesh.
 */
import type { BaseMesh } from '../../database/build/base-mesh.js';
import { MeshDatabase } from '../../database/mesh-database.js';
import { MeshError } from '../../errors.js';
import { listFilters } from '../../filter/saved-filters.js';
import { isFile } from '../../io/disk.js';
import type { Warning } from '../../mesh.js';
import { countOf } from '../../wording.js';

/** The most names in the warning. */
const NAMES_MAX = 10;

/** Makes a warning that names the saved filters of a database; undefined if it has none. */
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

/** Makes a warning that a mesh which grows loses its spatial index or tiles; undefined if it has none. */
export function warningOfDerived({ path, derived }: BaseMesh): Warning | undefined {
  if (derived.length === 0) return undefined;
  return {
    kind: 'append-derived',
    message: `appending to ${path} removes its ${derived.join(' and ')}; \`indexMesh\` and \`buildTiles\` build them again`,
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
    // The filters of an unreadable database could not be used anyway.
    if (error instanceof MeshError) return [];
    throw error;
  }
}
