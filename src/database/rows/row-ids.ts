/** Checks the ids of stored rows: vertices have dense ids, which corners name, and no id is too large for the file. */
import type Database from 'better-sqlite3';
import { DatabaseError } from '../../errors.js';
import type { TriangleBatch } from '../../mesh.js';
import { countOf } from '../../wording.js';
import { sqliteError } from '../database-error.js';
import { ROW_BYTES_MIN } from '../pages/leaf-decoder.js';

/** Throws DatabaseError unless the ids of vertices are dense: they become the indices of the OFF. */
export function checkIds(db: Database.Database, vertexCount: number): void {
  const first = readNumber(db, 'SELECT coalesce(min(id), 0) FROM vertices');
  const last = readNumber(db, 'SELECT coalesce(max(id), -1) FROM vertices');
  if (first !== 0 || last !== vertexCount - 1) {
    throw new DatabaseError(
      `${db.name}: ${countOf(vertexCount, 'vertex', 'vertices')} with ids from ${first} to ${last}; expected dense ids from 0`,
      {
        code: 'DATABASE_DAMAGED',
        hint: 'vertices were deleted or changed since the import; import the source again',
      },
    );
  }
}

/** Throws DatabaseError if a corner is not a vertex. */
export function checkCorners({ count, corners }: TriangleBatch, vertexCount: number, path: string): void {
  for (let k = 0; k < 3 * count; k++) {
    if (corners[k]! < vertexCount) continue;
    throw new DatabaseError(
      `${path}: a triangle has the corner ${corners[k]}; expected the id of a vertex, 0 to ${vertexCount - 1}`,
      { code: 'DATABASE_DAMAGED', hint: 'triangles were changed since the import; import the source again' },
    );
  }
}

/** Returns the exclusive upper bound of a table's ids. Throws DatabaseError for ids that no mesh can have. */
export function readRange(db: Database.Database, table: 'vertices' | 'triangles'): number {
  const first = readNumber(db, `SELECT coalesce(min(id), 0) FROM ${table}`);
  const last = readNumber(db, `SELECT coalesce(max(id), -1) FROM ${table}`);
  // Vertices are dense: there cannot be more of them than rows fit the file.
  const bytes = readNumber(db, 'SELECT page_count * page_size FROM pragma_page_count, pragma_page_size');
  const limit = table === 'vertices' ? bytes / ROW_BYTES_MIN : Number.MAX_SAFE_INTEGER;
  if (first >= 0 && last < limit) return last + 1;
  throw new DatabaseError(
    `${db.name}: ids of ${table} range from ${first} to ${last}; expected ids from 0 that fit the file`,
    { code: 'DATABASE_DAMAGED', hint: `${table} were changed since the import; import the source again` },
  );
}

/** Returns the only value of a query. Throws DatabaseError. */
export function readNumber(db: Database.Database, sql: string): number {
  try {
    return db.prepare(sql).pluck().get() as number;
  } catch (error) {
    throw sqliteError(error, db.name);
  }
}
