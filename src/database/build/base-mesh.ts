/**
 * A finished mesh that another one begins with: the rows of its tables, copied leaf by leaf, and the facts that the rest of
 * an import must know of them.
 *
 * Not copied is what was derived from the complete mesh: components, boxes and the unique index.
 */
import { IdSet } from '../../collections/id-set.js';
import { DatabaseError } from '../../errors.js';
import type { Bounds, Precision, VertexBatch } from '../../mesh.js';
import { APPEARANCE_VERTICES } from '../../weld/vertex-welder.js';
import { countOf, formatCount } from '../../wording.js';
import { MeshDatabase, type MeshTotals, type SourceRow } from '../mesh-database.js';
import { hasTable } from '../migrate.js';
import type { Connection } from '../open-database.js';
import type { ColumnValue } from '../pages/page-format.js';
import { LEAVES_AT_ONCE, TableReader } from '../pages/table-reader.js';
import type { TableWriter } from '../pages/table-writer.js';
import { TABLE as BOX_TABLE } from '../spatial-index.js';
import type { Row } from './complete-database.js';
import { readEmptyFacts, TABLES, type Table } from './empty-database.js';

/** Rows read, or leaves copied, between two yields; the leaves have about as many vertices as a batch. */
const TURN_ROWS = 4096;
const TURN_LEAVES = 16;

/** Warnings about the complete mesh, which the row of an only source has, and those of several do not. */
const MESH_WARNINGS: readonly string[] = ['color-conflict', 'normal-conflict', 'color-range'];

/** What is derived on request, by the tables and indexes that have it. */
const DERIVED = {
  'spatial index': new RegExp(`^${BOX_TABLE}(?:_rowid|_node|_parent)?$`),
  tiles: /^tile_(?:set|nodes|nodes_parent|meshes)$/,
};

/** Tables whose leaves are copied unchanged; others have names, which may be long, or rows that may change. */
const COPIED = TABLES.filter((table) => table !== 'parts' && table !== 'appearances');

/** What a base contributes to the result. */
export class BaseMesh {
  readonly totals: MeshTotals;
  readonly layout: 'soup' | 'indexed';
  readonly precision: Precision;
  /** Vertices of all its sources before welding; a triangle of a soup counts as three. */
  readonly fileVertices: number;
  /** The rows of `sources` and `filters` as the result has them, if all its sources have that layout. */
  private readonly sourceRows: readonly SourceRow[];
  private readonly headers: readonly (Uint8Array | null)[];

  private constructor(
    readonly path: string,
    private readonly db: MeshDatabase,
    private readonly reader: TableReader,
  ) {
    this.totals = db.totals();
    this.sourceRows = db.sources();
    this.headers = db.ask((own) =>
      own.prepare('SELECT header FROM sources ORDER BY id').pluck().all(),
    ) as (Uint8Array | null)[];
    this.layout = this.sourceRows.some((row) => row.file_vertices !== null) ? 'indexed' : 'soup';
    this.precision = this.sourceRows.some((row) => row.precision === 'float64') ? 'float64' : 'float32';
    this.fileVertices = this.sourceRows.reduce((sum, row) => sum + verticesOf(row), 0);
  }

  /**
   * Opens a finished database. Throws FileError if there is none; DatabaseError if it is foreign, from a newer program,
   * unfinished, damaged or changed, or if it has tables or views of the user, which the result would not have.
   */
  static open(path: string): BaseMesh {
    const db = MeshDatabase.open(path);
    try {
      db.ask((own) => {
        // No other program may write while its pages are read.
        own.exec('BEGIN');
        refuseOthers(own, path);
      });
      return new BaseMesh(path, db, TableReader.open(path));
    } catch (error) {
      db.close();
      throw error;
    }
  }

  get bounds(): Bounds | undefined {
    const { min_x, min_y, min_z, max_x, max_y, max_z } = this.totals;
    if (min_x === null) return undefined;
    return { min: [min_x, min_y!, min_z!], max: [max_x!, max_y!, max_z!] };
  }

