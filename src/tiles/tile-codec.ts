/**
 * Encodes the mesh of a tile, and the ids of a leaf's slots, as bytes, and decodes them. The decoder needs nothing but
 * typed arrays, so that a page can run it, too.
 *
 * Neighbors in Morton order are near each other, so differences are small, and most take a byte. That is about five bytes
 * a triangle. meshoptimizer's codec takes a byte less, but needs WebAssembly, which a strict security policy of a page
 * forbids, and rotates triangles, which loses their first corners.
 */

import { ByteReader, ByteWriter } from './byte-writer.js';
import { coordinateOf } from './morton.js';
import { roundingOf, type TileMesh } from './tile-mesh.js';

/** The version of the encoding, its first number. */
const VERSION = 1;
/** The most vertices and triangles that are decoded; tiles have fewer. */
const COUNT_MAX = 2 ** 24;

/** The lattice points at the corners of a box. */
export interface LatticeBox {
  readonly min: readonly [x: number, y: number, z: number];
  readonly max: readonly [x: number, y: number, z: number];
}

/** The mesh of a tile as a page draws it. */
export interface DecodedTile {
  /** Whether slot `first + k` of the node is triangle k. */
  readonly isLeaf: boolean;
  /** The size of its cells, 2^shift lattice steps: 0 in a leaf. */
  readonly shift: number;
  /** The lattice point at the corner of its box, and the lattice steps between two values of a coordinate. */
  readonly origin: readonly [x: number, y: number, z: number];
  readonly scale: number;
  /** Three coordinates for each vertex, from the origin; 32 bits if a large triangle needs them. */
  readonly positions: Uint16Array | Uint32Array;
  /** Three vertices for each triangle; the first one owns it. */
  readonly indices: Uint32Array;
  /** The number of triangles of each vertex, consecutive in `indices`. */
  readonly owned: Uint32Array;
  /** The number of slots that each vertex stands for, consecutive from the node's first slot. */
  readonly slots: Float64Array;
}

/** Encodes meshes and ids of slots. */
export class TileEncoder {
  private readonly writer = new ByteWriter(2 ** 18);
  private coordinates = new Int32Array(0);

  /** Returns the bytes of a mesh and the box around its vertices. */
  mesh({ isLeaf, shift, keys, slots, owned, corners }: TileMesh): {
    readonly bytes: Uint8Array;
    readonly box: LatticeBox;
  } {
    const { writer } = this;
    const vertices = slots.length;
    const rounding = roundingOf(shift);
    const box = this.place(keys, vertices);
    writer.clear();
    writer.reserve(11 + 5 * vertices + corners.length);
    writer.unsigned(VERSION);
    writer.unsigned(isLeaf ? 1 : 0);
    writer.unsigned(shift);
    writer.unsigned(vertices);
    writer.unsigned(corners.length / 2);
    const { coordinates } = this;
    const last = [box.min[0], box.min[1], box.min[2]];
    for (let axis = 0; axis < 3; axis++) {
      writer.unsigned(box.min[axis]! >> rounding);
      writer.unsigned((box.max[axis]! - box.min[axis]!) >> rounding);
    }
    for (let k = 0; k < vertices; k++) {
      for (let axis = 0; axis < 3; axis++) {
        const value = coordinates[3 * k + axis]!;
        writer.signed((value - last[axis]!) >> rounding);
        last[axis] = value;
      }
    }
    for (let k = 0; k < vertices; k++) writer.unsigned(owned[k]!);
    if (!isLeaf) for (let k = 0; k < vertices; k++) writer.unsigned(slots[k]!);
    for (let vertex = 0, at = 0; vertex < vertices; vertex++) {
      for (const end = at + 2 * owned[vertex]!; at < end; at += 2) {
        writer.signed(corners[at]! - vertex);
        writer.signed(corners[at + 1]! - corners[at]!);
      }
    }
    return { bytes: writer.take(), box };
  }

