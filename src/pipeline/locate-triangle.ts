/** From a triangle or a vertex of a database back to its place in the source. */
import { MeshDatabase, type SourceRow } from '../database/mesh-database.js';
import {
  findFirstCorner,
  findParts,
  findTriangle,
  findVertex,
  type PartOfTriangle,
  type StoredTriangle,
} from '../database/source-places.js';
import { DatabaseError, UsageError } from '../errors.js';
import { countLineEnds } from '../formats/shared/text.js';
import { filePath } from '../io/file-path.js';
import { integer, takeOptions } from '../options.js';
import {
  type FaceOfTriangle,
  LOCATE_OPTIONS,
  type LocateOptions,
  Search,
  type SourcePlace,
} from './locate/source-search.js';

export interface LocatedTriangle extends SourcePlace {
  readonly vertices: StoredTriangle['vertices'];
  readonly positions: NonNullable<StoredTriangle['positions']>;
  readonly parts: readonly PartOfTriangle[];
  /** Of an indexed source, but for strips, in which every three corners in a row are a triangle. */
  readonly face: FaceOfTriangle | undefined;
}

export interface LocatedVertex extends SourcePlace {
  readonly position: readonly [x: number, y: number, z: number];
  /** Of soup: the first triangle that has it, and at which corner, from 0. */
  readonly corner: { readonly triangle: number; readonly corner: number } | undefined;
  /** Of an indexed source: which of the source's vertices it is, from 0: the first at its position. */
  readonly number: number | undefined;
}

/**
 * Finds a triangle in the source of a database. Throws UsageError for an id that the mesh does not have, DatabaseError
 * where the triangle was removed, FileError where the source is not there, has been changed, or does not hold it.
 */
export async function locateTriangle(
  database: string | URL,
  id: number,
  options: LocateOptions = {},
): Promise<LocatedTriangle> {
  const taken = takeOptions(options, LOCATE_OPTIONS);
  integer().take(id, 'id');
  return withOpenDatabase(filePath.take(database, 'database'), async (db, source) => {
    const stored = db.ask((connection) => findTriangle(connection, id));
    checkId(db, 'triangle', id, source.triangles, stored !== undefined);
    const search = new Search(db, source, taken);
    try {
      const { place, bytes, fields, face, reader } = await search.triangle(id, stored!, `triangle ${id}`);
      const parts = db.ask((connection) => findParts(connection, id));
      return {
        ...search.describe(place, bytes, fields, reader),
        vertices: stored!.vertices,
        positions: stored!.positions!,
        parts,
        face,
      };
    } finally {
      await search.close();
    }
  });
}

/** Finds where in the source of a database a vertex comes first, likewise. */
export async function locateVertex(
  database: string | URL,
  id: number,
  options: LocateOptions = {},
): Promise<LocatedVertex> {
  const taken = takeOptions(options, LOCATE_OPTIONS);
  integer().take(id, 'id');
  return withOpenDatabase(filePath.take(database, 'database'), async (db, source) => {
    const position = db.ask((connection) => findVertex(connection, id));
    checkId(db, 'vertex', id, source.vertices, position !== undefined);
    const search = new Search(db, source, taken);
    try {
      if (source.file_vertices !== null) {
        const { place, bytes, fields, reader } = await search.vertex(id, position!);
        const described = search.describe(place, bytes, fields, reader);
        return { ...described, position: position!, corner: undefined, number: place.record };
      }
      const corner = db.ask((connection) => findFirstCorner(connection, id));
      const stored = corner && db.ask((connection) => findTriangle(connection, corner.triangle));
      if (corner === undefined || stored === undefined) throw search.lacks(`vertex ${id}`);
      const found = await search.triangle(corner.triangle, stored, `vertex ${id}`);
      const { place, bytes, reader } = found;
      const [from, to] = reader.findCorner?.(bytes, corner.corner) ?? [0, bytes.length];
      const line = place.line === 0 ? 0 : place.line + countLineEnds(bytes, 0, from);
      const { offset } = place;
      const cornerPlace = { ...place, offset: offset + from, end: offset + to, line };
      const fields = found.fields
        .filter((field) => field.from >= from && field.to <= to)
        .map((field) => ({ ...field, from: field.from - from, to: field.to - from }));
      const described = search.describe(cornerPlace, bytes.subarray(from, to), fields, reader);
      return { ...described, position: position!, corner, number: undefined };
    } finally {
      await search.close();
    }
  });
}

async function withOpenDatabase<T>(
  path: string,
  use: (db: MeshDatabase, source: SourceRow) => Promise<T>,
): Promise<T> {
  const db = MeshDatabase.open(path);
  try {
    return await use(db, db.sources(1)[0]!);
  } finally {
    db.close();
  }
}

/** Throws for an id that has no row, or none that the source could have given. */
function checkId(db: MeshDatabase, what: string, id: number, count: number, isThere: boolean): void {
  if (isThere && id < count) return;
  if (id < count) {
    throw new DatabaseError(
      `${db.path}: ${what} ${id} is not there any more; expected the mesh as it was read`,
      { code: 'DATABASE_DAMAGED', hint: 'it was removed by SQL after the import' },
    );
  }
  const range = count === 0 ? 'none, the mesh is empty' : `0 to ${count - 1}`;
  throw new UsageError(
    isThere
      ? `${db.path}: ${what} ${id} was added by SQL after the import; expected one of the source, ${range}`
      : `${db.path}: no ${what} ${id}; expected ${range}`,
    { code: 'NOT_IN_MESH' },
  );
}

/** What was found in the source. */