  /** What has been derived from the mesh, which the result will not have. */
  get derived(): string[] {
    const names = this.db.ask((db) => db.prepare('SELECT name FROM sqlite_schema').pluck().all() as string[]);
    return Object.entries(DERIVED).flatMap(([what, tables]) =>
      names.some((name) => tables.test(name)) ? [what] : [],
    );
  }

  /** The vertex at which the next appearance of a soup is due. */
  get appearanceDue(): number {
    const last = this.db.ask((db) => db.prepare('SELECT max(vertex) FROM appearances').pluck().get());
    return last === null ? 0 : (last as number) + APPEARANCE_VERTICES;
  }

  /** The numbers of rows of two tables. */
  count(table: 'parts' | 'part_runs'): number {
    const sql = `SELECT coalesce(max(id) + 1, 0) FROM ${table}`;
    return this.db.ask((db) => db.prepare(sql).pluck().get() as number);
  }

  /** Makes the rows of the table `sources` for a mesh of the layout, if more than one source follows. */
  sources(layout: 'soup' | 'indexed'): readonly Row[] {
    let firstVertex = 0;
    return this.sourceRows.map(({ id: _, ...row }, index): Row => {
      const known = { ...row, header: this.headers[index]! };
      const first = layout === 'indexed' ? firstVertex : null;
      firstVertex += verticesOf(row);
      const warnings = this.sourceRows.length === 1 ? ownWarnings(row.warnings) : row.warnings;
      return { ...known, first_vertex: first, warnings };
    });
  }

  /** Returns the rows of the table `filters`. */
  filters(): readonly Row[] {
    return this.db.ask((db) =>
      hasTable(db, 'filters')
        ? (db.prepare('SELECT name, filter, saved FROM filters ORDER BY rowid').all() as Row[])
        : [],
    );
  }

  /** Yields the vertices, in batches that are valid until the next one. */
  *vertices(): Generator<VertexBatch> {
    yield* this.reader.vertices(this.rootOf('vertices'));
  }

  /** Yields rows of an attribute for all vertices: NaN for those without, in arrays of their own. */
  *attributes(kind: 'colors' | 'normals'): Generator<Float64Array> {
    const [table, columns] =
      kind === 'colors' ? ['vertex_colors', 'r, g, b, a'] : ['vertex_normals', 'x, y, z'];
    const width = kind === 'colors' ? 4 : 3;
    const { vertices } = this.totals;
    const sql = `SELECT vertex, ${columns} FROM ${table} ORDER BY vertex`;
    const rows = this.db.ask((db) => db.prepare(sql).raw().iterate()) as IterableIterator<number[]>;
    let next = rows.next();
    if (next.done) return;
    for (let first = 0; first < vertices; first += TURN_ROWS) {
      const count = Math.min(TURN_ROWS, vertices - first);
      const values = new Float64Array(width * count).fill(Number.NaN);
      for (; !next.done && next.value[0]! < first + count; next = rows.next()) {
        values.set(next.value.slice(1), width * (next.value[0]! - first));
      }
      yield values;
    }
  }

  /** Yields the ids of vertices that no triangle uses, ascending, in arrays of their own. */
  *unused(): Generator<Float64Array> {
    const { vertices, unreferenced } = this.totals;
    if (unreferenced === 0) return;
    const used = IdSet.create(vertices);
    for (const { count, corners } of this.reader.triangles(this.rootOf('triangles'))) {
      for (let k = 0; k < 3 * count; k++) used.add(corners[k]!);
    }
    for (let first = 0; first < vertices; first += TURN_ROWS) {
      const ids: number[] = [];
      const end = Math.min(first + TURN_ROWS, vertices);
      for (let id = first; id < end; id++) if (!used.has(id)) ids.push(id);
      yield Float64Array.from(ids);
    }
  }

