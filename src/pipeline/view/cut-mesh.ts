/**
 * Computes the contour of a mesh on a plane from its rows. Tiles tell which triangles may cross the plane: of a large mesh,
 * only the leaves that the plane passes through are read, and exact positions of nothing but the triangles near it.
 */

import type { MeshDatabase } from '../../database/mesh-database.js';
import { DatabaseError } from '../../errors.js';
import { type Contour, ContourBuilder, type CutPlane, distanceOf } from '../../geometry/contour.js';
import type { NodeRow, TileReader } from '../../tiles/tile-reader.js';

/** A contour, and whether it is all. */
export interface MeshCut extends Contour {
  /** The triangles that cross the plane, as far as they were counted. */
  readonly triangles: number;
  /** Whether no triangle was left out. */
  readonly isComplete: boolean;
}

/** The most triangles that are cut: their contour takes up to 150 MB to compute and 12 MB to send. */
export const CUT_TRIANGLES_MAX = 500_000;

/** Relative to the coordinates, what rounding adds to the distance of a point. */
const ROUNDING = 16 * Number.EPSILON;

/** Lists the leaves whose boxes the plane passes through. */
export function findCutLeaves(tiles: TileReader, plane: CutPlane): NodeRow[] {
  const parents = new Set<number>();
  const found: NodeRow[] = [];
  for (const node of tiles.listNodes()) {
    if (node.parent !== undefined) parents.add(node.parent);
    if (passesThrough(plane, node)) found.push(node);
  }
  return found.filter(({ id }) => !parents.has(id));
}

/**
 * Cuts the triangles of leaves, at most so many. Yields after each leaf. Throws DatabaseError if the tiles are not those of
 * the mesh.
 */
export function* cutMesh(
  db: MeshDatabase,
  tiles: TileReader,
  plane: CutPlane,
  leaves: readonly NodeRow[] = findCutLeaves(tiles, plane),
  trianglesMax = CUT_TRIANGLES_MAX,
): Generator<void, MeshCut> {
  const builder = new ContourBuilder(plane);
  const rows = new Rows(db);
  const corner = (id: number) => builder.vertex(id) ?? builder.addVertex(id, ...rows.vertex(id));
  let isComplete = true;
  for (const leaf of leaves) {
    for (const id of findNear(tiles, plane, leaf)) {
      const [a, b, c] = rows.triangle(id);
      builder.addTriangle(corner(a), corner(b), corner(c));
      isComplete = builder.size <= trianglesMax;
      if (!isComplete) break;
    }
    if (!isComplete) break;
    yield;
  }
  return { ...builder.finish(), triangles: builder.size, isComplete };
}

/** Lists the triangles of a leaf that may cross the plane, by their rounded corners. */
function findNear(tiles: TileReader, plane: CutPlane, leaf: NodeRow): number[] {
  const { positions, indices, origin, scale } = tiles.mesh(leaf);
  const ids = tiles.ids(leaf) ?? [];
  const { origin: from, step } = tiles.frame;
  const [nx, ny, nz] = plane.normal;
  // A corner is at most half a step from its lattice point, along each axis.
  const margin = 0.51 * step * (Math.abs(nx) + Math.abs(ny) + Math.abs(nz)) + roundingOf(plane, leaf);
  const distances = new Float64Array(positions.length / 3);
  for (let k = 0; k < distances.length; k++) {
    const place = (axis: 0 | 1 | 2) => from[axis] + step * (origin[axis] + scale * positions[3 * k + axis]!);
    distances[k] = distanceOf(plane, place(0), place(1), place(2));
  }
  const near: number[] = [];
  for (let k = 0; k < ids.length; k++) {
    const a = distances[indices[3 * k]!]!;
    const b = distances[indices[3 * k + 1]!]!;
    const c = distances[indices[3 * k + 2]!]!;
    if (Math.min(a, b, c) <= margin && Math.max(a, b, c) >= -margin) near.push(ids[k]!);
  }
  return near;
}

/** Whether a plane passes through the box of a node, or almost. */
function passesThrough(plane: CutPlane, node: NodeRow): boolean {
  const { min, max } = node.bounds;
  let low = -plane.offset;
  let high = -plane.offset;
  for (const [axis, part] of plane.normal.entries()) {
    low += part * (part > 0 ? min : max)[axis]!;
    high += part * (part > 0 ? max : min)[axis]!;
  }
  const rounding = roundingOf(plane, node);
  return low <= rounding && high >= -rounding;
}

function roundingOf({ offset }: CutPlane, { bounds: { min, max } }: NodeRow): number {
  return ROUNDING * Math.max(Math.abs(offset), ...min.map(Math.abs), ...max.map(Math.abs));
}

/** Reads single rows. */
class Rows {
  private readonly triangles: (id: number) => unknown;
  private readonly vertices: (id: number) => unknown;

  constructor(private readonly db: MeshDatabase) {
    const prepare = (sql: string) => {
      const statement = db.ask((connection) => connection.prepare(sql).raw());
      return (id: number) => db.ask(() => statement.get(id));
    };
    this.triangles = prepare('SELECT a, b, c FROM triangles WHERE id = ?');
    this.vertices = prepare('SELECT x, y, z FROM vertices WHERE id = ?');
  }

  triangle(id: number): Triple {
    return this.check(this.triangles(id), 'triangle', id);
  }

  vertex(id: number): Triple {
    return this.check(this.vertices(id), 'vertex', id);
  }

  private check(row: unknown, what: string, id: number): Triple {
    if (row !== undefined) return row as Triple;
    throw new DatabaseError(`${this.db.path}: ${what} ${id} of its tiles is missing`, {
      code: 'DATABASE_DAMAGED',
      hint: 'build the tiles again',
    });
  }
}

type Triple = readonly [number, number, number];
