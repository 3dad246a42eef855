/**
 * Loads one import into a new database, as finished pages. `complete-database` then adds the unique index and the rows of the
 * sources.
 *
 * The database is built under a name of the caller's choice and is complete only after that: there is no journal, and
 * nothing is certain to be on the disk before.
 */

import type { Bounds, VertexBatch } from '../../mesh.js';
import { completeColor, isNormal } from '../../weld/attribute-file.js';
import type { Positions } from '../../weld/positions.js';
import type { IndexedRecord, MeshSink } from '../../weld/sinks.js';
import { TableReader } from '../pages/table-reader.js';
import { type SavedLoad, TableLoad, type TableWriter } from '../pages/table-writer.js';
import type { BaseMesh } from './base-mesh.js';
import type { IndexTask } from './build-index.js';
import type { Completion } from './complete-database.js';
import { type EmptyFacts, type Roots, type Table, writeEmpty } from './empty-database.js';
import { PartTables, type SavedParts } from './part-tables.js';
import { PlaceTables, type SavedPlaces } from './place-tables.js';
import { describeSource, type SourceRecord } from './source-record.js';

/** The counts of what has been loaded so far. */
export interface LoadTally {
  readonly triangles: number;
  readonly vertices: number;
  /** Triangles with two corners at one vertex. */
  readonly degenerate: number;
  readonly bounds: Bounds | undefined;
}

/** The saved state of a load. Plain data. */
export interface SavedMeshLoad {
  readonly load: SavedLoad;
  readonly triangles: number;
  readonly vertices: number;
  readonly degenerate: number;
  readonly cutColors: number;
  readonly parts: SavedParts;
  readonly places: SavedPlaces;
  readonly bounds: Bounds | undefined;
}

export class MeshLoad implements MeshSink {
  private triangles = 0;
  private vertices = 0;
  private degenerate = 0;
  /** Colors so far with components outside 0 to 1. */
  cutColors = 0;
  private readonly min: [number, number, number] = [Infinity, Infinity, Infinity];
  private readonly max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  private readonly color = new Float64Array(4);
  readonly parts: PartTables;
  readonly places: PlaceTables;
  private isClosed = false;

  private constructor(
    private readonly path: string,
    private readonly load: TableLoad,
    private readonly tables: Readonly<Record<Table, TableWriter>>,
    private readonly empty: EmptyFacts,
    private readonly layout: 'soup' | 'indexed',
    private readonly base: BaseMesh | undefined,
  ) {
    this.parts = new PartTables(tables);
    this.places = new PlaceTables(tables);
  }

  /**
   * Creates a new database file, which must not exist, ready for the rows of soup or of an indexed source, after those of
   * `base`, which {@link copyBase} must copy first. One that `hasIndex` can be indexed, and resumed.
   */
  static create(path: string, layout: 'soup' | 'indexed', hasIndex: boolean, base?: BaseMesh): MeshLoad {
    const empty = writeEmpty(path, 'create', hasIndex);
    const load = TableLoad.open(path);
    const tables = mapTables(empty.roots, (root) => load.table(root));
    return new MeshLoad(path, load, tables, empty, layout, base);
  }

  /** Resumes a saved load, whatever was done to the file since, unless it lost something saved. Throws FileError. */
  static resume(path: string, saved: SavedMeshLoad, layout: 'soup' | 'indexed', base?: BaseMesh): MeshLoad {
    // SQLite may have written to these pages at the end.
    const empty = writeEmpty(path, 'update', true);
    const load = TableLoad.resume(path, saved.load);
    const tables = mapTables(empty.roots, (root) => load.writer(root));
    const rows = new MeshLoad(path, load, tables, empty, layout, base);
    rows.restore(saved);
    return rows;
  }

  /** Yields the vertices of a saved load that has not continued. Leaves the file unchanged. */
  static *vertices(path: string, saved: SavedMeshLoad): Generator<VertexBatch> {
    const { roots } = writeEmpty(path, 'update', true);
    // Tables can only be read under their final roots.
    const view = TableLoad.resume(path, saved.load);
    try {
      view.finish();
    } finally {
      view.close();
    }
    const reader = TableReader.open(path);
    try {
      yield* reader.vertices(verticesRoot(roots));
    } finally {
      reader.close();
      TableLoad.resume(path, saved.load).close();
      writeEmpty(path, 'update', true);
    }
  }

  /** Copies the mesh with which this one begins. Occasionally yields the share that is done. */
  *copyBase(): Generator<number> {
    const { base, layout } = this;
    if (base === undefined) return;
    yield* base.copyTo(this.tables, layout);
    const { triangles, vertices, degenerate } = base.totals;
    this.triangles = triangles;
    this.vertices = vertices;
    this.degenerate = degenerate;
    this.parts.beginAfter(base.count('parts'), base.count('part_runs'));
    this.places.beginAfter(vertices, base.appearanceDue);
    this.widen(base.bounds);
  }

  private restore(saved: SavedMeshLoad): void {
    this.triangles = saved.triangles;
    this.vertices = saved.vertices;
    this.degenerate = saved.degenerate;
    this.cutColors = saved.cutColors;
    this.parts.restore(saved.parts);
    this.places.restore(saved.places);
    this.widen(saved.bounds);
  }

