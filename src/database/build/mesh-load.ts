/**
 * Loads one import into a new database, as finished pages. `complete-database` then adds the unique index and the rows of the
 * sources.
 *
 * The database is built under a name of the caller's choice and is complete only after that: there is no journal, and
 * nothing is certain to be on the disk before.
 */

import { PLACE_BYTES } from '../../memory.js';
import type {
  Bounds,
  IndexedFaces,
  IndexedVertices,
  PartStart,
  Precision,
  SoupBatch,
  VertexBatch,
  Warning,
} from '../../mesh.js';
import { completeColor, isNormal } from '../../weld/attribute-file.js';
import type { Positions } from '../../weld/positions.js';
import type { IndexedRecord, MeshSink } from '../../weld/sinks.js';
import { APPEARANCE_VERTICES } from '../../weld/vertex-welder.js';
import { TableReader } from '../pages/table-reader.js';
import { type SavedLoad, TableLoad, type TableWriter } from '../pages/table-writer.js';
import type { BaseMesh } from './base-mesh.js';
import type { IndexTask } from './build-index.js';
import type { Completion } from './complete-database.js';
import { type EmptyFacts, type Roots, type Table, writeEmpty } from './empty-database.js';

/** The facts about a source once it has been read; see the table `sources`. Plain data. */
export interface SourceRecord {
  readonly path: string;
  readonly format: string;
  readonly encoding: string;
  readonly precision: Precision;
  /** Size of the stored file, compressed or not, in bytes; with the digest of the same bytes, it identifies it. */
  readonly size: number;
  /** ISO 8601. */
  readonly modified: string | undefined;
  readonly sha256: string | undefined;
  /** In base64. */
  readonly header: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  readonly warnings: readonly (Warning & { readonly count: number })[];
  /** Its first triangle, and their number. */
  readonly firstTriangle: number;
  readonly triangles: number;
  /** The number of its first vertex among those of all sources; undefined if all sources are soup. */
  readonly firstVertex: number | undefined;
  /** Faces and vertices of an indexed source. */
  readonly faces: number | undefined;
  readonly fileVertices: number | undefined;
}

/** The counts of what has been loaded so far. */
export interface LoadTally {
  readonly triangles: number;
  readonly vertices: number;
  /** Triangles with two corners at one vertex. */
  readonly degenerate: number;
  readonly bounds: Bounds | undefined;
}

/** A part that has not ended: its number and its first triangle. */
interface OpenPart {
  readonly part: number;
  readonly first: number;
}

/** The saved state of a load. Plain data. */
export interface SavedMeshLoad {
  readonly load: SavedLoad;
  readonly triangles: number;
  readonly vertices: number;
  readonly degenerate: number;
  readonly cutColors: number;
  readonly parts: number;
  readonly partRuns: number;
  readonly seen: number;
  readonly placeDue: number;
  readonly vertexPlaceDue: number;
  readonly appearanceDue: number;
  readonly openParts: readonly (readonly [kind: PartStart['partKind'], part: OpenPart])[];
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
  private parts = 0;
  private partRuns = 0;
  /** For each kind, the open part and its first triangle. */
  private readonly openParts = new Map<PartStart['partKind'], OpenPart>();
  private readonly color = new Float64Array(4);
  /** Vertices used by the triangles of a soup so far, and the number at which the next appearance is recorded. */
  private seen = 0;
  /** Offsets from which the next place is recorded. A batch may begin anywhere, but always gives its first place. */
  private placeDue = 0;
  private vertexPlaceDue = 0;
  private appearanceDue = 0;
  private isClosed = false;

