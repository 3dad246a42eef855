import { describe, expect, it } from 'vitest';
import type { MeshDatabase } from '../../../src/database/mesh-database.js';
import { type Contour, type CutPlane, distanceOf, planeOf } from '../../../src/geometry/contour.js';
import { cutMesh, findCutLeaves, type MeshCut } from '../../../src/pipeline/view/cut-mesh.js';
import { makeTube, shuffle, toBinaryStl } from '../../support/meshes.js';
import { type BuiltTiles, tilesOf } from '../../support/tiles.js';

type Point = readonly [number, number, number];
type Segment = readonly [Point, Point];

/** The segments of all triangles on a plane, each by itself; of any length. */
function cutAll(db: MeshDatabase, plane: CutPlane): Segment[] {
  const points = [
    ...db.select<{ x: number; y: number; z: number }>('SELECT x, y, z FROM vertices ORDER BY id'),
  ];
  const segments: Segment[] = [];
  for (const { a, b, c } of db.select<{ a: number; b: number; c: number }>('SELECT a, b, c FROM triangles')) {
    const corners = [a, b, c].map((id) => {
      const { x, y, z } = points[id]!;
      return { point: [x, y, z] as Point, distance: distanceOf(plane, x, y, z) };
    });
    // Only the border of what is below.
    if (!corners.some(({ distance }) => distance < 0)) continue;
    const ends: Point[] = corners.flatMap(({ point, distance }) => (distance === 0 ? [point] : []));
    for (const [k, from] of corners.entries()) {
      const to = corners[(k + 1) % 3]!;
      if (from.distance * to.distance >= 0) continue;
      const share = from.distance / (from.distance - to.distance);
      ends.push(from.point.map((value, axis) => value + share * (to.point[axis]! - value)) as never);
    }
    if (ends.length < 2) continue;
    expect(ends.length).toBe(2);
    segments.push([ends[0]!, ends[1]!]);
  }
  return segments;
}

const apart = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

function segmentsOf({ points, counts, closed }: Contour): Segment[] {
  const segments: Segment[] = [];
  let first = 0;
  for (const [line, count] of counts.entries()) {
    const point = (k: number) =>
      [...points.subarray(3 * (first + k), 3 * (first + k) + 3)] as unknown as Point;
    for (let k = 1; k < count; k++) segments.push([point(k - 1), point(k)]);
    if (closed[line] === 1) segments.push([point(count - 1), point(0)]);
    first += count;
  }
  return segments;
}

/** Expects the same segments, in any order and direction. */
function expectSame(all: Segment[], allExpected: Segment[]): void {
  // Around vertices on the plane, rounding alone makes short ones.
  const [found, expected] = [all, allExpected].map((some) =>
    some.filter(([from, to]) => apart(from, to) > 1e-9),
  ) as [Segment[], Segment[]];
  expect(found.length).toBe(expected.length);
  const left = new Set(expected);
  for (const [from, to] of found) {
    const match = [...left].find(
      ([a, b]) => Math.min(apart(from, a) + apart(to, b), apart(from, b) + apart(to, a)) < 1e-9,
    );
    expect(match, `${from} to ${to}`).toBeDefined();
    left.delete(match!);
  }
}

function cut({ db, tiles }: BuiltTiles, plane: CutPlane, trianglesMax?: number): MeshCut {
  const cutting = cutMesh(db, tiles, plane, undefined, trianglesMax);
  for (;;) {
    const { done, value } = cutting.next();
    if (done === true) return value;
  }
}

/** Planes from random numbers, along axes and through vertices, one of which has a ring of vertices. */
function* planes(db: MeshDatabase): Generator<CutPlane> {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const vertices = [...db.select<{ x: number; y: number; z: number }>('SELECT x, y, z FROM vertices')];
  const pick = () => vertices[Math.floor(random() * vertices.length)]!;
  for (let k = 0; k < 6; k++) {
    yield planeOf([random() - 0.5, random() - 0.5, random() - 0.5], 6 * random() - 3)!;
    const { x, y, z } = pick();
    const normal = [[x, 1, 0, 0], [y, 0, 1, 0], [z, 0, 0, -1]][k % 3]!; // biome-ignore format: one for each axis
    yield planeOf(normal.slice(1) as never, normal[3] === 0 ? normal[0]! : -normal[0]!)!;
    const [p, q, r] = [pick(), pick(), pick()];
    const [u, v] = [q, r].map((one) => [one.x - p.x, one.y - p.y, one.z - p.z]) as [number[], number[]];
    const across = [1, 2, 3].map((d) => u[d % 3]! * v[(d + 1) % 3]! - u[(d + 1) % 3]! * v[d % 3]!);
    const through = planeOf(across as never, 0);
    if (through !== undefined) yield { ...through, offset: distanceOf(through, p.x, p.y, p.z) };
  }
}

describe('the cut of a mesh', () => {
  it('is that of all triangles, in loops, as only some leaves are read', async () => {
    const built = await tilesOf(toBinaryStl(shuffle(makeTube(40, 12))), 'stl', { leafTriangles: 40 });
    let skipped = 0;
    let full = 0;
    for (const plane of planes(built.db)) {
      const contour = cut(built, plane);
      const expected = cutAll(built.db, plane);
      expectSame(segmentsOf(contour), expected);
      expect(contour.length).toBeCloseTo(expected.reduce((sum, [from, to]) => sum + apart(from, to), 0));
      // The tube is closed, and all its triangles face outward.
      expect([...contour.closed].every((one) => one === 1)).toBe(true);
      expect(contour.isComplete).toBe(true);
      if (expected.length > 0) {
        expect(contour.area).toBeGreaterThan(0);
        full++;
      }
      skipped += built.tiles.leaves - findCutLeaves(built.tiles, plane).length;
    }
    expect(full).toBeGreaterThan(8);
    expect(skipped).toBeGreaterThan(50);
  });

  it('stops after so many triangles', async () => {
    const built = await tilesOf(toBinaryStl(makeTube(10, 12)), 'stl');
    expect(cut(built, planeOf([0, 0, 1], -2.55)!, 24)).toMatchObject({ triangles: 24, isComplete: true });
    const some = cut(built, planeOf([0, 0, 1], -2.55)!, 10);
    expect(some).toMatchObject({ triangles: 11, isComplete: false, area: undefined });
    expect(some.length).toBeGreaterThan(0);
  });

  it('finds triangles much larger than their leaves', async () => {
    const tall = [0, 0, 0, 1, 0, 0, 0, 0, 1000];
    const small = [...makeTube(4, 8)];
    const built = await tilesOf(toBinaryStl([...small, tall]), 'stl', { leafTriangles: 10 });
    const contour = cut(built, planeOf([0, 0, 1], 500)!);
    expect(contour.length).toBeCloseTo(0.5);
    expect([...contour.closed]).toEqual([0]);
  });
});
