/**
 * Lays out which triangles of a tile a filter keeps: a byte for each vertex of the graphics card, and points for kept
 * triangles that may be too small to be seen.
 */

import type { TileGeometry } from './tile-geometry.js';

/** The most members, and the largest share of a tile, that are few: more of them are seen without points. */
const FEW = 16;
const FEW_SHARE = 0.02;

/** Points of a tile. */
export interface MarkPoints {
  /** Three coordinates each, in units of the tile. */
  readonly positions: Float32Array;
  /** The size of what each stands for, in units of the tile; 0 to be always visible. */
  readonly reach: Float32Array;
}

/**
 * Spreads the classes of a tile, as the server sends them, to the vertices of its geometry: the share that is kept of a triangle
 * at its own vertex, and of a shared vertex at that.
 */
export function spreadMarks(tile: TileGeometry, classes: Uint8Array): Uint8Array {
  const { isLeaf, triangles, vertices, owned } = tile;
  const marks = new Uint8Array(triangles + vertices);
  if (isLeaf) {
    marks.set(classes.subarray(0, triangles));
    return marks;
  }
  let triangle = 0;
  for (let v = 0; v < vertices; v++) {
    marks.fill(classes[v]!, triangle, triangle + owned[v]!);
    triangle += owned[v]!;
  }
  marks.set(classes.subarray(0, vertices), triangles);
  return marks;
}

/** Places points at what is kept but may be too small to be seen. */
export function placePoints(tile: TileGeometry, marks: Uint8Array): MarkPoints {
  const { isLeaf, triangles, vertices, positions, points } = tile;
  const few = Math.max(FEW, FEW_SHARE * triangles);
  const found: number[] = [];
  if (isLeaf) {
    for (let k = 0; k < triangles && found.length <= few; k++) if (marks[k]! > 0) found.push(k);
    return pointsAt(found.length > few ? [] : found, (k) => cornersOf(tile, k));
  }
  for (let v = 0; v < vertices; v++) if (marks[triangles + v]! > 0) found.push(v);
  // A vertex without triangles is seen by nothing else.
  const lone = new Set<number>(points);
  const shown = found.length > few ? found.filter((v) => lone.has(triangles + v)) : found;
  return pointsAt(shown, (v) => [placeOf(positions, triangles + v)]);
}

type Point = readonly [x: number, y: number, z: number];

/** Places a point in the middle of the corners of each item. */
function pointsAt(items: readonly number[], cornersOfItem: (item: number) => readonly Point[]): MarkPoints {
  const positions = new Float32Array(3 * items.length);
  const reach = new Float32Array(items.length);
  for (const [k, item] of items.entries()) {
    const corners = cornersOfItem(item);
    for (let axis = 0; axis < 3; axis++) {
      const values = corners.map((corner) => corner[axis]!);
      positions[3 * k + axis] = values.reduce((sum, value) => sum + value, 0) / values.length;
      reach[k] = Math.max(reach[k]!, Math.max(...values) - Math.min(...values));
    }
  }
  return { positions, reach };
}

function cornersOf({ index, positions }: TileGeometry, triangle: number): readonly Point[] {
  return [0, 1, 2].map((corner) => placeOf(positions, index[3 * triangle + corner]!));
}

function placeOf(positions: ArrayLike<number>, vertex: number): Point {
  return [positions[4 * vertex]!, positions[4 * vertex + 1]!, positions[4 * vertex + 2]!];
}
