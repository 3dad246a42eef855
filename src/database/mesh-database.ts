/**
 * A finished mesh database, opened for reading: its content, and the mesh to export.
 *
 * The connection cannot write; other readers may use the database at the same time.
 */
import type Database from 'better-sqlite3';
import { DatabaseError, FileError } from '../errors.js';
import { fileSize, findOtherKind } from '../io/disk.js';
import { filePath } from '../io/file-path.js';
import type { MeshSelection, MeshSelectionOptions, Precision } from '../mesh.js';
import { flag, integer, listener, type Rules, takeOptions } from '../options.js';
import { databaseError } from './database-error.js';
import { checkSchema, checkVersion, hasTable } from './migrate.js';
import { openDatabase } from './open-database.js';
import { TableReader } from './pages/table-reader.js';
import { MeshRows } from './rows/selection.js';
import { type SqlParameters, type SqlValue, selectRows } from './sql/select.js';

/** A row of `sources`, without the header. */
export interface SourceRow {
  readonly id: number;
  readonly path: string;
  readonly format: string;
  readonly encoding: string;
  readonly precision: Precision;
  readonly size: number;
  readonly modified: string | null;
  readonly sha256: string | null;
  readonly options: string;
  readonly imported: string;
  readonly triangles: number;
  /** Ids of its triangles; null if it has none. */
  readonly first_triangle: number | null;
  readonly last_triangle: number | null;
  /** Counts of an indexed source. */
  readonly faces: number | null;
  readonly file_vertices: number | null;
  /** Number of its first vertex among those of all sources; null if all sources are soup. */
  readonly first_vertex: number | null;
  readonly warnings: string;
}

/** The row of `mesh`: the counts of the mesh as imported. */
export interface MeshTotals {
  readonly triangles: number;
  readonly vertices: number;
  readonly degenerate: number;
  readonly unreferenced: number;
  readonly color_conflicts: number;
  readonly normal_conflicts: number;
  /** The bounding box of all vertices; null without vertices. */
  readonly min_x: number | null;
  readonly min_y: number | null;
  readonly min_z: number | null;
  readonly max_x: number | null;
  readonly max_y: number | null;
  readonly max_z: number | null;
}

/** A part with its number of triangles. */
export interface PartRow {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  readonly triangles: number;
}

const TOTALS = `triangles, vertices, degenerate, unreferenced, color_conflicts, normal_conflicts,
  min_x, min_y, min_z, max_x, max_y, max_z`;

const SOURCE = `id, path, format, encoding, precision, size, modified, sha256, options, imported, triangles,
  first_triangle, last_triangle, faces, file_vertices, first_vertex, warnings`;

/** The sources of a database from before schema version 5, which has a single one. */
const OLD_SOURCE = `(SELECT *, CASE WHEN triangles > 0 THEN 0 END AS first_triangle,
  CASE WHEN triangles > 0 THEN triangles - 1 END AS last_triangle,
  CASE WHEN file_vertices IS NOT NULL THEN 0 END AS first_vertex FROM sources)`;

/** The numbers of vertices and triangles with attributes that few meshes have. */
export interface AttributeCounts {
  readonly vertexColors: number;
  readonly vertexNormals: number;
  readonly triangleColors: number;
  /** STL attribute words other than 0. */
  readonly stlAttributes: number;
}

export interface MeshDatabaseOptions {
  /** The page cache of the connection, in bytes. */
  readonly cacheBytes?: number | undefined;
}

const DATABASE_OPTIONS: Rules<MeshDatabaseOptions> = { cacheBytes: integer() };

const MESH_SELECTION_OPTIONS: Rules<MeshSelectionOptions> = {
  colors: flag,
  normals: flag,
  decodeAttribute: listener,
};

/** A finished mesh database that is open for reading. Close it when it is no longer needed. */
export class MeshDatabase {
  private tableReader: TableReader | undefined;

  private constructor(
    readonly path: string,
    private readonly db: Database.Database,
  ) {}

