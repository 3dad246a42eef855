/** Finds the triangle that a ray meets first: candidates come from the leaves of the tiles, positions from the database. */

import type { MeshDatabase } from '../../database/mesh-database.js';
import { Ray } from '../../geometry/ray.js';
import type { LeafSearch } from '../../tiles/leaf-search.js';

type Point = readonly [x: number, y: number, z: number];

export interface PickQuery {
  readonly origin: Point;
  /** Not zero; of any length. */
  readonly direction: Point;
  /** Points with `x nx + y ny + z nz + d < 0` are not picked. */
  readonly planes: readonly (readonly [nx: number, ny: number, nz: number, d: number])[];
  /** Whether the triangle in a slot may be picked (default: all). */
  readonly accepts?: ((slot: number) => boolean) | undefined;
}

export interface Picked {
  readonly triangle: number;
  readonly point: Point;
  /** From the origin of the ray. */
  readonly distance: number;
}

/** Leaves that are examined between two yields to the event loop. */
const TURN_LEAVES = 4;

const CORNERS_SQL = `SELECT va.x, va.y, va.z, vb.x, vb.y, vb.z, vc.x, vc.y, vc.z FROM triangles AS t
  JOIN vertices AS va ON va.id = a JOIN vertices AS vb ON vb.id = b JOIN vertices AS vc ON vc.id = c
  WHERE t.id = ?`;

/**
 * Returns the triangle whose point on the ray is the nearest, the one with the smaller id of two; undefined if the ray
 * meets none. Throws the reason of the signal if that aborts, and DatabaseError.
 */
export async function pickTriangle(
  db: MeshDatabase,
  search: LeafSearch,
  { origin, direction, planes, accepts }: PickQuery,
  signal?: AbortSignal,
): Promise<Picked | undefined> {
  const ray = new Ray(origin, direction, search.bounds);
  const statement = db.ask((connection) => connection.prepare(CORNERS_SQL).raw());
  const isShown = ([x, y, z]: Point) => planes.every(([nx, ny, nz, d]) => x * nx + y * ny + z * nz + d >= 0);
  let best: Picked | undefined;
  let leaves = 0;
  for (const { distance, ids, slots } of search.along(origin, ray.direction)) {
    if (best !== undefined && distance > best.distance) break;
    for (const [k, id] of ids.entries()) {
      if (accepts?.(slots[k]!) === false) continue;
      const corners = db.ask(() => statement.get(id) as number[] | undefined);
      const hit = corners && ray.hit(corners);
      if (hit === undefined || !isShown(hit.point)) continue;
      const isNearer =
        best === undefined ||
        hit.distance < best.distance ||
        (hit.distance === best.distance && id < best.triangle);
      if (isNearer) best = { triangle: id, ...hit };
    }
    if (++leaves % TURN_LEAVES > 0) continue;
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
  return best;
}
