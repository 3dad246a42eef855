/**
 * Divides triangles, in Morton order of their first corners, into the nodes of an octree. A leaf is the largest cube with
 * at most 16,384 triangles; nodes above it get their meshes from their children. A few children at a time are in memory.
 *
 * More triangles with their first corners in one lattice point become several leaves of the same cube.
 */

import type { RecordBlock } from '../collections/sort/record-sort.js';
import { BATCH_TRIANGLES } from '../memory.js';
import type { CellTable } from './cell-table.js';
import { SHIFT_MAX } from './cell-table.js';
import { LATTICE_BITS } from './morton.js';
import { RecordWindow } from './record-window.js';
import { type LatticeBox, TileEncoder } from './tile-codec.js';
import { RECORD_WORDS, type TileMesh, TileMesher } from './tile-mesh.js';

/** The most triangles of a leaf. */
export const LEAF_TRIANGLES = BATCH_TRIANGLES;
/** The most triangles, and vertices, of a mesh above the leaves: with more, its cells become larger. */
const NODE_TRIANGLES = 65_536;
/** Cells along a node's cube: 64. */
const GRID_BITS = 6;
/** How many times the triangles, or vertices, of a mesh the children may have that wait for others. */
const PENDING_MESHES = 2;
/** Children of a node, unless some have the same point. */
const CHILDREN = 8;
const ID_WORD = 6;

/** The limits of meshes; tests have smaller ones, for small trees of many nodes. */
export interface TileLimits {
  readonly leafTriangles?: number | undefined;
  readonly nodeTriangles?: number | undefined;
}

/** A node of the octree with its encoded mesh. */
export interface TileNode {
  /** From 0, in the order of their first slots; parents before children. */
  readonly id: number;
  readonly parent: number | undefined;
  readonly depth: number;
  /** Its slots: those of all leaves below. */
  readonly first: number;
  readonly count: number;
  /** The size of its cells, 2^shift lattice steps. */
  readonly shift: number;
  /** The box around all corners of its triangles. */
  readonly box: LatticeBox;
  readonly mesh: Uint8Array;
  readonly triangles: number;
  readonly vertices: number;
  /** The ids of a leaf's triangles in the order of its slots, encoded. */
  readonly slots: Uint8Array | undefined;
}

/** A node whose children are not complete. */
interface OpenNode {
  readonly id: number;
  readonly depth: number;
  readonly first: number;
  shift: number;
  box: LatticeBox | undefined;
  pending: TileMesh[];
}

export class TileTree {
  private readonly mesher = new TileMesher();
  private readonly encoder = new TileEncoder();
  /** The nodes from the root on. */
  private readonly open: OpenNode[] = [];
  private nextId = 0;
  private readonly ids: Float64Array;
  private readonly leafTriangles: number;
  private readonly nodeTriangles: number;

  /** `emit` receives each node after its children. */
  constructor(
    private readonly cells: CellTable,
    private readonly emit: (node: TileNode) => void,
    { leafTriangles = LEAF_TRIANGLES, nodeTriangles = NODE_TRIANGLES }: TileLimits = {},
  ) {
    this.leafTriangles = leafTriangles;
    this.nodeTriangles = nodeTriangles;
    this.ids = new Float64Array(leafTriangles);
  }

  /** Takes all records, sorted by their first corners. Occasionally yields how many are done. */
  *run(blocks: Iterable<RecordBlock>): Generator<number> {
    const window = new RecordWindow(blocks);
    let done = 0;
    for (let count = window.fill(); count > 0; count = window.fill()) {
      this.addLeaf(window, done, count);
      done += window.passed;
      yield done;
    }
    this.close(0, done);
  }

