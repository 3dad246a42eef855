/**
 * Reads the tiles of a mesh: nodes, their meshes, the triangles in their slots, and how many of these are in a set.
 *
 * Any program may have changed the tables, so rows are checked where they are used.
 */

import { IdSet } from '../collections/id-set.js';
import { hasTable } from '../database/migrate.js';
import type { Connection } from '../database/open-database.js';
import { DatabaseError } from '../errors.js';
import type { Bounds } from '../mesh.js';
import type { LatticeFrame } from './lattice.js';
import { type DecodedTile, decodeIds, decodeTile } from './tile-codec.js';
import { TILES_VERSION, type TileSet } from './tile-store.js';
import { LEAF_TRIANGLES } from './tile-tree.js';

/** A node of the octree, without its mesh. */
export interface NodeRow {
  readonly id: number;
  /** Undefined for the root. */
  readonly parent: number | undefined;
  readonly depth: number;
  /** Its first slot, and the number of its slots. */
  readonly first: number;
  readonly count: number;
  /** No vertex is further from where it is drawn, in the units of the mesh. */
  readonly error: number;
  /** The counts of its mesh. */
  readonly triangles: number;
  readonly vertices: number;
  /** The box around all its triangles. */
  readonly bounds: Bounds;
}

interface StoredNode extends Omit<NodeRow, 'parent' | 'bounds'> {
  readonly parent: number | null;
  readonly min_x: number;
  readonly min_y: number;
  readonly min_z: number;
  readonly max_x: number;
  readonly max_y: number;
  readonly max_z: number;
}

interface StoredSet {
  readonly version: number;
  readonly triangles: number;
  readonly vertices: number;
  readonly slots: number;
  readonly nodes: number;
  readonly leaves: number;
  readonly origin_x: number;
  readonly origin_y: number;
  readonly origin_z: number;
  readonly step: number;
}

/** Ids below this are integers of 32 bits. */
const SHIFTED_MAX = 2 ** 32;

const NODE_SQL = `SELECT id, parent, depth, first, count, error, triangles, vertices,
  min_x, min_y, min_z, max_x, max_y, max_z FROM tile_nodes`;

export class TileReader implements TileSet {
  private constructor(
    private readonly db: Connection,
    readonly slots: number,
    readonly nodes: number,
    readonly leaves: number,
    /** The place of lattice points. */
    readonly frame: LatticeFrame,
  ) {}

  /**
   * Opens the tiles of a database. Returns undefined if it has none, or if triangles were added or removed after they were
   * built. Tiles in a file of their own are held against the `mesh` that they are of. Throws DatabaseError if they are of
   * another version.
   */
  static open(db: Connection, mesh: Connection = db): TileReader | undefined {
    if (!hasTable(db, 'tile_set')) return undefined;
    const set = db.prepare('SELECT * FROM tile_set LIMIT 1').get() as StoredSet | undefined;
    if (set === undefined) return undefined;
    if (set.version !== TILES_VERSION) {
      throw damaged(db, `its tiles are of version ${set.version}; expected ${TILES_VERSION}`);
    }
    const range = (table: string) =>
      mesh.prepare(`SELECT coalesce(max(id), -1) + 1 FROM ${table}`).pluck().get() as number;
    if (range('triangles') !== set.triangles || range('vertices') !== set.vertices) return undefined;
    const { slots, nodes, leaves, step, origin_x, origin_y, origin_z } = set;
    return new TileReader(db, slots, nodes, leaves, { origin: [origin_x, origin_y, origin_z], step });
  }

  /** Yields all nodes, parents before children. */
  *listNodes(): Generator<NodeRow> {
    const rows = this.db.prepare(`${NODE_SQL} ORDER BY id`).iterate() as Iterable<StoredNode>;
    for (const row of rows) yield toNode(row);
  }

  /** Returns a node; undefined if there is none of this id. */
  node(id: number): NodeRow | undefined {
    const row = this.db.prepare(`${NODE_SQL} WHERE id = ?`).get(id) as StoredNode | undefined;
    return row === undefined ? undefined : toNode(row);
  }

  /** Returns the encoded mesh of a node; undefined if there is none of this id. */
  meshBytes(id: number): Uint8Array | undefined {
    return this.db.prepare('SELECT mesh FROM tile_meshes WHERE node = ?').pluck().get(id) as
      | Uint8Array
      | undefined;
  }

