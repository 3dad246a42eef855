/**
 * The exported part of a mesh, as streams of rows in id order: all of it, or the part that a filter selects.
 *
 * Rows and their attributes are read from the leaf pages of their tables, which SQLite's shared lock protects. SELECT reads
 * databases in WAL mode, whose newest pages are elsewhere.
 */

import type Database from 'better-sqlite3';
import { IdSet } from '../../collections/id-set.js';
import type { RowSource } from '../../collections/row-cache.js';
import type {
  AttributeDecoder,
  MeshSelection,
  MeshSelectionOptions,
  Precision,
  SoupSelection,
  TriangleBatch,
  VertexBatch,
} from '../../mesh.js';
import type { Rows } from '../pages/leaf-decoder.js';
import { LEAVES_AT_ONCE, type Leaves, type SharedFile, type TableReader } from '../pages/table-reader.js';
import { listWordSources, type WordSource } from '../source-runs.js';
import {
  AttributeColumn,
  type AttributeTable,
  PagedAttributes,
  TriangleColorColumn,
  WordColumn,
} from './attribute-rows.js';
import { AttributeWords } from './attribute-words.js';
import { CornerLookup } from './corner-lookup.js';
import type { SequentialPositions } from './corner-positions.js';
import { hasParts, partChanges } from './part-changes.js';
import { checkCorners, checkIds, readNumber, readRange } from './row-ids.js';
import { type RowMap, RowMapper } from './row-mapper.js';
import { SelectedRows, type TriangleColors } from './selected-rows.js';
import { type CornerSources, soupRows } from './soup-rows.js';
import { listLeaves, type TableLeaves } from './table-leaves.js';
import { PagedVertexRows, SelectedVertexRows } from './vertex-rows.js';

/** The rows of a selection as pages of the file, for threads to read. */
export interface PagedRows {
  readonly file: SharedFile;
  /** Yields leaf pages in row order, at most `max` at a time: those that may hold selected rows. */
  leaves(table: MeshTable, max: number): Iterable<Leaves>;
  /** Lists the leaves of vertices, for positions by id. */
  vertexLeaves(): TableLeaves;
  /** Lists the leaves of the attributes that were requested. */
  attributes(): PagedAttributeTables;
  /** Lists the leaves of the attribute words of a binary STL. */
  words(): AttributeTable;
  /** How the rows are mapped; absent if they are written unchanged. */
  readonly map?: RowMap | undefined;
}

/** The attributes of a selection, as plain data; undefined for what there is not. */
export interface PagedAttributeTables {
  readonly vertexColors: AttributeTable | undefined;
  readonly vertexNormals: AttributeTable | undefined;
  /** Colors, or attribute words that mean colors. */
  readonly triangleColors: AttributeTable | undefined;
  /** The sources of such words, whose headers tell what they mean. */
  readonly wordSources: readonly WordSource[];
}

type MeshTable = 'vertices' | 'triangles';

/** The tables of attributes, what they hold, and of which rows. */
const ATTRIBUTES = {
  colors: { table: 'vertex_colors', kind: 'colors', of: 'vertices' },
  normals: { table: 'vertex_normals', kind: 'normals', of: 'vertices' },
  faceColors: { table: 'triangle_colors', kind: 'colors', of: 'triangles' },
  words: { table: 'stl_attributes', kind: 'words', of: 'triangles' },
} as const;

/** A selection that is also available as pages, unless only SQLite can provide its rows. */
export interface StoredSelection extends SoupSelection {
  readonly paged: PagedRows | undefined;
  /** How `soup` finds positions. */
  readonly corners: CornerLookup;
}

/** The rows of an open database, before the selection is known. */
export class MeshRows {
  readonly precision: Precision;
  readonly hasVertexColors: boolean;
  readonly hasVertexNormals: boolean;
  /** Ids are below these. */
  readonly vertexRange: number;
  readonly triangleRange: number;
  /** Whether leaf pages can be read at all. */
  private readonly hasPages: boolean;
  private readonly triangleColors: TriangleColors | undefined;
  private readonly decodeAttribute: AttributeDecoder;
  private readonly selected: SelectedRows;
  private triangleCount: number | undefined;
  private wordSources: readonly WordSource[] | undefined;

