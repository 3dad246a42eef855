/**
 * Finds the place in the source where a reader must begin for a triangle or a vertex, as recorded by the import, and
 * their data in the database. The source itself is not read.
 *
 * The records describe the mesh as imported, not rows that SQL has changed since.
 */
import type Database from 'better-sqlite3';
import type { PartStart } from '../mesh.js';
import { hasTable } from './migrate.js';

type Point = readonly [x: number, y: number, z: number];

/** A triangle as it is stored. */
export interface StoredTriangle {
  readonly vertices: readonly [a: number, b: number, c: number];
  /** The positions of its corners; absent if a vertex no longer exists. */
  readonly positions: readonly [Point, Point, Point] | undefined;
}

/** Returns the triangle with this id; undefined if there is none. */
export function findTriangle(db: Database.Database, id: number): StoredTriangle | undefined {
  const sql = 'SELECT a, b, c FROM triangles WHERE id = ?';
  const vertices = db.prepare(sql).raw().get(id) as StoredTriangle['vertices'] | undefined;
  if (vertices === undefined) return undefined;
  const [a, b, c] = vertices.map((vertex) => findVertex(db, vertex));
  return { vertices, positions: a && b && c && [a, b, c] };
}

/** Returns the position of the vertex with this id; undefined if there is none. */
export function findVertex(db: Database.Database, id: number): Point | undefined {
  return db.prepare('SELECT x, y, z FROM vertices WHERE id = ?').raw().get(id) as Point | undefined;
}

/** A place in a source where an item begins: a row of `checkpoints` or `vertex_checkpoints`. */
export interface PlaceMark {
  /** The id of the triangle, or the number of the vertex among those of all sources, that begins there. */
  readonly first: number;
  readonly offset: number;
  readonly line: number;
  /** For a triangle of an indexed source: faces before it, vertices if they matter, and the rest of a strip. */
  readonly face?: number | null;
  readonly vertices?: number | null;
  readonly strip?: number | null;
}

/** Returns the last mark from triangle `first` on at or before a triangle; undefined if there is none. */
export function findPlaceMark(db: Database.Database, first: number, triangle: number): PlaceMark | undefined {
  const sql = `SELECT triangle AS first, * FROM checkpoints
    WHERE triangle BETWEEN ? AND ? ORDER BY triangle DESC LIMIT 1`;
  return db.prepare(sql).get(first, triangle) as PlaceMark | undefined;
}

/**
 * Returns the last mark from vertex `first` on at or before a vertex, both as numbers among the vertices of all sources;
 * undefined if there is none.
 */
export function findVertexPlaceMark(
  db: Database.Database,
  first: number,
  number: number,
): PlaceMark | undefined {
  if (!hasTable(db, 'vertex_checkpoints')) return undefined;
  const sql = `SELECT number AS first, offset, line FROM vertex_checkpoints
    WHERE number BETWEEN ? AND ? ORDER BY number DESC LIMIT 1`;
  return db.prepare(sql).get(first, number) as PlaceMark | undefined;
}

/**
 * Returns the two triangles, if all sources are soup, or else the two vertices of the sources, between which a vertex
 * first appears, both inclusive. The second may be beyond the last.
 */
export function findAppearance(db: Database.Database, vertex: number): readonly [from: number, to: number] {
  if (!hasTable(db, 'appearances')) return [0, Number.MAX_SAFE_INTEGER];
  const ask = (sql: string) => db.prepare(sql).pluck().get(vertex) as number | undefined;
  return [
    ask('SELECT number FROM appearances WHERE vertex <= ? ORDER BY vertex DESC LIMIT 1') ?? 0,
    ask('SELECT number FROM appearances WHERE vertex > ? ORDER BY vertex LIMIT 1') ?? Number.MAX_SAFE_INTEGER,
  ];
}

/** Returns the first triangle of a range, both ends included, with a vertex, and which corner it is, from 0; undefined if there is none. */
export function findFirstCorner(
  db: Database.Database,
  vertex: number,
  range: readonly [from: number, to: number],
): { readonly triangle: number; readonly corner: number } | undefined {
  const sql = `SELECT id, a, b, c FROM triangles
    WHERE id BETWEEN ? AND ? AND (a = ? OR b = ? OR c = ?) ORDER BY id LIMIT 1`;
  const row = db
    .prepare(sql)
    .raw()
    .get(...range, vertex, vertex, vertex) as number[] | undefined;
  return row && { triangle: row[0]!, corner: row.indexOf(vertex, 1) - 1 };
}

/** A part that contains a triangle. */
export interface PartOfTriangle {
  readonly kind: PartStart['partKind'];
  readonly name: string;
}

/** Returns the parts of a triangle, at most one of each kind. */
export function findParts(db: Database.Database, triangle: number): PartOfTriangle[] {
  const sql = `SELECT kind, name FROM part_runs JOIN parts ON parts.id = part
    WHERE first <= ? AND last >= ? ORDER BY parts.id`;
  return db.prepare(sql).all(triangle, triangle) as PartOfTriangle[];
}
