/** Moves the camera to a triangle and marks it. */

import { askSql } from '../api.js';
import { toScene } from '../pose.js';
import { marked, mesh, scene } from '../state.js';

type Point = readonly [x: number, y: number, z: number];

/** How many times its size is seen around a triangle. */
const ROOM = 30;
/** The time of the flight, in milliseconds. */
const FLIGHT_MS = 400;

let flights = 0;

/** Flies to a triangle; does nothing if there is none of this id, or if the server is gone. */
export async function flyToTriangle(id: number): Promise<void> {
  const flight = ++flights;
  const corners = await readCorners(id).catch(() => []);
  if (corners.length !== 3 || flight !== flights || mesh.value === undefined) return;
  marked.value = corners;
  const places = corners.map((corner) => toScene({ position: corner, target: corner }, mesh.value!).target);
  const target = middleOf(places);
  const size = Math.max(...places.map((place) => distance(place, target)), 1e-6);
  const { rig } = scene.value ?? {};
  if (rig === undefined) return;
  const from = rig.pose;
  const away = distance(from.position, from.target) || 1;
  // From further away than that, the camera comes closer; it never moves back.
  const near = Math.min(away, ROOM * size);
  const position = target.map(
    (value, axis) => value + ((from.position[axis]! - from.target[axis]!) / away) * near,
  ) as unknown as Point;
  const began = performance.now();
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const step = () => {
    if (flight !== flights) return;
    const time = isStill ? 1 : Math.min(1, (performance.now() - began) / FLIGHT_MS);
    const share = time * time * (3 - 2 * time);
    rig.pose = {
      position: between(from.position, position, share),
      target: between(from.target, target, share),
    };
    if (time < 1) requestAnimationFrame(step);
  };
  step();
}

async function readCorners(id: number): Promise<Point[]> {
  const query = `SELECT x, y, z FROM (SELECT a AS v FROM triangles WHERE id = ${id} UNION ALL
    SELECT b FROM triangles WHERE id = ${id} UNION ALL SELECT c FROM triangles WHERE id = ${id})
    JOIN vertices ON vertices.id = v`;
  const corners: Point[] = [];
  for await (const line of askSql({ query }, AbortSignal.timeout(10_000))) {
    if ('rows' in line) corners.push(...(line.rows as unknown as Point[]));
  }
  return corners;
}

function middleOf(points: readonly Point[]): Point {
  const along = (axis: number) => points.reduce((sum, point) => sum + point[axis]! / points.length, 0);
  return [along(0), along(1), along(2)];
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function between(a: Point, b: Point, share: number): Point {
  const along = (axis: number) => a[axis]! + share * (b[axis]! - a[axis]!);
  return [along(0), along(1), along(2)];
}
