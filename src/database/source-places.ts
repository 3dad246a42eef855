/**
 * From a triangle or a vertex to where a reader of its source is to begin, as the import has noted it; and what the
 * database says of the two. Looks nothing up in the source itself.
 *
 * The notes speak of the mesh as it was read: of rows that were changed by SQL since, they say nothing.
 */
import type Database from 'better-sqlite3';
import type { PartStart } from '../mesh.js';
import { hasTable } from './migrate.js';

type Point = readonly [x: number, y: number, z: number];

/** A triangle as it is stored. */
export interface StoredTriangle {
  readonly vertices: readonly [a: number, b: number, c: number];
  /** Of its corners; absent where a vertex is not there any more. */
  readonly positions: readonly [Point, Point, Point] | undefined;
}

/** The triangle with this id; undefined where there is none. */
export function findTriangle(db: Database.Database, id: number): StoredTriangle | undefined {
  const sql = 'SELECT a, b, c FROM triangles WHERE id = ?';
  const vertices = db.prepare(sql).raw().get(id) as StoredTriangle['vertices'] | undefined;
  if (vertices === undefined) return undefined;
  const [a, b, c] = vertices.map((vertex) => findVertex(db, vertex));
  return { vertices, positions: a && b && c && [a, b, c] };
}

/** The position of a vertex; undefined where there is none with this id. */
export function findVertex(db: Database.Database, id: number): Point | undefined {
  return db.prepare('SELECT x, y, z FROM vertices WHERE id = ?').raw().get(id) as Point | undefined;
}

/** Where in the source something begins: a row of `checkpoints` or `vertex_checkpoints`. */
export interface PlaceMark {
  /** Number of the triangle, or of the source's vertex, that begins there. */
  readonly first: number;
  readonly offset: number;
  readonly line: number;
  /** Of a triangle of an indexed source: faces before it, vertices where they matter, and what is left of a strip. */
  readonly face?: number | null;
  readonly vertices?: number | null;
  readonly strip?: number | null;
}

/** The last mark that is not behind a triangle; undefined where there is none. */
export function findPlaceMark(db: Database.Database, triangle: number): PlaceMark | undefined {
  const sql = `SELECT triangle AS first, * FROM checkpoints WHERE triangle <= ? ORDER BY triangle DESC LIMIT 1`;
  return db.prepare(sql).get(triangle) as PlaceMark | undefined;
}

/** The last mark that is not behind a vertex of an indexed source; undefined where there is none. */
export function findVertexPlaceMark(db: Database.Database, number: number): PlaceMark | undefined {
  if (!hasTable(db, 'vertex_checkpoints')) return undefined;
  const sql = `SELECT number AS first, offset, line FROM vertex_checkpoints
    WHERE number <= ? ORDER BY number DESC LIMIT 1`;
  return db.prepare(sql).get(number) as PlaceMark | undefined;
}

/**
 * Between which two triangles of a soup, or vertices of an indexed source, a vertex appears first, both included; the
 * second may be as far as there are any.
 */
export function findAppearance(db: Database.Database, vertex: number): readonly [from: number, to: number] {
  if (!hasTable(db, 'appearances')) return [0, Number.MAX_SAFE_INTEGER];
  const ask = (sql: string) => db.prepare(sql).pluck().get(vertex) as number | undefined;
  return [
    ask('SELECT number FROM appearances WHERE vertex <= ? ORDER BY vertex DESC LIMIT 1') ?? 0,
    ask('SELECT number FROM appearances WHERE vertex > ? ORDER BY vertex LIMIT 1') ?? Number.MAX_SAFE_INTEGER,
  ];
}

/** The first triangle with a vertex, and which corner that is, from 0; undefined where there is none. */
export function findFirstCorner(
  db: Database.Database,
  vertex: number,
): { readonly triangle: number; readonly corner: number } | undefined {
  const sql = `SELECT id, a, b, c FROM triangles
    WHERE id BETWEEN ? AND ? AND (a = ? OR b = ? OR c = ?) ORDER BY id LIMIT 1`;
  const range = findAppearance(db, vertex);
  const row = db
    .prepare(sql)
    .raw()
    .get(...range, vertex, vertex, vertex) as number[] | undefined;
  return row && { triangle: row[0]!, corner: row.indexOf(vertex, 1) - 1 };
}

/** A part that a triangle belongs to. */
export interface PartOfTriangle {
  readonly kind: PartStart['partKind'];
  readonly name: string;
}

/** The parts of a triangle, of each kind one at the most. */
export function findParts(db: Database.Database, triangle: number): PartOfTriangle[] {
  const sql = `SELECT kind, name FROM part_runs JOIN parts ON parts.id = part
    WHERE first <= ? AND last >= ? ORDER BY parts.id`;
  return db.prepare(sql).all(triangle, triangle) as PartOfTriangle[];
}