  private constructor(
    private readonly path: string,
    private readonly load: TableLoad,
    private readonly tables: Readonly<Record<Table, TableWriter>>,
    private readonly empty: EmptyFacts,
    private readonly layout: 'soup' | 'indexed',
    private readonly base: BaseMesh | undefined,
  ) {}

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
    this.parts = base.count('parts');
    this.partRuns = base.count('part_runs');
    this.seen = vertices;
    this.appearanceDue = base.appearanceDue;
    this.widen(base.bounds);
  }

  private restore(saved: SavedMeshLoad): void {
    const { openParts, bounds } = saved;
    this.triangles = saved.triangles;
    this.vertices = saved.vertices;
    this.degenerate = saved.degenerate;
    this.cutColors = saved.cutColors;
    this.parts = saved.parts;
    this.partRuns = saved.partRuns;
    this.seen = saved.seen;
    this.placeDue = saved.placeDue;
    this.vertexPlaceDue = saved.vertexPlaceDue;
    this.appearanceDue = saved.appearanceDue;
    for (const [kind, part] of openParts) this.openParts.set(kind, part);
    this.widen(bounds);
  }

  private widen(bounds: Bounds | undefined): void {
    this.min.splice(0, 3, ...(bounds?.min ?? this.min));
    this.max.splice(0, 3, ...(bounds?.max ?? this.max));
  }

  /** Passes everything to the system; returns the state for {@link resume}. */
  save(): SavedMeshLoad {
    const { triangles, vertices, degenerate, cutColors, parts, partRuns } = this;
    const { seen, placeDue, vertexPlaceDue, appearanceDue } = this;
    return {
      load: this.load.save(),
      triangles,
      vertices,
      degenerate,
      cutColors,
      parts,
      partRuns,
      seen,
      placeDue,
      vertexPlaceDue,
      appearanceDue,
      openParts: [...this.openParts],
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
    if (this.layout === 'soup') this.noteAppearances(corners, count);
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

  /** Records the places of vertices; `first` is the number of the first vertex of their source. */
  addVertexPlaces({ places }: IndexedVertices, first: number): void {
    for (const { record, offset, line } of places) {
      if (isInBlock(offset, this.vertexPlaceDue)) continue;
      this.vertexPlaceDue = nextBlock(offset);
      this.tables.vertex_checkpoints.appendRow(first + record, [null, offset, line]);
    }
  }

  /** Records the places of triangles from number `first` on, and their attribute words other than 0. */
  addTrianglePlaces(batch: SoupBatch | IndexedFaces, first: number): void {
    if (batch.kind === 'faces') {
      this.addFacePlaces(batch, first);
      return;
    }
    for (const { item, offset, line } of batch.places) {
      if (offset < this.placeDue) continue;
      this.placeDue = nextBlock(offset);
      this.tables.checkpoints.appendRow(first + item, [null, offset, line, null, null, null]);
    }
    if (batch.attributes === undefined) return;
    for (let k = 0; k < batch.count; k++) {
      const word = batch.attributes[k]!;
      if (word !== 0) this.tables.stl_attributes.appendRow(first + k, [null, word]);
    }
  }

  /** Begins a part with triangle `first`, and ends the previous part of its kind. */
  addPart({ name, partKind }: PartStart, first: number): void {
    this.endPart(partKind, first);
    this.tables.parts.appendRow(this.parts, [null, name, partKind]);
    this.openParts.set(partKind, { part: this.parts++, first });
  }

  /** Ends a source before triangle `next`: the next source has its own parts and places. */
  endSource(next: number): void {
    for (const kind of this.openParts.keys()) this.endPart(kind, next);
    this.openParts.clear();
    this.placeDue = 0;
    this.vertexPlaceDue = 0;
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

  private addFacePlaces({ sizes, places }: IndexedFaces, first: number): void {
    let face = 0;
    let triangle = first;
    for (const { item, offset, line, record, vertices, strip = null } of places) {
      if (sizes === undefined) triangle = first + item;
      for (; sizes !== undefined && face < item; face++) triangle += sizes[face]! - 2;
      if (isInBlock(offset, this.placeDue)) continue;
      this.placeDue = nextBlock(offset);
      this.tables.checkpoints.appendRow(triangle, [null, offset, line, record, vertices, strip]);
    }
  }

  /** Records first appearances. New ids are consecutive, so the count gives the first one of a triangle. */
  private noteAppearances(corners: Float64Array, count: number): void {
    let { seen } = this;
    for (let k = 0; k < 3 * count; k += 3) {
      const a = corners[k]!;
      const b = corners[k + 1]!;
      const c = corners[k + 2]!;
      if (a < seen && b < seen && c < seen) continue;
      if (seen >= this.appearanceDue) {
        this.tables.appearances.appendRow(seen, [null, this.triangles + k / 3]);
        this.appearanceDue = seen + APPEARANCE_VERTICES;
      }
      seen = Math.max(a, b, c) + 1;
    }
    this.seen = seen;
  }

  private endPart(kind: PartStart['partKind'], next: number): void {
    const open = this.openParts.get(kind);
    if (open === undefined || open.first === next) return;
    this.tables.part_runs.appendRow(this.partRuns++, [null, open.part, open.first, next - 1]);
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

/** Makes a row of the table `sources`. */
function describeSource(source: SourceRecord): Completion['sources'][number] {
  const { firstTriangle, triangles, firstVertex, fileVertices, ...known } = source;
  const hasTriangles = triangles > 0;
  return {
    ...known,
    modified: source.modified ?? null,
    sha256: source.sha256 ?? null,
    header: source.header === undefined ? null : Buffer.from(source.header, 'base64'),
    options: JSON.stringify(source.options),
    warnings: JSON.stringify(source.warnings),
    imported: new Date().toISOString(),
    triangles,
    first_triangle: hasTriangles ? firstTriangle : null,
    last_triangle: hasTriangles ? firstTriangle + triangles - 1 : null,
    faces: source.faces ?? null,
    file_vertices: fileVertices ?? null,
    first_vertex: firstVertex ?? null,
  };
}

/** Returns the start of the next block after a byte. */
function nextBlock(offset: number): number {
  return PLACE_BYTES * (Math.floor(offset / PLACE_BYTES) + 1);
}

/** Whether a byte is in the block that ends at `due`. Sources with instances go back to earlier blocks. */
function isInBlock(offset: number, due: number): boolean {
  return offset >= due - PLACE_BYTES && offset < due;
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
