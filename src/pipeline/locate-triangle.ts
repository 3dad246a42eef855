/** Locates a triangle or a vertex of a database in its source. */
import { MeshDatabase, type SourceRow } from '../database/mesh-database.js';
import {
  findAppearance,
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
import { integer, type Taken, takeOptions } from '../options.js';
import type { FaceOfTriangle, SourcePlace } from './locate/source-place.js';
import { LOCATE_OPTIONS, type LocateOptions, Search } from './locate/source-search.js';

export interface LocatedTriangle extends SourcePlace {
  readonly vertices: StoredTriangle['vertices'];
  readonly positions: NonNullable<StoredTriangle['positions']>;
  readonly parts: readonly PartOfTriangle[];
  /** For an indexed source, except strips, where any three consecutive corners form a triangle. */
  readonly face: FaceOfTriangle | undefined;
}

export interface LocatedVertex extends SourcePlace {
  readonly position: readonly [x: number, y: number, z: number];
  /** For soup: the first triangle with this vertex, and its corner, from 0. */
  readonly corner: { readonly triangle: number; readonly corner: number } | undefined;
  /** For an indexed source: the index of the vertex, from 0; the first at its position. */
  readonly number: number | undefined;
}

/**
 * Locates a triangle in the source of a database. Throws UsageError for an id that the mesh does not have, DatabaseError if
 * the triangle was removed, FileError if the source is missing, has changed, or lacks the triangle.
 */
export async function locateTriangle(
  database: string | URL,
  id: number,
  options: LocateOptions = {},
): Promise<LocatedTriangle> {
  const taken = takeOptions(options, LOCATE_OPTIONS);
  integer().take(id, 'id');
  return withOpenDatabase(filePath.take(database, 'database'), async (db) => {
    const stored = db.ask((connection) => findTriangle(connection, id));
    checkId(db, 'triangle', id, db.totals().triangles, stored !== undefined);
    const search = new Search(db, sourceOf(db, id), taken);
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

/** Locates the first occurrence of a vertex in the source of a database. Throws like {@link locateTriangle}. */
export async function locateVertex(
  database: string | URL,
  id: number,
  options: LocateOptions = {},
): Promise<LocatedVertex> {
  const taken = takeOptions(options, LOCATE_OPTIONS);
  integer().take(id, 'id');
  return withOpenDatabase(filePath.take(database, 'database'), async (db) => {
    const position = db.ask((connection) => findVertex(connection, id));
    checkId(db, 'vertex', id, db.totals().vertices, position !== undefined);
    const fileVertices = db.countFileVertices();
    const isWelded = fileVertices !== db.totals().vertices;
    const [from, to] = isWelded ? db.ask((connection) => findAppearance(connection, id)) : [id, id];
    if (fileVertices === null) {
      const found = await locateCorner(db, id, [from, to], taken);
      if (found !== undefined) return { ...found, position: position! };
    }
    for (const source of db.sourcesOfVertices(from, to)) {
      const found =
        source.file_vertices === null
          ? await locateCorner(db, id, trianglesOf(source, from, to), taken)
          : await locateIndexed(db, source, id, [position!, from, to], taken);
      if (found !== undefined) return { ...found, position: position! };
    }
    throw new Search(db, db.sources(1)[0]!, taken).lacks(`vertex ${id}`);
  });
}

/** Locates a vertex in a soup, in the first triangle of a range that has it; undefined if none has. */
async function locateCorner(
  db: MeshDatabase,
  id: number,
  range: readonly [from: number, to: number],
  options: Taken<LocateOptions>,
): Promise<Omit<LocatedVertex, 'position'> | undefined> {
  const corner = db.ask((connection) => findFirstCorner(connection, id, range));
  const stored = corner && db.ask((connection) => findTriangle(connection, corner.triangle));
  if (corner === undefined || stored === undefined) return undefined;
  const search = new Search(db, sourceOf(db, corner.triangle), options);
  try {
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
    return { ...described, corner, number: undefined };
  } finally {
    await search.close();
  }
}

/** Locates a vertex in an indexed source, with a number from `from` to `to`; undefined if it is not there. */
async function locateIndexed(
  db: MeshDatabase,
  source: SourceRow,
  id: number,
  [position, from, to]: readonly [LocatedVertex['position'], number, number],
  options: Taken<LocateOptions>,
): Promise<Omit<LocatedVertex, 'position'> | undefined> {
  const search = new Search(db, source, options);
  try {
    const found = await search.vertex(id, position, from, to);
    if (found === undefined) return undefined;
    const { place, bytes, fields, reader } = found;
    return { ...search.describe(place, bytes, fields, reader), corner: undefined, number: place.record };
  } finally {
    await search.close();
  }
}

/** Returns the source of a triangle. Sources and triangles may have been changed by SQL. */
function sourceOf(db: MeshDatabase, triangle: number): SourceRow {
  return db.sourceOf(triangle) ?? db.sources(1)[0]!;
}

/** Returns the triangles of a soup beside indexed sources whose corners have numbers from `from` to `to`. */
function trianglesOf({ first_triangle, last_triangle, first_vertex }: SourceRow, from: number, to: number) {
  const first = first_triangle ?? 0;
  const of = (number: number) => first + Math.floor((number - (first_vertex ?? 0)) / 3);
  return [Math.max(first, of(from)), Math.min(last_triangle ?? -1, of(to))] as const;
}

async function withOpenDatabase<T>(path: string, use: (db: MeshDatabase) => Promise<T>): Promise<T> {
  const db = MeshDatabase.open(path);
  try {
    return await use(db);
  } finally {
    db.close();
  }
}

/** Throws for an id without a row, or with a row that cannot come from the source. */
function checkId(db: MeshDatabase, what: string, id: number, count: number, isThere: boolean): void {
  if (isThere && id < count) return;
  if (id < count) {
    throw new DatabaseError(`${db.path}: ${what} ${id} is no longer there; expected the mesh as imported`, {
      code: 'DATABASE_DAMAGED',
      hint: 'import the source again; SQL removed it after the import',
    });
  }
  const range = count === 0 ? 'none, the mesh is empty' : `0 to ${count - 1}`;
  throw new UsageError(
    isThere
      ? `${db.path}: ${what} ${id} was added by SQL after the import; expected one of the source, ${range}`
      : `${db.path}: no ${what} ${id}; expected ${range}`,
    { code: 'NOT_IN_MESH' },
  );
}

/** The item found in the source. */