  /**
   * Starts a read transaction that lasts until the connection is closed. `tableReader` reads the same file and must stay
   * open as long: closing any descriptor of a file releases the process's locks on it.
   */
  constructor(
    private readonly db: Database.Database,
    private readonly tableReader: TableReader,
    options: MeshSelectionOptions,
  ) {
    if (!db.inTransaction) db.exec('BEGIN');
    this.vertexRange = readRange(db, 'vertices');
    this.triangleRange = readRange(db, 'triangles');
    const wide = readNumber(db, "SELECT count(*) FROM sources WHERE precision = 'float64'");
    this.precision = wide > 0 ? 'float64' : 'float32';
    const { colors = false, normals = false, decodeAttribute } = options;
    this.hasVertexColors = colors && hasRows(db, 'vertex_colors');
    this.hasVertexNormals = normals && hasRows(db, 'vertex_normals');
    this.decodeAttribute = decodeAttribute ?? (() => undefined);
    this.triangleColors = colors ? findTriangleColors(db, decodeAttribute) : undefined;
    this.hasPages = db.pragma('journal_mode', { simple: true }) !== 'wal';
    this.selected = new SelectedRows(db);
  }

  get hasTriangleColors(): boolean {
    return this.triangleColors !== undefined;
  }

  /** Yields vertices with their ids, in id order: all, or at least those of a set. The caller may change the batch. */
  vertices(set?: IdSet): Iterable<VertexBatch & Rows> {
    const { hasVertexColors: hasColors, hasVertexNormals: hasNormals } = this;
    if (!hasColors && !hasNormals) return this.positionsOf(set);
    return this.hasPages ? this.attributed(set) : this.selected.vertices({ hasColors, hasNormals });
  }

  /** Yields triangles like {@link vertices}, with checked corners. */
  triangles(set?: IdSet): Iterable<TriangleBatch & Rows> {
    if (this.triangleColors === undefined) return this.cornersOf(set);
    return this.hasPages ? this.colored(set) : this.check(this.selected.triangles(this.triangleColors));
  }

  /** Yields vertices like {@link vertices}, without colors and normals. */
  positionsOf(set?: IdSet): Iterable<VertexBatch & Rows> {
    return this.hasPages
      ? this.tableReader.vertices(this.rootPage('vertices'), set)
      : this.selected.vertices({ hasColors: false, hasNormals: false });
  }

  /** Yields triangles like {@link triangles}, without colors. */
  cornersOf(set?: IdSet): Iterable<TriangleBatch & Rows> {
    return this.check(
      this.hasPages ? this.tableReader.triangles(this.rootPage('triangles'), set) : this.selected.triangles(),
    );
  }

  /** Returns pages of these rows for threads; undefined if only SQLite can provide them. */
  pages(sets: { vertices?: IdSet | undefined; triangles?: IdSet | undefined } = {}): PagedRows | undefined {
    if (!this.hasPages) return undefined;
    return {
      attributes: () => this.attributeTables(),
      words: () => this.attributeTable('words'),
      vertexLeaves: () => this.vertexLeaves()!,
      file: this.tableReader.share(),
      leaves: (table, max) => this.tableReader.leaves(this.rootPage(table), max, sets[table]),
    };
  }

  /** Returns the table of triangles, for a thread that reads all of it; undefined if only SQLite can provide the rows. */
  triangleTable(): { readonly file: SharedFile; readonly rootPage: number } | undefined {
    if (!this.hasPages) return undefined;
    return { file: this.tableReader.share(), rootPage: this.rootPage('triangles') };
  }

  /** Returns the number of triangles, which are counted once. */
  countTriangles(): number {
    this.triangleCount ??= this.countRows('triangles');
    return this.triangleCount;
  }

  /** Selects the complete mesh. Throws DatabaseError if vertices are missing. */
  selectAll(): MeshSelection {
    const vertexCount = this.countRows('vertices');
    checkIds(this.db, vertexCount);
    return {
      ...this.facts(),
      vertexCount,
      triangleCount: this.countTriangles(),
      vertices: () => this.vertices(),
      triangles: () => this.triangles(),
    };
  }

