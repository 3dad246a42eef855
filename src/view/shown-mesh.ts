/** The mesh on show: its database, its tiles, which may be in a file of their own, and what the page is told of them. */

import { createHash } from 'node:crypto';
import { MeshDatabase } from '../database/mesh-database.js';
import { fileMark } from '../io/disk.js';
import { LeafSearch } from '../tiles/leaf-search.js';
import type { TileReader } from '../tiles/tile-reader.js';
import { COLUMNS, ColumnValues } from './column-values.js';
import { openTiles } from './open-tiles.js';
import { Refusal } from './refusal.js';
import type { ColumnEntry, MeshAnswer } from './wire/messages.js';
import { createNodeTable, encodeNodeTable } from './wire/node-table.js';

/** The most sources and parts that the page is told of. */
const LIST_MAX = 1000;

export class ShownMesh {
  /** Identifies the tiles. */
  readonly version: string;
  readonly columns: ColumnValues;
  private readonly closing = new AbortController();
  private table: Uint8Array | undefined;
  private leafSearch: LeafSearch | undefined;
  private readonly mark: string | undefined;
  private dataVersion: number;
  private counts: { readonly triangles: number; readonly vertices: number } | undefined;

  private constructor(
    readonly db: MeshDatabase,
    readonly tiles: TileReader,
    private readonly name: string,
    private readonly closeTiles: () => void,
  ) {
    this.mark = fileMark(db.path);
    this.dataVersion = readDataVersion(db);
    this.columns = new ColumnValues(tiles.slots);
    const { slots, nodes, frame } = tiles;
    const imported = db.sources().map((source) => source.imported);
    const facts = JSON.stringify([slots, nodes, frame, db.totals(), imported]);
    const root = tiles.meshBytes(0) ?? new Uint8Array(0);
    this.version = createHash('sha256').update(facts).update(root).digest('hex').slice(0, 16);
  }

  /**
   * Opens a mesh if it has tiles that are up to date, in the database or in one of some files. Throws the errors of
   * {@link MeshDatabase.open}.
   */
  static open(path: string, name: string, tilesFiles: readonly string[]): ShownMesh | undefined {
    const db = MeshDatabase.open(path);
    try {
      const opened = openTiles(db, tilesFiles);
      if (opened !== undefined) return new ShownMesh(db, opened.tiles, name, opened.close);
    } catch (error) {
      db.close();
      throw error;
    }
    db.close();
    return undefined;
  }

  /** Whether another file has taken the name of the database. */
  isReplaced(): boolean {
    const mark = fileMark(this.db.path);
    // While it is replaced there may be none for a moment.
    return mark !== undefined && mark !== this.mark;
  }

  /** Whether the database was replaced, or changed since it was opened or since the last call. */
  isStale(): boolean {
    if (this.isReplaced()) return true;
    const dataVersion = readDataVersion(this.db);
    const isStale = dataVersion !== this.dataVersion;
    this.dataVersion = dataVersion;
    if (isStale) this.counts = undefined;
    return isStale;
  }

  /** Counts the rows, which reads all their pages. The counts are kept until the database changes. */
  count(): { readonly triangles: number; readonly vertices: number } {
    this.counts ??= { triangles: this.db.countTriangles(), vertices: this.db.countVertices() };
    return this.counts;
  }

  /** Describes the mesh for the page. */
  describe(): Omit<MeshAnswer, 'path' | 'isDatabase'> {
    const { db, tiles, version, name } = this;
    const { origin, step } = tiles.frame;
    const root = tiles.node(0);
    return {
      name,
      version,
      ...this.count(),
      slots: tiles.slots,
      nodes: tiles.nodes,
      leaves: tiles.leaves,
      bounds: root === undefined || tiles.slots === 0 ? null : root.bounds,
      origin,
      step,
      sources: db.sources(LIST_MAX).map(({ id, path, triangles }) => ({ id, path, triangles })),
      sourceCount: db.countSources(),
      parts: db.parts(LIST_MAX).map(({ id, name, triangles }) => ({ id, name, triangles })),
      partCount: db.countParts(),
      columns: this.listColumns(),
    };
  }

  /** Lists what triangles of this mesh can be colored by, and the normals that can shade them. */
  private listColumns(): ColumnEntry[] {
    const { db } = this;
    const hasRows = (table: string) =>
      db.ask((connection) => connection.prepare(`SELECT EXISTS (SELECT 1 FROM ${table})`).pluck().get()) ===
      1;
    const isThere: Readonly<Record<string, () => boolean>> = {
      part: () => hasRows('parts'),
      source: () => db.countSources() > 1,
      normal: () => hasRows('vertex_normals'),
      color: () => ['vertex_colors', 'triangle_colors', 'stl_attributes'].some(hasRows),
    };
    return COLUMNS.filter(({ name }) => isThere[name]?.() ?? true).map(({ name, kind }) => ({ name, kind }));
  }

  /** Finds triangles by place. */
  get search(): LeafSearch {
    this.leafSearch ??= new LeafSearch(this.tiles);
    return this.leafSearch;
  }

  /** Returns the bytes of the table of nodes. */
  nodeTable(): Uint8Array {
    this.table ??= this.encodeNodes();
    return this.table;
  }

  /** Aborted when it is closed, because another one is shown. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  close(): void {
    this.closing.abort(new Refusal(409, 'MESH_CHANGED', 'the mesh has changed', { hint: 'reload the page' }));
    this.columns.close();
    this.closeTiles();
    this.db.close();
  }

  private encodeNodes(): Uint8Array {
    const { tiles } = this;
    const { origin, step } = tiles.frame;
    const table = createNodeTable(tiles.nodes);
    for (const { id, parent, first, count, error, triangles, bounds } of tiles.listNodes()) {
      // Any program may have changed the rows.
      if (id >= table.count) break;
      table.parent[id] = parent ?? -1;
      table.first[id] = first;
      table.slots[id] = count;
      table.error[id] = error / step;
      table.triangles[id] = triangles;
      for (let axis = 0; axis < 3; axis++) {
        table.boxes[6 * id + axis] = (bounds.min[axis]! - origin[axis]!) / step;
        table.boxes[6 * id + 3 + axis] = (bounds.max[axis]! - origin[axis]!) / step;
      }
    }
    return encodeNodeTable(table);
  }
}

/** Returns a number that changes when another connection commits. */
function readDataVersion(db: MeshDatabase): number {
  return db.ask((connection) => connection.pragma('data_version', { simple: true }) as number);
}