  private widen(bounds: Bounds | undefined): void {
    this.min.splice(0, 3, ...(bounds?.min ?? this.min));
    this.max.splice(0, 3, ...(bounds?.max ?? this.max));
  }

  /** Passes everything to the system; returns the state for {@link resume}. */
  save(): SavedMeshLoad {
    const { triangles, vertices, degenerate, cutColors } = this;
    return {
      load: this.load.save(),
      triangles,
      vertices,
      degenerate,
      cutColors,
      parts: this.parts.save(),
      places: this.places.save(),
      bounds: this.tally.bounds,
    };
  }

  get tally(): LoadTally {
    const { triangles, vertices, degenerate, min, max } = this;
    return { triangles, vertices, degenerate, bounds: vertices === 0 ? undefined : { min, max } };
  }

  addVertices(positions: Positions, count: number): void {
    this.tables.vertices.appendVertices(positions, count);
    this.vertices += count;
    const { min, max } = this;
    for (let axis = 0; axis < 3; axis++) {
      let low = min[axis]!;
      let high = max[axis]!;
      for (let k = axis; k < 3 * count; k += 3) {
        const value = positions[k]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      min[axis] = low;
      max[axis] = high;
    }
  }

  addTriangles(corners: Float64Array, count: number): void {
    this.tables.triangles.appendTriangles(corners, count);
    if (this.layout === 'soup') this.places.addAppearances(corners, count, this.triangles);
    this.triangles += count;
    for (let k = 0; k < 3 * count; k += 3) {
      const a = corners[k];
      const b = corners[k + 1];
      const c = corners[k + 2];
      if (a === b || b === c || c === a) this.degenerate++;
    }
  }

  /** Records that vertex `id` is vertex `number` of the new indexed sources, at its first appearance. */
  addAppearance(id: number, number: number): void {
    this.tables.appearances.appendRow(id, [null, number + (this.base?.fileVertices ?? 0)]);
  }

  /** Adds colors and normals in the order of their vertices, or of the triangles of the new sources. */
  addVertexColor(id: number, color: Float64Array): void {
    this.tables.vertex_colors.appendReals(id, this.completeColor(color));
  }

  addVertexNormal(id: number, normal: Float64Array): void {
    if (isNormal(normal)) this.tables.vertex_normals.appendReals(id, normal);
  }

  addTriangleColor(triangle: number, color: Float64Array): void {
    const first = this.base?.totals.triangles ?? 0;
    this.tables.triangle_colors.appendReals(first + triangle, this.completeColor(color));
  }

  /** Ends a source before triangle `next`: the next source has its own parts and places. */
  endSource(next: number): void {
    this.parts.endSource(next);
    this.places.endSource();
  }

  /**
   * Ends the load with the right edges of the trees; returns the rest of the work for {@link completeDatabase}. The unique
   * index is built by sorting as `sorting` states, if it is given.
   */
  finish(
    sources: readonly SourceRecord[],
    indexed: IndexedRecord | undefined,
    isKept: boolean,
    sorting: Pick<IndexTask, 'memoryBytes' | 'spillPath'> | undefined,
  ): Completion {
    const { base, empty, vertices } = this;
    this.load.finish();
    this.close();
    return {
      path: this.path,
      mesh: this.describeMesh(indexed),
      sources: [...(base?.sources(this.layout) ?? []), ...sources.map(describeSource)],
      filters: base?.filters() ?? [],
      index: sorting && {
        ...sorting,
        verticesRoot: verticesRoot(empty.roots),
        indexRoot: empty.indexRoot!,
        vertices,
      },
      isKept,
    };
  }

  /** Closes the file. Must always be called. */
  close(): void {
    const { isClosed } = this;
    this.isClosed = true;
    if (!isClosed) this.load.close();
  }

  private completeColor(color: Float64Array): Float64Array {
    this.color.set(color);
    if (completeColor(this.color)) this.cutColors++;
    return this.color;
  }

  /** Makes the row of the table `mesh`. */
  private describeMesh(indexed: IndexedRecord | undefined): Completion['mesh'] {
    const { bounds } = this.tally;
    const before = this.base?.totals;
    return {
      id: 1,
      triangles: this.triangles,
      vertices: this.vertices,
      degenerate: this.degenerate,
      unreferenced: indexed?.unreferenced ?? 0,
      color_conflicts: (before?.color_conflicts ?? 0) + (indexed?.colorConflicts ?? 0),
      normal_conflicts: (before?.normal_conflicts ?? 0) + (indexed?.normalConflicts ?? 0),
      min_x: bounds?.min[0] ?? null,
      min_y: bounds?.min[1] ?? null,
      min_z: bounds?.min[2] ?? null,
      max_x: bounds?.max[0] ?? null,
      max_y: bounds?.max[1] ?? null,
      max_z: bounds?.max[2] ?? null,
    };
  }
}

function verticesRoot(roots: Roots): number {
  return roots.find(([name]) => name === 'vertices')![1];
}

function mapTables(
  roots: Roots,
  writerOf: (root: number) => TableWriter,
): Readonly<Record<Table, TableWriter>> {
  return Object.fromEntries(roots.map(([name, root]) => [name, writerOf(root)])) as Record<
    Table,
    TableWriter
  >;
}