  /** Selects and maps a part of the mesh. Counts are those of the sets, or of the complete mesh. */
  selectSome(map: RowMap, cacheBytes: number): StoredSelection {
    const mapper = new RowMapper(map, cacheBytes);
    const vertexSet = map.vertices && IdSet.attach(map.vertices);
    const triangleSet = map.triangles && IdSet.attach(map.triangles);
    const whole = vertexSet === undefined || triangleSet === undefined ? this.selectAll() : undefined;
    const paged = this.pages({ vertices: vertexSet, triangles: triangleSet });
    const triangleCount = triangleSet?.size ?? whole!.triangleCount;
    const { db } = this;
    const headers = () => this.attributeHeaders(triangleSet);
    const corners = new CornerLookup(
      this,
      () => this.positions(this.vertexLeaves()),
      map,
      triangleCount,
      cacheBytes,
    );
    return {
      corners,
      ...this.facts(),
      precision: map.transform.length > 0 ? 'float64' : this.precision,
      vertexCount: vertexSet?.size ?? whole!.vertexCount,
      triangleCount,
      get attributeHeaders() {
        return headers();
      },
      get hasParts() {
        return hasParts(db);
      },
      parts: (options) => partChanges(db, triangleSet, triangleCount, options),
      vertices: () => mapEach(this.vertices(vertexSet), (batch) => mapper.vertices(batch)),
      triangles: () => mapEach(this.triangles(triangleSet), (batch) => mapper.triangles(batch)),
      soup: ({ attributes = false } = {}) => {
        const words = attributes && hasRows(db, 'stl_attributes') ? this.words() : undefined;
        return soupRows(
          this.triangles(triangleSet),
          this.cornerSources(corners.take()),
          map,
          cacheBytes,
          words,
        );
      },
      paged: paged && { ...paged, map },
    };
  }

  /** Returns the leaves of vertices for threads; undefined if pages cannot be read. */
  vertexLeaves(): TableLeaves | undefined {
    if (!this.hasPages) return undefined;
    return listLeaves(this.tableReader.leaves(this.rootPage('vertices'), LEAVES_AT_ONCE), this.vertexRange);
  }

  /** Returns a source of positions by id. */
  positions(leaves: TableLeaves | undefined): RowSource {
    return leaves === undefined
      ? new SelectedVertexRows(this.db, this.vertexRange, 'positions')
      : new PagedVertexRows(this.tableReader, leaves);
  }

  private countRows(table: MeshTable): number {
    return this.hasPages
      ? this.tableReader.count(this.rootPage(table))
      : readNumber(this.db, `SELECT count(*) FROM ${table}`);
  }

  /** Returns the colors of vertices by id, NaN for none; undefined if no vertex has one, or if they are not wanted. */
  vertexColors(): RowSource | undefined {
    return this.hasVertexColors ? this.attributesOf('colors') : undefined;
  }

  /** The same for the normals of vertices. */
  vertexNormals(): RowSource | undefined {
    return this.hasVertexNormals ? this.attributesOf('normals') : undefined;
  }

  private cornerSources(sequential: SequentialPositions | undefined): CornerSources {
    return {
      positions: sequential ?? this.positions(this.vertexLeaves()),
      colors: this.vertexColors(),
      normals: this.vertexNormals(),
    };
  }

  /** Returns a source of the colors or normals of vertices by id. */
  private attributesOf(kind: 'colors' | 'normals'): RowSource {
    if (!this.hasPages) return new SelectedVertexRows(this.db, this.vertexRange, kind);
    return new PagedAttributes(this.tableReader, this.attributeTable(kind));
  }

  private words(): AttributeWords | WordColumn {
    if (!this.hasPages) return new AttributeWords(this.db);
    return new WordColumn(new PagedAttributes(this.tableReader, this.attributeTable('words')));
  }

  /** Yields vertices with their colors and normals, from pages. */
  private *attributed(set: IdSet | undefined): Generator<VertexBatch & Rows> {
    const colors = this.hasVertexColors ? new AttributeColumn(this.attributesOf('colors')) : undefined;
    const normals = this.hasVertexNormals ? new AttributeColumn(this.attributesOf('normals')) : undefined;
    for (const batch of this.positionsOf(set)) {
      const { ids, count } = batch;
      yield { ...batch, colors: colors?.find(ids, count), normals: normals?.find(ids, count) };
    }
  }