  /**
   * Opens a finished database for reading. Throws FileError if there is none, and DatabaseError if it is foreign, from
   * a newer program, unfinished or damaged.
   */
  static open(database: string | URL, options: MeshDatabaseOptions = {}): MeshDatabase {
    const path = filePath.take(database, 'database');
    const { cacheBytes = 8 * 2 ** 20 } = takeOptions(options, DATABASE_OPTIONS);
    // SQLite would wait for a writer of the pipe.
    const other = findOtherKind(path);
    if (other !== undefined) throw new FileError(`${path}: is ${other}; expected a database`);
    let db: Database.Database | undefined;
    try {
      db = openDatabase(path, { readonly: true, fileMustExist: true });
      db.pragma('trusted_schema = OFF');
      db.pragma('cell_size_check = ON');
      db.pragma(`cache_size = -${Math.floor(cacheBytes / 1024)}`);
      checkVersion(db);
      checkSchema(db);
      checkSize(db);
      if (db.prepare('SELECT count(*) FROM sources').pluck().get() === 0) {
        throw new DatabaseError(`${path}: its import was not finished`, {
          code: 'DATABASE_DAMAGED',
          hint: 'import the source again',
        });
      }
      return new MeshDatabase(path, db);
    } catch (error) {
      db?.close();
      throw databaseError(error, path);
    }
  }

  /** Counts the triangles. */
  countTriangles(): number {
    return this.number('SELECT count(*) FROM triangles');
  }

  /** Counts the vertices. */
  countVertices(): number {
    return this.number('SELECT count(*) FROM vertices');
  }

  /** Returns the size of the file in bytes, from its page count. */
  size(): number {
    return this.number('SELECT page_count * page_size FROM pragma_page_count, pragma_page_size');
  }

  /** Estimates the distance between vertices, as if they were spread over a surface the size of the bounding box. */
  estimateSpacing(): number {
    const { vertices, min_x, min_y, min_z, max_x, max_y, max_z } = this.totals();
    if (vertices === 0 || min_x === null) return 0;
    const [x, y, z] = [max_x! - min_x, max_y! - min_y!, max_z! - min_z!];
    return Math.sqrt((2 * (x * y + y * z + z * x)) / vertices) || Math.max(x, y, z) / vertices;
  }

  /** Returns the first `limit` rows of `sources` (default: all). */
  sources(limit = -1): SourceRow[] {
    const sql = `SELECT ${SOURCE} FROM ${this.sourcesTable} ORDER BY id LIMIT ?`;
    return this.run(() => this.db.prepare(sql).all(limit) as SourceRow[]);
  }

  /** Returns the source of a triangle: the last one that begins at or before it. Undefined if there is none. */
  sourceOf(triangle: number): SourceRow | undefined {
    const sql = `SELECT ${SOURCE} FROM ${this.sourcesTable}
      WHERE first_triangle <= ? ORDER BY first_triangle DESC LIMIT 1`;
    return this.run(() => this.db.prepare(sql).get(triangle) as SourceRow | undefined);
  }

  /** Returns the counts of the mesh as imported. Throws DatabaseError if they are missing. */
  totals(): MeshTotals {
    const from = this.hasTotals ? 'mesh' : 'sources';
    const sql = `SELECT ${TOTALS} FROM ${from} ORDER BY id LIMIT 1`;
    const row = this.run(() => this.db.prepare(sql).get() as MeshTotals | undefined);
    if (row !== undefined) return row;
    throw new DatabaseError(`${this.path}: ${from} is empty; expected a row`, {
      code: 'DATABASE_DAMAGED',
      hint: 'import the source again',
    });
  }

  /** Returns the sources with a vertex numbered from `from` to `to` among those of all sources before welding. */
  sourcesOfVertices(from: number, to: number): SourceRow[] {
    const sql = `SELECT ${SOURCE} FROM ${this.sourcesTable}
      WHERE first_vertex <= ? AND first_vertex + coalesce(file_vertices, 3 * triangles) > ? ORDER BY id`;
    return this.run(() => this.db.prepare(sql).all(to, from) as SourceRow[]);
  }

  /** Counts the vertices of all sources before welding, three for each triangle of a soup; null if all are soup. */
  countFileVertices(): number | null {
    const sql = `SELECT sum(coalesce(file_vertices, 3 * triangles)) FROM sources
      WHERE EXISTS (SELECT 1 FROM sources WHERE file_vertices IS NOT NULL)`;
    return this.run(() => this.db.prepare(sql).pluck().get() as number | null);
  }

  /** Counts the rows of `sources`. */
  countSources(): number {
    return this.number('SELECT count(*) FROM sources');
  }

  /** Sums the sizes of the source files, in bytes as stored. */
  countSourceBytes(): number {
    return this.number('SELECT coalesce(sum(size), 0) FROM sources');
  }

