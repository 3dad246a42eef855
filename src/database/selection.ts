/**
 * What of a mesh is exported, as streams of rows in id order. Here: all of it.
 *
 * Rows are read from the table's own leaf pages, which SQLite's shared lock keeps as they are; a database in WAL
 * mode, whose newest pages are elsewhere, is read by SELECT.
 */
import type Database from 'better-sqlite3';
import { DatabaseError } from '../errors.js';
import type { MeshSelection, Precision, TriangleBatch, VertexBatch } from '../mesh.js';
import type { TableReader } from './table-reader.js';

/** Rows fetched by one SELECT. */
const RANGE_ROWS = 10_000;

/**
 * The whole mesh of an open database. Starts a read transaction that lasts until the connection is closed.
 * `reader` reads the same file and must stay open as long: closing any descriptor of a file gives up the
 * process's locks on it.
 */
export function selectAll(db: Database.Database, reader: TableReader): MeshSelection {
  if (!db.inTransaction) db.exec('BEGIN');
  const vertexCount = readNumber(db, 'SELECT count(*) FROM vertices');
  const triangleCount = readNumber(db, 'SELECT count(*) FROM triangles');
  checkIds(db, vertexCount);
  const wide = readNumber(db, "SELECT count(*) FROM sources WHERE precision = 'float64'");
  const precision: Precision = wide > 0 ? 'float64' : 'float32';
  const rows = isWal(db) ? new SelectedRows(db) : new PagedRows(db, reader);
  return {
    precision,
    vertexCount,
    triangleCount,
    vertices: () => rows.vertices(),
    triangles: () => checkCorners(rows.triangles(), vertexCount, db.name),
  };
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

/** Passes triangles on; throws DatabaseError where a corner is no vertex. */
function* checkCorners(
  batches: Iterable<TriangleBatch>,
  vertexCount: number,
  path: string,
): Generator<TriangleBatch> {
  for (const batch of batches) {
    const { count, corners } = batch;
    for (let k = 0; k < 3 * count; k++) {
      if (corners[k]! < vertexCount) continue;
      throw new DatabaseError(
        `${path}: a triangle has the corner ${corners[k]}; expected the id of one of ${vertexCount} vertices`,
        { hint: 'triangles were changed since the import; import the source again' },
      );
    }
    yield batch;
  }
}

function isWal(db: Database.Database): boolean {
  return db.pragma('journal_mode', { simple: true }) === 'wal';
}

function readNumber(db: Database.Database, sql: string): number {
  return db.prepare(sql).pluck().get() as number;
}

/** Rows straight from the leaf pages. */
class PagedRows {
  constructor(
    private readonly db: Database.Database,
    private readonly reader: TableReader,
  ) {}

  vertices(): Iterable<VertexBatch> {
    return this.reader.vertices(this.rootPage('vertices'));
  }

  triangles(): Iterable<TriangleBatch> {
    return this.reader.triangles(this.rootPage('triangles'));
  }

  private rootPage(table: string): number {
    const sql = "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?";
    return this.db.prepare(sql).pluck().get(table) as number;
  }
}

/** Rows by SELECT over ranges of ids: slower, and right in any journal mode. */
class SelectedRows {
  constructor(private readonly db: Database.Database) {}

  *vertices(): Generator<VertexBatch> {
    for (const { count, values } of this.ranges('SELECT id, x, y, z FROM vertices')) {
      yield { count, positions: values };
    }
  }

  *triangles(): Generator<TriangleBatch> {
    for (const { count, values } of this.ranges('SELECT id, a, b, c FROM triangles')) {
      yield { count, corners: values };
    }
  }

  private *ranges(select: string): Generator<{ count: number; values: Float64Array }> {
    const statement = this.db.prepare(`${select} WHERE id > ? ORDER BY id LIMIT ${RANGE_ROWS}`).raw();
    const values = new Float64Array(3 * RANGE_ROWS);
    let last = -1;
    for (;;) {
      const rows = statement.all(last) as [number, number, number, number][];
      if (rows.length === 0) return;
      last = rows[rows.length - 1]![0];
      for (let k = 0; k < rows.length; k++) {
        for (let d = 0; d < 3; d++) values[3 * k + d] = rows[k]![d + 1]!;
      }
      yield { count: rows.length, values };
    }
  }
}
