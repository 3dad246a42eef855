/**
 * Lays a decoded tile out for the graphics card. The first corner of each triangle gets a vertex of its own, before all
 * shared ones: vertex k belongs to triangle k alone, so a value at vertex k colors triangle k, flat. That takes 1.5 vertices
 * a triangle instead of 3.
 */

import type { DecodedTile } from '../../src/tiles/tile-codec.js';

export interface TileGeometry {
  readonly isLeaf: boolean;
  readonly triangles: number;
  /** Shared vertices; vertex v is at `triangles + v` of the positions. */
  readonly vertices: number;
  /** Lattice point at the origin of positions, and lattice steps of a unit. */
  readonly origin: readonly [x: number, y: number, z: number];
  readonly scale: number;
  /** Four numbers a vertex, the last one unused: rows of 8 bytes are what graphics cards like. */
  readonly positions: Uint16Array | Float32Array;
  /** b, c, a for each triangle: WebGL takes flat values from the last corner. */
  readonly index: Uint16Array | Uint32Array;
  /** Vertices that no triangle has but that stand for some: parts smaller than a cell. */
  readonly points: Uint16Array | Uint32Array;
  /** The number of triangles that each vertex owns, and of slots that it stands for. */
  readonly owned: Uint32Array;
  readonly slots: Float64Array;
}

export function layOut(tile: DecodedTile): TileGeometry {
  const { positions: from, indices, owned, slots, isLeaf, origin, scale } = tile;
  const triangles = indices.length / 3;
  const vertices = owned.length;
  const count = triangles + vertices;
  const positions = from instanceof Uint16Array ? new Uint16Array(4 * count) : new Float32Array(4 * count);
  const Index = count <= 2 ** 16 ? Uint16Array : Uint32Array;
  const index = new Index(3 * triangles);
  const isUsed = new Uint8Array(vertices);
  for (let v = 0, to = 4 * triangles; v < vertices; v++, to += 4) {
    positions[to] = from[3 * v]!;
    positions[to + 1] = from[3 * v + 1]!;
    positions[to + 2] = from[3 * v + 2]!;
  }
  for (let k = 0; k < triangles; k++) {
    const a = indices[3 * k]!;
    const b = indices[3 * k + 1]!;
    const c = indices[3 * k + 2]!;
    positions[4 * k] = from[3 * a]!;
    positions[4 * k + 1] = from[3 * a + 1]!;
    positions[4 * k + 2] = from[3 * a + 2]!;
    index[3 * k] = triangles + b;
    index[3 * k + 1] = triangles + c;
    index[3 * k + 2] = k;
    isUsed[a] = 1;
    isUsed[b] = 1;
    isUsed[c] = 1;
  }
  const lone: number[] = [];
  for (let v = 0; v < vertices; v++) if (isUsed[v] === 0 && slots[v]! > 0) lone.push(triangles + v);
  return {
    isLeaf,
    triangles,
    vertices,
    origin,
    scale,
    positions,
    index,
    points: Index.from(lone),
    owned,
    slots,
  };
}

/** Returns the buffers of a geometry, to be handed to another thread. */
export function buffersOf(tile: TileGeometry): ArrayBuffer[] {
  const { positions, index, points, owned, slots } = tile;
  return [positions, index, points, owned, slots].map((array) => array.buffer as ArrayBuffer);
}

/** Returns the size of a geometry on the graphics card and beside it. */
export function bytesOf(tile: TileGeometry): number {
  return buffersOf(tile).reduce((sum, buffer) => sum + buffer.byteLength, 0);
}

/** Returns the edges of all triangles, or of the marked ones, as pairs of vertices, for a wireframe. */
export function edgesOf(
  { index, triangles }: TileGeometry,
  marks: Uint8Array | undefined,
): Uint16Array | Uint32Array {
  const edges = new (index instanceof Uint16Array ? Uint16Array : Uint32Array)(6 * triangles);
  let at = 0;
  for (let k = 0; k < triangles; k++) {
    if (marks?.[k] === 0) continue;
    for (let side = 0; side < 3; side++) {
      edges[at++] = index[3 * k + side]!;
      edges[at++] = index[3 * k + ((side + 1) % 3)]!;
    }
  }
  return edges.subarray(0, at);
}
