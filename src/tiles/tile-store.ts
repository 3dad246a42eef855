/**
 * The tables of a mesh's tiles. `tile_set` has one row, `tile_nodes` a row for each node of the octree, and `tile_meshes`
 * its mesh.
 *
 * New tiles wait in a spill file until they are complete. One transaction then replaces the former ones, so readers are
 * kept out only while it is written, and a killed run leaves the former ones.
 */

import { type SpillFile, type SpillFiles, STREAM_WORDS, WORD_BYTES } from '../collections/spill-file.js';
import { hasTable } from '../database/migrate.js';
import type { Connection } from '../database/open-database.js';
import { type LatticeFrame, placeOf } from './lattice.js';
import type { TileNode } from './tile-tree.js';

/** The version of the tables and the encoding; tiles of another one must be built again. */
export const TILES_VERSION = 1;

const TABLES = ['tile_set', 'tile_nodes', 'tile_meshes'] as const;

const CREATE = `
-- What all tiles have in common; one row.
CREATE TABLE tile_set (
  version INTEGER PRIMARY KEY, -- of the encoding
  triangles INTEGER NOT NULL,  -- ids of triangles were below this when the tiles were built
  vertices INTEGER NOT NULL,   -- the same for vertices
  slots INTEGER NOT NULL,      -- triangles in the leaves
  nodes INTEGER NOT NULL,
  leaves INTEGER NOT NULL,
  origin_x REAL NOT NULL,      -- position of lattice point 0 0 0, in the units of the mesh
  origin_y REAL NOT NULL,
  origin_z REAL NOT NULL,
  step REAL NOT NULL           -- distance between lattice points
) STRICT;

-- The nodes of the octree. Node 0 is the root; there is none without triangles.
CREATE TABLE tile_nodes (
  id INTEGER PRIMARY KEY,      -- 0 .. count - 1, parents before children, in the order of their first slots
  parent INTEGER REFERENCES tile_nodes (id), -- NULL for the root
  depth INTEGER NOT NULL,      -- 0 for the root
  first INTEGER NOT NULL,      -- its first slot
  count INTEGER NOT NULL,      -- its slots: those of all leaves below
  error REAL NOT NULL,         -- no vertex of the mesh is further from where it is drawn, in the units of the mesh
  triangles INTEGER NOT NULL,  -- of its mesh
  vertices INTEGER NOT NULL,
  min_x REAL NOT NULL,         -- the box around its triangles
  min_y REAL NOT NULL,
  min_z REAL NOT NULL,
  max_x REAL NOT NULL,
  max_y REAL NOT NULL,
  max_z REAL NOT NULL
) STRICT;

CREATE INDEX tile_nodes_parent ON tile_nodes (parent);

-- The mesh of each node, encoded.
CREATE TABLE tile_meshes (
  node INTEGER PRIMARY KEY REFERENCES tile_nodes (id),
  mesh BLOB NOT NULL,
  slots BLOB                   -- ids of the triangles in a leaf's slots, encoded; NULL above the leaves
) STRICT;
`;

/** The most that rounding to the lattice moves a coordinate, and a bit for the rounding of that. */
const HALF_STEP = 0.5 + 2 ** -20;

/** Columns of a node in the spill file, as numbers; then its blobs. */
const NODE_NUMBERS = 15;
const NODE_WORDS = 2 * NODE_NUMBERS;
const INSERT_NODE = `INSERT INTO tile_nodes VALUES (${Array(14).fill('?').join(', ')})`;
/** Nodes inserted between two yields. */
const TURN_NODES = 16;

/** Bytes of the tables for each triangle, measured on scans of 1 M to 10 M triangles. */
export const TILE_BYTES = 12;

/** The facts about a mesh's tiles. */
export interface TileSet {
  /** Stored triangles, each in one leaf. */
  readonly slots: number;
  readonly nodes: number;
  readonly leaves: number;
  readonly frame: LatticeFrame;
}

/** Collects the nodes of new tiles, and then moves them into the database. */
export class TileStore {
  nodes = 0;
  leaves = 0;
  /** Bytes of meshes and ids. */
  bytes = 0;
  private readonly file: SpillFile;
  private readonly numbers = new Float64Array(NODE_NUMBERS);
  private readonly words = new Int32Array(this.numbers.buffer);