  /** Copies all rows to the tables of a mesh of the layout. Occasionally yields the share that is done. */
  *copyTo(tables: Readonly<Record<Table, TableWriter>>, layout: 'soup' | 'indexed'): Generator<number> {
    for (const [k, table] of COPIED.entries()) {
      const count = yield* this.copyTable(table, tables[table], k);
      if (table !== 'vertices' && table !== 'triangles') continue;
      const expected = this.totals[table];
      if (count === expected && tables[table].last === expected - 1) continue;
      throw changed(this.path, `${countOf(count, 'row')} in ${table}`, expected);
    }
    yield* this.copyRows('parts', tables.parts);
    if (layout === this.layout) yield* this.copyRows('appearances', tables.appearances);
    else yield* this.findAppearances(tables.appearances);
  }

  /** Closes the files; may be called again. */
  close(): void {
    this.db.close();
    this.reader.close();
  }

  /** Copies a table and returns the number of its rows; `step` is its number among all that are copied. */
  private *copyTable(table: Table, writer: TableWriter, step: number): Generator<number, number> {
    const { reader, totals } = this;
    const window = reader.window();
    let count = 0;
    let leaves = 0;
    for (const { pages } of reader.leaves(this.rootOf(table), LEAVES_AT_ONCE)) {
      for (const { page } of reader.read(pages, window)) {
        const added = writer.appendLeaf(page);
        // Other pages, after a VACUUM with a setting of the user.
        if (added === 0) return count + (yield* this.copyRows(table, writer));
        count += added;
        // Nearly all of the work is for the first two tables.
        if (++leaves % TURN_LEAVES === 0) {
          yield Math.min(1, (step + writer.last / Math.max(1, totals.triangles)) / 2);
        }
      }
    }
    return count;
  }

  /** Copies the rows after those that were copied, and returns their number. */
  private *copyRows(table: Table, writer: TableWriter): Generator<number, number> {
    const sql = `SELECT * FROM ${table} WHERE rowid > ? ORDER BY rowid`;
    const rows = this.db.ask((db) => db.prepare(sql).raw().iterate(writer.last)) as IterableIterator<
      ColumnValue[]
    >;
    let count = 0;
    for (const [id, ...values] of rows) {
      writer.appendRow(id as number, [null, ...values]);
      if (++count % TURN_ROWS === 0) yield 0.5;
    }
    return count;
  }

  /** Finds where vertices of a soup appear first, by the numbers that they have beside indexed sources. */
  private *findAppearances(writer: TableWriter): Generator<number> {
    let due = 0;
    for (const { count, ids, corners } of this.reader.triangles(this.rootOf('triangles'))) {
      for (let k = 0; k < 3 * count; k++) {
        if (corners[k]! < due) continue;
        writer.appendRow(due, [null, 3 * ids[0]! + k]);
        due += APPEARANCE_VERTICES;
      }
      yield 1;
    }
  }

  private rootOf(table: Table): number {
    const sql = "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?";
    return this.db.ask((db) => db.prepare(sql).pluck().get(table) as number);
  }
}

function verticesOf({ file_vertices, triangles }: Pick<SourceRow, 'file_vertices' | 'triangles'>): number {
  return file_vertices ?? 3 * triangles;
}

/** Removes the warnings of the complete mesh from the list of an only source. */
function ownWarnings(text: string): string {
  const list = JSON.parse(text) as { readonly kind: string }[];
  return JSON.stringify(list.filter(({ kind }) => !MESH_WARNINGS.includes(kind)));
}

/** Refuses what the user has added to the database, as the result would not have it. Throws DatabaseError. */
function refuseOthers(db: Connection, path: string): void {
  const sql = "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'";
  const own = new Set(readEmptyFacts(true).names);
  for (const { type, name } of db.prepare(sql).all() as { type: string; name: string }[]) {
    if (own.has(name) || Object.values(DERIVED).some((tables) => tables.test(name))) continue;
    throw new DatabaseError(`${path}: the ${type} ${name} is not offload's and would be lost`, {
      hint: `copy it to another database, then run offload sql --write or sqlite3 with DROP ${type.toUpperCase()} ${name}`,
    });
  }
}

function changed(path: string, found: string, expected: number): DatabaseError {
  const problem = `its rows were changed after the import: ${found}, some missing or renumbered`;
  return new DatabaseError(`${path}: ${problem}; expected ${formatCount(expected)}`, {
    hint: 'import all sources again',
  });
}
