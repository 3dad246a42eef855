/**
 * The database without rows with which each load begins. It is always the same: the build makes it and puts it into the
 * package, because SQLite takes longer to carry out the migrations than to load a small mesh.
 */

import { readPackageBytes, readPackageText } from '../../io/package/package-file.js';
import { RandomAccessFile } from '../../io/random-access-file.js';
import { migrate } from '../migrate.js';
import { POSITION_INDEX } from './build-index.js';
import { openForBuilding } from './open-for-building.js';

/** Tables that are written as pages. */
export const TABLES = [
  'vertices',
  'triangles',
  'parts',
  'part_runs',
  'vertex_colors',
  'vertex_normals',
  'triangle_colors',
  'stl_attributes',
  'checkpoints',
  'vertex_checkpoints',
  'appearances',
] as const;
export type Table = (typeof TABLES)[number];
/** Root pages by table. */
export type Roots = readonly (readonly [table: Table, root: number])[];

/** What is known of an empty database. */
export interface EmptyFacts {
  readonly roots: Roots;
  /** The root page of the unique index, if it is there. */
  readonly indexRoot: number | null;
  /** The names of all tables, indexes and views. */
  readonly names: readonly string[];
}

/** Where the build puts an empty database and its facts. */
const fileOf = (hasIndex: boolean, ending: 'db' | 'json') =>
  `dist/empty/${hasIndex ? 'indexed' : 'plain'}.${ending}`;

/** Makes an empty database, with or without the unique index. */
export function makeEmpty(hasIndex: boolean): { readonly bytes: Uint8Array; readonly facts: EmptyFacts } {
  const db = openForBuilding(undefined);
  try {
    migrate(db);
    if (!hasIndex) db.exec(`DROP INDEX ${POSITION_INDEX}`);
    // The page of the dropped index would remain as a free page.
    db.exec('VACUUM');
    const sql = "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'";
    const roots = db.prepare(sql).raw().all() as unknown as Roots;
    const rootOf = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck();
    const indexRoot = (rootOf.get(POSITION_INDEX) as number | undefined) ?? null;
    const names = db.prepare('SELECT name FROM sqlite_schema').pluck().all() as string[];
    return {
      bytes: db.serialize(),
      facts: { roots: roots.filter(([name]) => TABLES.includes(name)), indexRoot, names },
    };
  } finally {
    db.close();
  }
}

/** Reads what is known of an empty database. */
export function readEmptyFacts(hasIndex: boolean): EmptyFacts {
  return JSON.parse(readPackageText(fileOf(hasIndex, 'json'))) as EmptyFacts;
}

/** Writes an empty database to a new file, or in place; returns what is known of it. Throws FileError. */
export function writeEmpty(path: string, mode: 'create' | 'update', hasIndex: boolean): EmptyFacts {
  const file = RandomAccessFile.open(path, mode);
  try {
    file.write(readPackageBytes(fileOf(hasIndex, 'db')), 0);
  } finally {
    file.close();
  }
  return readEmptyFacts(hasIndex);
}