  constructor(
    files: SpillFiles,
    private readonly frame: LatticeFrame,
  ) {
    this.file = files.create('tiles', STREAM_WORDS);
  }

  add(node: TileNode): void {
    const { frame } = this;
    const { min, max } = node.box;
    const at = (axis: number, steps: number) => finite(placeOf(frame, axis, steps));
    const low = (axis: number) => at(axis, min[axis]! - HALF_STEP);
    const high = (axis: number) => at(axis, max[axis]! + HALF_STEP);
    const { id, parent = -1, depth, first, count, shift, triangles, vertices, mesh, slots } = node;
    // Half a step along each axis in a leaf, a cell and half a step above.
    const error = finite(Math.sqrt(3) * ((shift === 0 ? 0 : 2 ** shift) + HALF_STEP) * frame.step);
    const fields = [id, parent, depth, first, count, error, triangles, vertices];
    const box = [low(0), low(1), low(2), high(0), high(1), high(2)];
    this.numbers.set([...fields, ...box, slots === undefined ? -1 : slots.length]);
    this.file.append(this.words, 0, NODE_WORDS);
    this.append(mesh);
    if (slots !== undefined) this.append(slots);
    this.nodes++;
    if (slots !== undefined) this.leaves++;
    this.bytes += mesh.length + (slots?.length ?? 0);
  }

  /** Replaces the tiles of the database, in a transaction that the caller commits. Occasionally yields the nodes done. */
  *finish(
    db: Connection,
    mesh: { readonly triangles: number; readonly vertices: number },
  ): Generator<number> {
    const { file, nodes, leaves, frame } = this;
    dropTiles(db);
    db.exec(CREATE);
    const insertNode = db.prepare(INSERT_NODE);
    const insertMesh = db.prepare('INSERT INTO tile_meshes VALUES (?, ?, ?)');
    let position = 0;
    let slots = 0;
    const read = (bytes: number) => {
      const words = new Int32Array(Math.ceil(bytes / WORD_BYTES));
      position += file.read(words, position);
      return new Uint8Array(words.buffer, 0, bytes);
    };
    for (let done = 0; done < nodes; done++) {
      const numbers = new Float64Array(read(NODE_NUMBERS * 8).buffer);
      const slotBytes = numbers[14]!;
      const meshBlob = this.readBlob(read);
      const slotBlob = slotBytes < 0 ? null : this.readBlob(read);
      const [id, parent, ...others] = Array.from(numbers.subarray(0, 14)) as [number, number, ...number[]];
      insertNode.run(id, parent < 0 ? null : parent, ...others);
      insertMesh.run(id, meshBlob, slotBlob);
      if (slotBlob !== null) slots += numbers[4]!;
      if (done % TURN_NODES === TURN_NODES - 1) yield done;
    }
    db.prepare('INSERT INTO tile_set VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').run(
      TILES_VERSION,
      mesh.triangles,
      mesh.vertices,
      slots,
      nodes,
      leaves,
      ...frame.origin,
      frame.step,
    );
    yield nodes;
  }

  /** Appends the number of bytes, then the bytes, in whole words. */
  private append(bytes: Uint8Array): void {
    const words = new Int32Array(1 + Math.ceil(bytes.length / WORD_BYTES));
    words[0] = bytes.length;
    new Uint8Array(words.buffer, WORD_BYTES).set(bytes);
    this.file.append(words, 0, words.length);
  }

  private readBlob(read: (bytes: number) => Uint8Array): Uint8Array {
    const [length] = new Int32Array(read(WORD_BYTES).buffer);
    return read(length!);
  }
}

/** Removes the tiles of a database, if any, in the open transaction. */
export function dropTiles(db: Connection): void {
  for (const table of [...TABLES].reverse()) db.exec(`DROP TABLE IF EXISTS ${table}`);
}

/** Counts the nodes of the tiles; 0 if there are none. */
export function countTiles(db: Connection): number {
  if (TABLES.some((table) => !hasTable(db, table))) return 0;
  return (db.prepare('SELECT nodes FROM tile_set LIMIT 1').pluck().get() as number | undefined) ?? 0;
}

/** The largest numbers have no box or error around them. */
function finite(value: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
}
