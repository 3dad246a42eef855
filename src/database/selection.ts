/**
 * What of a mesh is exported, as streams of rows in id order. Here: all of it.
 *
 * Rows are read from the table's own leaf pages, which SQLite's shared lock keeps as they are. A database in WAL
 * mode, whose newest pages are elsewhere, is read by SELECT, and so are rows with colours or normals.
 */
import type Database from 'better-sqlite3';
import { DatabaseError } from '../errors.js';
import type { AttributeDecoder, MeshSelection, Precision, SelectionOptions, TriangleBatch } from '../mesh.js';
import { SelectedRows, type TriangleColors } from './selected-rows.js';
import type { SharedFile, TableReader } from './table-reader.js';

/** Where the rows of a selection stand as they are in the file, so that threads may read them. */
export interface PagedRows {
  readonly file: SharedFile;
  /** Numbers of leaf pages in the order of their rows, at most `max` at a time. */
  leaves(table: 'vertices' | 'triangles', max: number): Iterable<number[]>;
}

/** A selection that can be had in pages, too, unless SQLite has to be asked for its rows. */
export interface StoredSelection extends MeshSelection {
  readonly paged: PagedRows | undefined;
}

/**
 * The whole mesh of an open database. Starts a read transaction that lasts until the connection is closed.
 * `reader` reads the same file and must stay open as long: closing any descriptor of a file gives up the
 * process's locks on it.
 */
export function selectAll(
  db: Database.Database,
  reader: TableReader,
  options: SelectionOptions,
): StoredSelection {
  if (!db.inTransaction) db.exec('BEGIN');
  const vertexCount = readNumber(db, 'SELECT count(*) FROM vertices');
  const triangleCount = readNumber(db, 'SELECT count(*) FROM triangles');
  checkIds(db, vertexCount);
  const wide = readNumber(db, "SELECT count(*) FROM sources WHERE precision = 'float64'");
  const precision: Precision = wide > 0 ? 'float64' : 'float32';
  const { colors = false, normals = false, decodeAttribute } = options;
  const hasVertexColors = colors && hasRows(db, 'vertex_colors');
  const hasVertexNormals = normals && hasRows(db, 'vertex_normals');
  const triangleColors = colors ? findTriangleColors(db, decodeAttribute) : undefined;
  const isWal = db.pragma('journal_mode', { simple: true }) === 'wal';
  const hasVertexPages = !isWal && !hasVertexColors && !hasVertexNormals;
  const hasTrianglePages = !isWal && triangleColors === undefined;
  const selected = new SelectedRows(db);
  return {
    precision,
    vertexCount,
    triangleCount,
    hasVertexColors,
    hasVertexNormals,
    hasTriangleColors: triangleColors !== undefined,
    vertices: () =>
      hasVertexPages
        ? reader.vertices(rootPage(db, 'vertices'))
        : selected.vertices({ hasColors: hasVertexColors, hasNormals: hasVertexNormals }),
    *triangles() {
      const batches = hasTrianglePages
        ? reader.triangles(rootPage(db, 'triangles'))
        : selected.triangles(triangleColors);
      for (const batch of batches) {
        checkCorners(batch, vertexCount, db.name);
        yield batch;
      }
    },
    paged:
      hasVertexPages && hasTrianglePages
        ? { file: reader.share(), leaves: (table, max) => reader.leaves(rootPage(db, table), max) }
        : undefined,
  };
}

/** Where the colours of triangles are, if there are any: those of faces, else the words of a binary STL. */
function findTriangleColors(
  db: Database.Database,
  decodeAttribute: AttributeDecoder | undefined,
): TriangleColors | undefined {
  if (hasRows(db, 'triangle_colors')) return { table: 'triangle_colors' };
  if (decodeAttribute === undefined) return undefined;
  const words = db.prepare('SELECT DISTINCT word FROM stl_attributes').pluck().all() as number[];
  const color = new Float64Array(4);
  const isColor = (word: number) => {
    decodeAttribute(word, color, 0);
    return !Number.isNaN(color[0]!);
  };
  return words.some(isColor) ? { table: 'stl_attributes', decode: decodeAttribute } : undefined;
}

function hasRows(db: Database.Database, table: string): boolean {
  return readNumber(db, `SELECT EXISTS (SELECT 1 FROM ${table})`) === 1;
}

/** Ids must be dense and corners must name vertices: they become the indices of the OFF. */
function checkIds(db: Database.Database, vertexCount: number): void {
  const first = readNumber(db, 'SELECT coalesce(min(id), 0) FROM vertices');
  const last = readNumber(db, 'SELECT coalesce(max(id), -1) FROM vertices');
  if (first !== 0 || last !== vertexCount - 1) {
    throw new DatabaseError(
      `${db.name}: ${vertexCount} vertices have ids from ${first} to ${last}; expected them dense from 0`,
      { hint: 'vertices were deleted or changed since the import; import the source again' },
    );
  }
}

/** Throws DatabaseError where a corner is no vertex. */
export function checkCorners({ count, corners }: TriangleBatch, vertexCount: number, path: string): void {
  for (let k = 0; k < 3 * count; k++) {
    if (corners[k]! < vertexCount) continue;
    throw new DatabaseError(
      `${path}: a triangle has the corner ${corners[k]}; expected the id of one of ${vertexCount} vertices`,
      { hint: 'triangles were changed since the import; import the source again' },
    );
  }
}

function readNumber(db: Database.Database, sql: string): number {
  return db.prepare(sql).pluck().get() as number;
}

function rootPage(db: Database.Database, table: string): number {
  const sql = "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?";
  return db.prepare(sql).pluck().get(table) as number;
}