  /** Yields triangles with their colors, from pages. */
  private *colored(set: IdSet | undefined): Generator<TriangleBatch & Rows> {
    const { triangleColors } = this.attributeTables();
    const source = new PagedAttributes(this.tableReader, triangleColors!);
    const colors = new TriangleColorColumn(source, this.decodeAttribute);
    for (const batch of this.cornersOf(set)) yield { ...batch, colors: colors.find(batch.ids, batch.count) };
  }

  private attributeTables(): PagedAttributeTables {
    const { triangleColors } = this;
    const hasWords = triangleColors?.table === 'stl_attributes';
    return {
      vertexColors: this.hasVertexColors ? this.attributeTable('colors') : undefined,
      vertexNormals: this.hasVertexNormals ? this.attributeTable('normals') : undefined,
      triangleColors: triangleColors && this.attributeTable(hasWords ? 'words' : 'faceColors'),
      wordSources: hasWords ? this.listWordSources() : [],
    };
  }

  private attributeTable(what: keyof typeof ATTRIBUTES): AttributeTable {
    const { table, kind, of } = ATTRIBUTES[what];
    const leaves = this.tableReader.leaves(this.rootPage(table), LEAVES_AT_ONCE);
    return { kind, leaves: listLeaves(leaves, of === 'vertices' ? this.vertexRange : this.triangleRange) };
  }

  /** Returns the sources of attribute words; a split asks for each of its files. */
  private listWordSources(): readonly WordSource[] {
    this.wordSources ??= listWordSources(this.db);
    return this.wordSources;
  }

  /** Returns the headers of the selected sources of attribute words, equal ones once; undefined without words. */
  private attributeHeaders(set: IdSet | undefined): Uint8Array[] | undefined {
    const { db } = this;
    if (!hasRows(db, 'stl_attributes')) return undefined;
    const selected = this.listWordSources().filter(({ first, last }) => set?.hasAny(first, last) !== false);
    const byText = selected.map(({ header }) => [Buffer.from(header).toString('latin1'), header] as const);
    return [...new Map(byText).values()];
  }

  private facts() {
    const { precision, hasVertexColors, hasVertexNormals, hasTriangleColors } = this;
    return { precision, hasVertexColors, hasVertexNormals, hasTriangleColors };
  }

  private *check(batches: Iterable<TriangleBatch & Rows>): Generator<TriangleBatch & Rows> {
    for (const batch of batches) {
      checkCorners(batch, this.vertexRange, this.db.name);
      yield batch;
    }
  }

  private rootPage(table: string): number {
    const sql = "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?";
    return this.db.prepare(sql).pluck().get(table) as number;
  }
}

function* mapEach<T, R extends { readonly count: number }>(
  batches: Iterable<T>,
  map: (batch: T) => R,
): Generator<R> {
  for (const batch of batches) {
    const mapped = map(batch);
    if (mapped.count > 0) yield mapped;
  }
}

/** Finds the origin of triangle colors, if there are any: those of faces, else the words of a binary STL. */
function findTriangleColors(
  db: Database.Database,
  decodeAttribute: AttributeDecoder | undefined,
): TriangleColors | undefined {
  if (hasRows(db, 'triangle_colors')) return { table: 'triangle_colors' };
  if (decodeAttribute === undefined) return undefined;
  const color = new Float64Array(4);
  const words = db.prepare('SELECT DISTINCT word FROM stl_attributes WHERE triangle BETWEEN ? AND ?').pluck();
  const hasColors = listWordSources(db).some(({ first, last }) =>
    (words.all(first, last) as number[]).some((word) => {
      decodeAttribute(word, color, 0, first);
      return !Number.isNaN(color[0]!);
    }),
  );
  return hasColors ? { table: 'stl_attributes', decode: decodeAttribute } : undefined;
}

function hasRows(db: Database.Database, table: string): boolean {
  return readNumber(db, `SELECT EXISTS (SELECT 1 FROM ${table})`) === 1;
}