  /** Cuts a leaf off the window, whose first record has slot `first`. */
  private addLeaf(window: RecordWindow, first: number, held: number): void {
    const { leafTriangles } = this;
    let depth = Math.min(window.depthBefore(), LATTICE_BITS);
    this.close(depth, first);
    if (held > leafTriangles)
      depth = Math.max(depth, Math.min(window.depthTo(leafTriangles) + 1, LATTICE_BITS));
    const count = window.countWithin(depth, Math.min(held, leafTriangles));
    while (this.open.length < depth) {
      const at = this.open.length;
      const shift = Math.max(0, LATTICE_BITS - GRID_BITS - at);
      this.open.push({ id: this.nextId++, depth: at, first, shift, box: undefined, pending: [] });
    }
    const mesh = this.mesher.leaf(window.records, window.at, count);
    for (let k = 0; k < count; k++) this.ids[k] = idOf(window.records, window.at + k);
    const id = this.nextId++;
    this.add(mesh, { id, depth, first, count, slots: this.encoder.ids(this.ids, count), box: undefined });
    window.pass(count);
  }

  /** Completes all open nodes of this depth and below; the slots before `end` are theirs. */
  private close(depth: number, end: number): void {
    while (this.open.length > depth) {
      const { id, depth: at, first, box, pending, shift } = this.open.pop()!;
      const mesh = this.combine(pending, shift);
      this.add(mesh, { id, depth: at, first, count: end - first, slots: undefined, box });
    }
  }

  /** Emits a node, and adds its mesh to its parent. */
  private add(
    mesh: TileMesh,
    node: Pick<TileNode, 'id' | 'depth' | 'first' | 'count' | 'slots'> & { box: LatticeBox | undefined },
  ): void {
    const { bytes, box: own } = this.encoder.mesh(mesh);
    const box = node.box ?? own;
    const parent = this.open[node.depth - 1];
    this.emit({
      ...node,
      parent: parent?.id,
      shift: mesh.shift,
      box,
      mesh: bytes,
      triangles: mesh.corners.length / 2,
      vertices: mesh.slots.length,
    });
    if (parent === undefined) return;
    parent.box = parent.box === undefined ? box : around(parent.box, box);
    parent.shift = Math.max(parent.shift, mesh.shift);
    parent.pending.push(this.mesher.coarsen(mesh, parent.shift, this.cells));
    const waiting = parent.pending.reduce((sum, one) => sum + sizeOf(one), 0);
    if (waiting <= PENDING_MESHES * this.nodeTriangles && parent.pending.length <= CHILDREN) return;
    // If these are too many for a mesh, all would be. So cells are as large as they would be with all at once.
    const combined = this.combine(parent.pending, parent.shift);
    parent.shift = combined.shift;
    parent.pending = [combined];
  }

  /** Combines meshes, with larger cells if there are too many triangles. */
  private combine(meshes: readonly TileMesh[], shift: number): TileMesh {
    const { mesher, cells } = this;
    let mesh = mesher.merge(meshes.map((one) => mesher.coarsen(one, shift, cells)));
    while (sizeOf(mesh) > this.nodeTriangles && mesh.shift < SHIFT_MAX) {
      mesh = mesher.coarsen(mesh, mesh.shift + 1, cells);
    }
    return mesh;
  }
}

/** Returns the number of triangles or vertices, whichever is larger. */
function sizeOf({ slots, corners }: TileMesh): number {
  return Math.max(slots.length, corners.length / 2);
}

function around(one: LatticeBox, other: LatticeBox): LatticeBox {
  const each = (pick: (a: number, b: number) => number, a: LatticeBox['min'], b: LatticeBox['min']) =>
    [pick(a[0], b[0]), pick(a[1], b[1]), pick(a[2], b[2])] as const;
  return { min: each(Math.min, one.min, other.min), max: each(Math.max, one.max, other.max) };
}

/** Writes the id of a triangle into the record at a word, after its corners. */
export function setId(records: Int32Array, at: number, id: number): void {
  records[at + ID_WORD] = id;
  if (id < 2 ** 32) return;
  const high = Math.floor(id / 2 ** 32);
  for (let word = 2; word < ID_WORD; word++) records[at + word]! |= ((high >> (2 * (word - 2))) & 3) << 30;
}

/** Returns the id of the triangle of a record. */
function idOf(records: Int32Array, record: number): number {
  const at = RECORD_WORDS * record;
  let high = 0;
  for (let word = 2; word < ID_WORD; word++) high |= (records[at + word]! >>> 30) << (2 * (word - 2));
  return high * 2 ** 32 + (records[at + ID_WORD]! >>> 0);
}