  /** Returns the mesh of a node. Throws DatabaseError if it is missing or damaged. */
  mesh({ id, count }: Pick<NodeRow, 'id' | 'count'>): DecodedTile {
    const bytes = this.meshBytes(id);
    if (bytes === undefined) throw damaged(this.db, `tile ${id} is missing`);
    const mesh = this.decode(id, () => decodeTile(bytes));
    let slots = 0;
    for (const some of mesh.slots) slots += some;
    if (slots !== count) throw damaged(this.db, `tile ${id} has ${slots} slots; expected ${count}`);
    return mesh;
  }

  /**
   * Returns the ids of the triangles in the slots of a leaf, in the order of its mesh; undefined above the leaves. Throws
   * DatabaseError if they are damaged.
   */
  ids({ id, count }: Pick<NodeRow, 'id' | 'count'>): Float64Array | undefined {
    const sql = 'SELECT slots FROM tile_meshes WHERE node = ?';
    const bytes = this.db.prepare(sql).pluck().get(id) as Uint8Array | null | undefined;
    if (bytes === null || bytes === undefined) return undefined;
    return this.decode(id, () => decodeIds(bytes, count));
  }

  /**
   * Turns a set of triangles into the sealed set of their slots, in one pass over the leaves. Yields the progress, from 0
   * to 1. Throws DatabaseError if the leaves do not have each slot once.
   */
  *slotsOf(triangles: IdSet): Generator<number, IdSet> {
    const { db, slots: total } = this;
    const set = IdSet.create(total);
    const sql = `SELECT id, first, count, slots FROM tile_nodes JOIN tile_meshes ON node = id
      WHERE slots IS NOT NULL ORDER BY id`;
    const leaves = db.prepare(sql).iterate() as Iterable<{
      id: number;
      first: number;
      count: number;
      slots: Uint8Array;
    }>;
    let next = 0;
    for (const { id, first, count, slots } of leaves) {
      if (first !== next || count > LEAF_TRIANGLES || first + count > total)
        throw damaged(db, `tile ${id} has the slots from ${first} on; expected them from ${next} on`);
      const ids = this.decode(id, () => decodeIds(slots, count));
      addSlots(set, triangles, ids, first);
      next += count;
      yield next / total;
    }
    if (next !== total) throw damaged(db, `its tiles have ${next} slots; expected ${total}`);
    set.seal();
    return set;
  }

  private decode<T>(id: number, action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw damaged(this.db, `tile ${id} is damaged: ${error.message}`);
    }
  }
}

/** Adds the slots from `first` on whose ids are in a set. Bits of neighbors are set together. */
function addSlots(set: IdSet, triangles: IdSet, ids: Float64Array, first: number): void {
  const { range, bits: members } = triangles.share();
  let word = Math.floor(first / 32);
  let bits = 0;
  let slot = first & 31;
  for (let k = 0; k < ids.length; k++) {
    const id = ids[k]!;
    // A shift is quicker than the division that larger ids need.
    const isMember = id < SHIFTED_MAX ? (members[id >>> 5]! & (1 << (id & 31))) !== 0 : triangles.has(id);
    if (id < range && isMember) bits |= 1 << slot;
    if (++slot < 32) continue;
    set.addWord(word++, bits);
    bits = 0;
    slot = 0;
  }
  set.addWord(word, bits);
}

/** Counts the members among `count` slots from `first` on. The set is sealed. */
export function countMembers(slots: IdSet, first: number, count: number): number {
  return countBelow(slots, first + count) - countBelow(slots, first);
}

/**
 * Counts the members among the slots of each vertex of a node's mesh. Each slot below the node is one vertex's, so a
 * triangle in the set is counted once at each level. The set is sealed; `first` is the node's first slot.
 */
export function countByVertex(slots: IdSet, first: number, mesh: Pick<DecodedTile, 'slots'>): Float64Array {
  const counts = new Float64Array(mesh.slots.length);
  let end = first;
  let before = countBelow(slots, first);
  for (let vertex = 0; vertex < counts.length; vertex++) {
    const some = mesh.slots[vertex]!;
    if (some === 0) continue;
    end += some;
    const until = countBelow(slots, end);
    counts[vertex] = until - before;
    before = until;
  }
  return counts;
}

function countBelow(slots: IdSet, slot: number): number {
  return slot < slots.range ? slots.rank(slot) : slots.size;
}

function toNode({ parent, min_x, min_y, min_z, max_x, max_y, max_z, ...others }: StoredNode): NodeRow {
  const bounds: Bounds = { min: [min_x, min_y, min_z], max: [max_x, max_y, max_z] };
  return { ...others, parent: parent ?? undefined, bounds };
}

function damaged(db: Connection, what: string): DatabaseError {
  return new DatabaseError(`${db.name}: ${what}`, {
    code: 'DATABASE_DAMAGED',
    hint: 'build the tiles again',
  });
}