  /** Returns the bytes before the mesh of the first source that has some, empty if none were kept. */
  header(): Uint8Array {
    const sql = 'SELECT header FROM sources WHERE header IS NOT NULL ORDER BY id LIMIT 1';
    return this.run(() => this.db.prepare(sql).pluck().get() as Buffer | null) ?? new Uint8Array(0);
  }

  /** Counts colors, normals and attribute words. */
  countAttributes(): AttributeCounts {
    return {
      vertexColors: this.number('SELECT count(*) FROM vertex_colors'),
      vertexNormals: this.number('SELECT count(*) FROM vertex_normals'),
      triangleColors: this.number('SELECT count(*) FROM triangle_colors'),
      stlAttributes: this.number('SELECT count(*) FROM stl_attributes'),
    };
  }

  /** Counts the parts. */
  countParts(): number {
    return this.number('SELECT count(*) FROM parts');
  }

  /** Returns the first `limit` parts with their numbers of triangles. */
  parts(limit: number): PartRow[] {
    integer().take(limit, 'limit');
    const sql = `SELECT p.id, name, kind, total(last - first + 1) AS triangles
      FROM (SELECT * FROM parts ORDER BY id LIMIT ?) AS p LEFT JOIN part_runs ON part = p.id GROUP BY p.id`;
    return this.run(() => this.db.prepare(sql).all(limit) as PartRow[]);
  }

  /**
   * Runs one SELECT, and yields its rows as objects, one at a time. Throws UsageError for SQL that SQLite rejects.
   * docs/schema.md explains the tables and views.
   */
  select<Row = Record<string, SqlValue>>(sql: string, parameters: SqlParameters = []): IterableIterator<Row> {
    return this.wrap(this.run(() => selectRows(this.db, sql, parameters)) as IterableIterator<Row>);
  }

  /**
   * Returns the rows of the mesh. Each stream may be read once at a time; the database stays locked for writers until
   * close().
   * @internal
   */
  rows(options: MeshSelectionOptions = {}): MeshRows {
    return this.run(() => {
      this.tableReader ??= TableReader.open(this.path);
      return new MeshRows(this.db, this.tableReader, options);
    });
  }

  /**
   * Runs any other query on the connection, which cannot write.
   * @internal
   */
  ask<T>(ask: (db: Database.Database) => T): T {
    return this.run(() => ask(this.db));
  }

  /**
   * Runs an asynchronous query like {@link ask}.
   * @internal
   */
  async query<T>(ask: (db: Database.Database) => Promise<T>): Promise<T> {
    try {
      return await ask(this.db);
    } catch (error) {
      throw databaseError(error, this.path);
    }
  }

  /**
   * Selects the complete mesh, as streams of vertices and triangles in id order. Each stream may be read once at a
   * time; other programs cannot write to the database until {@link close}.
   */
  selectAll(options: MeshSelectionOptions = {}): MeshSelection {
    const taken = takeOptions(options, MESH_SELECTION_OPTIONS);
    return this.run(() => this.rows(taken).selectAll());
  }

  /** Closes the database. Streams still being read end with an error. */
  close(): void {
    this.db.close();
    this.tableReader?.close();
    this.tableReader = undefined;
  }

  /** Whether the schema has the table `mesh`, as from version 5 on. */
  private get hasTotals(): boolean {
    return this.run(() => hasTable(this.db, 'mesh'));
  }

  private get sourcesTable(): string {
    return this.hasTotals ? 'sources' : OLD_SOURCE;
  }

  private number(sql: string): number {
    return this.run(() => this.db.prepare(sql).pluck().get() as number);
  }

  private *wrap<Row>(rows: IterableIterator<Row>): IterableIterator<Row> {
    try {
      yield* rows;
    } catch (error) {
      throw databaseError(error, this.path);
    }
  }

  private run<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw databaseError(error, this.path);
    }
  }
}

/** Throws DatabaseError if the file ends before its last page. */
function checkSize(db: Database.Database): void {
  if (db.pragma('journal_mode', { simple: true }) === 'wal') return;
  const pages = db.pragma('page_count', { simple: true }) as number;
  const expected = pages * (db.pragma('page_size', { simple: true }) as number);
  const found = fileSize(db.name);
  if (found >= expected) return;
  throw new DatabaseError(`${db.name}: truncated: it has ${found} bytes; expected ${expected}`, {
    code: 'DATABASE_DAMAGED',
    hint: 'the copy may be incomplete; copy it again, or import the source again',
  });
}