  /** Returns the bytes of ids in the order of their slots. */
  ids(ids: Float64Array, count: number): Uint8Array {
    const { writer } = this;
    writer.clear();
    writer.reserve(count);
    for (let k = 0, last = 0; k < count; k++) {
      const id = ids[k]!;
      writer.signed(id - last);
      last = id;
    }
    return writer.take();
  }

  /** Sets the coordinates of the vertices; returns the box around them. */
  private place(keys: Int32Array, vertices: number): LatticeBox {
    if (this.coordinates.length < 3 * vertices) this.coordinates = new Int32Array(6 * vertices);
    const { coordinates } = this;
    const min: [number, number, number] = [Infinity, Infinity, Infinity];
    const max: [number, number, number] = [0, 0, 0];
    for (let k = 0; k < vertices; k++) {
      for (let axis = 0; axis < 3; axis++) {
        const value = coordinateOf(keys[2 * k]!, keys[2 * k + 1]!, 2 - axis);
        coordinates[3 * k + axis] = value;
        if (value < min[axis]!) min[axis] = value;
        if (value > max[axis]!) max[axis] = value;
      }
    }
    return { min, max };
  }
}

/** Decodes the mesh of a tile. Throws RangeError if the bytes are not one. */
export function decodeTile(bytes: Uint8Array): DecodedTile {
  const reader = new ByteReader(bytes);
  if (reader.unsigned() !== VERSION) throw new RangeError('the encoding of the tile is of another version');
  const isLeaf = reader.unsigned() === 1;
  const shift = reader.unsigned();
  const vertices = reader.unsigned();
  const triangles = reader.unsigned();
  // Each takes several bytes: a damaged count cannot ask for much memory.
  const isPlausible =
    vertices <= reader.left && triangles <= reader.left && vertices + triangles <= COUNT_MAX;
  if (!isPlausible)
    throw new RangeError(
      `a tile of ${vertices} vertices and ${triangles} triangles in ${bytes.length} bytes`,
    );
  const rounding = roundingOf(shift);
  const scale = 2 ** rounding;
  const origin: [number, number, number] = [0, 0, 0];
  let extent = 0;
  for (let axis = 0; axis < 3; axis++) {
    origin[axis] = scale * reader.unsigned();
    extent = Math.max(extent, reader.unsigned());
  }
  const positions = extent < 2 ** 16 ? new Uint16Array(3 * vertices) : new Uint32Array(3 * vertices);
  const last: [number, number, number] = [0, 0, 0];
  for (let k = 0; k < 3 * vertices; k += 3) {
    for (let axis = 0; axis < 3; axis++) {
      last[axis]! += reader.signed();
      positions[k + axis] = last[axis]!;
    }
  }
  const owned = new Uint32Array(vertices);
  for (let k = 0; k < vertices; k++) owned[k] = reader.unsigned();
  const slots = new Float64Array(owned);
  if (!isLeaf) for (let k = 0; k < vertices; k++) slots[k] = reader.unsigned();
  const indices = new Uint32Array(3 * triangles);
  let at = 0;
  for (let vertex = 0; vertex < vertices; vertex++) {
    for (let left = owned[vertex]!; left > 0 && at < indices.length; left--) {
      const second = vertex + reader.signed();
      indices[at++] = vertex;
      indices[at++] = second;
      indices[at++] = second + reader.signed();
    }
  }
  if (reader.isPast || reader.left > 0 || at < indices.length || indices.some((index) => index >= vertices))
    throw new RangeError('the bytes of the tile are damaged');
  return { isLeaf, shift, origin, scale, positions, indices, owned, slots };
}

/** Decodes the ids of the triangles in `count` slots. Throws RangeError if the bytes are not that many. */
export function decodeIds(bytes: Uint8Array, count: number): Float64Array {
  if (count > bytes.length) throw new RangeError(`${count} slots in ${bytes.length} bytes`);
  const reader = new ByteReader(bytes);
  const ids = new Float64Array(count);
  reader.sums(ids);
  if (reader.isPast || reader.left > 0) throw new RangeError('the ids of the slots are damaged');
  return ids;
}
