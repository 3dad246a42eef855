/** What the page is told of a triangle or a vertex: all from the database, neighbors through the leaves of the tiles. */

import type { MeshDatabase } from '../../database/mesh-database.js';
import { hasTable } from '../../database/migrate.js';
import { findTriangle, findVertex } from '../../database/source-places.js';
import { MeshError } from '../../errors.js';
import { locateTriangle } from '../../pipeline/locate-triangle.js';
import type { LeafSearch } from '../../tiles/leaf-search.js';
import { Refusal } from '../refusal.js';
import type { PlaceAnswer, TriangleAnswer, VertexAnswer } from '../wire/messages.js';

type Point = readonly [x: number, y: number, z: number];

/** The most triangles of a vertex or an edge that the page is told of. */
const NEIGHBORS_MAX = 64;
/** The most bytes of the source that the page is told. */
const TEXT_MAX = 2000;

/** Describes a triangle. Throws Refusal if there is none. */
export function describeTriangle(db: MeshDatabase, search: LeafSearch, id: number): TriangleAnswer {
  const stored = db.ask((connection) => findTriangle(connection, id));
  if (stored?.positions === undefined) throw new Refusal(404, 'NOT_FOUND', `there is no triangle ${id}`);
  const { vertices, positions } = stored;
  const [a, b, c] = positions;
  const cross = normalOf(a, b, c);
  const doubled = Math.hypot(...cross);
  return {
    id,
    corners: [0, 1, 2].map((k) => ({ vertex: vertices[k]!, position: positions[k]! })),
    area: finite(doubled / 2),
    normal:
      doubled > 0 && Number.isFinite(doubled)
        ? (cross.map((value) => value / doubled) as unknown as Point)
        : null,
    edges: [
      [a, b],
      [b, c],
      [c, a],
    ].map(([from, to]) => finite(Math.hypot(...[0, 1, 2].map((k) => to![k]! - from![k]!)))),
    neighbors: findNeighbors(db, search, id, vertices, positions),
    ...findLabels(db, id),
  };
}

/** Describes a vertex with its triangles. Throws Refusal if there is none. */
export function describeVertex(db: MeshDatabase, search: LeafSearch, id: number): VertexAnswer {
  const position = db.ask((connection) => findVertex(connection, id));
  if (position === undefined) throw new Refusal(404, 'NOT_FOUND', `there is no vertex ${id}`);
  const all = trianglesAt(db, search, position, (corners) => corners.includes(id));
  return {
    id,
    position,
    triangles: all.slice(0, NEIGHBORS_MAX).map(({ id: triangle }) => triangle),
    count: all.length,
  };
}

/** Finds a triangle in its source. What stands against that is part of the answer. */
export async function describePlace(db: MeshDatabase, id: number, signal: AbortSignal): Promise<PlaceAnswer> {
  try {
    const { file, format, offset, size, line, lines, encoding, bytes, compression, member } =
      await locateTriangle(db.path, id, { signal });
    const shown = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, TEXT_MAX));
    return {
      isFound: true,
      file,
      format,
      inside: member ?? compression ?? null,
      offset,
      size,
      line: line ?? null,
      lines: lines ?? null,
      text:
        encoding === 'ascii' ? shown.toString('utf8') : shown.toString('hex').replace(/../g, '$& ').trim(),
      isCut: shown.length < size,
    };
  } catch (error) {
    if (!(error instanceof MeshError)) throw error;
    // Hints name options that the page does not have.
    return { isFound: false, message: error.message, code: error.code };
  }
}

/** Lists the triangles across each edge. */
function findNeighbors(
  db: MeshDatabase,
  search: LeafSearch,
  id: number,
  [a, b, c]: readonly [number, number, number],
  positions: readonly [Point, Point, Point],
): number[][] {
  // Each neighbor has a or b.
  const near = new Map(
    [positions[0], positions[1]]
      .flatMap((position) => trianglesAt(db, search, position, () => true))
      .map((one) => [one.id, one.corners]),
  );
  near.delete(id);
  const across = (u: number, v: number) =>
    [...near]
      .filter(([, corners]) => u !== v && corners.includes(u) && corners.includes(v))
      .map(([other]) => other);
  return [across(a, b), across(b, c), across(c, a)].map((ids) =>
    ids.sort((x, y) => x - y).slice(0, NEIGHBORS_MAX),
  );
}

/** Returns the triangles near a position whose corners are as asked, in the order of ids. */
function trianglesAt(
  db: MeshDatabase,
  search: LeafSearch,
  position: Point,
  accepts: (corners: readonly number[]) => boolean,
): { readonly id: number; readonly corners: readonly number[] }[] {
  const statement = db.ask((connection) =>
    connection.prepare('SELECT a, b, c FROM triangles WHERE id = ?').raw(),
  );
  const found: { id: number; corners: number[] }[] = [];
  for (const id of [...new Set(search.at(position).ids)].sort((x, y) => x - y)) {
    const corners = db.ask(() => statement.get(id) as number[] | undefined);
    if (corners !== undefined && accepts(corners)) found.push({ id, corners });
  }
  return found;
}

/** Finds what a triangle belongs to. */
function findLabels(db: MeshDatabase, id: number): Pick<TriangleAnswer, 'parts' | 'source' | 'component'> {
  const runs = (sql: string) => db.ask((connection) => connection.prepare(sql).get(id, id));
  const parts = db.ask((connection) =>
    connection
      .prepare(
        `SELECT parts.id, kind, name FROM part_runs JOIN parts ON parts.id = part
          WHERE first <= ? AND last >= ? ORDER BY parts.id`,
      )
      .all(id, id),
  );
  const source = db.sourceOf(id);
  const hasComponents = db.ask((connection) => hasTable(connection, 'components'));
  const component = hasComponents
    ? runs(`SELECT c.id, c.triangles FROM component_runs AS r JOIN components AS c ON c.id = r.component
        WHERE r.first <= ? AND r.last >= ? LIMIT 1`)
    : undefined;
  return {
    parts: parts as TriangleAnswer['parts'],
    source: source === undefined ? null : { id: source.id, path: source.path },
    component: (component as TriangleAnswer['component'] | undefined) ?? null,
  };
}

function normalOf(a: Point, b: Point, c: Point): Point {
  const [ux, uy, uz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const [vx, vy, vz] = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}

/** JSON has no infinity. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
