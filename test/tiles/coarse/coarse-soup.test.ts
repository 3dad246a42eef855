/** The coarse mesh of triangles whose box is not known, held against its triangles. */
import { describe, expect, it } from 'vitest';
import { CoarseSoup } from '../../../src/tiles/coarse/coarse-soup.js';
import { decodeTile } from '../../../src/tiles/tile-codec.js';
import { type Corners, makeTube, shuffle } from '../../support/meshes.js';

/** Takes triangles in batches. */
function take(triangles: readonly Corners[], batch: number): CoarseSoup {
  const soup = new CoarseSoup();
  for (let k = 0; k < triangles.length; k += batch) {
    const some = triangles.slice(k, k + batch);
    soup.add(Float64Array.from(some.flat()), some.length);
  }
  return soup;
}

/** Positions of the vertices in the units of the mesh. */
function verticesOf(soup: CoarseSoup): { readonly cell: number; readonly points: number[][] } {
  const { frame } = soup;
  const { positions, origin, scale, shift } = decodeTile(soup.encode());
  const points = Array.from({ length: positions.length / 3 }, (_, v) =>
    [0, 1, 2].map(
      (axis) => frame.origin[axis]! + frame.step * (origin[axis]! + scale * positions[3 * v + axis]!),
    ),
  );
  return { cell: frame.step * 2 ** shift, points };
}

function boundsOf(triangles: readonly Corners[]): { min: number[]; max: number[] } {
  const along = [0, 1, 2].map((axis) => triangles.flat().filter((_, k) => k % 3 === axis));
  return {
    min: along.map((all) => all.reduce((a, b) => Math.min(a, b))),
    max: along.map((all) => all.reduce((a, b) => Math.max(a, b))),
  };
}

describe('a coarse mesh of a soup', () => {
  const tube = [...makeTube(110, 80)];

  it.each([
    ['one batch', tube, tube.length],
    ['batches that extend the box', tube, 100],
    ['batches from high to low', [...tube].reverse(), 100],
    ['triangles in any order', shuffle(tube), 50],
    [
      'a box far from the origin',
      tube.map((corners) => corners.map((v, k) => v - 5000 * ((k % 3) + 1))),
      100,
    ],
  ])('is near all corners: %s', (_, triangles, batch) => {
    const soup = take(triangles, batch);
    expect(soup.hasMesh).toBe(true);
    expect(soup.bounds).toEqual(boundsOf(triangles));
    const { indices } = decodeTile(soup.encode());
    expect(indices.length / 3).toBeGreaterThan(300);
    const { cell, points } = verticesOf(soup);
    // The cube is at most four times as long as the box.
    expect(cell * 64).toBeLessThan(4 * 24);
    const near = (a: readonly number[], b: readonly number[]) =>
      a.every((value, axis) => Math.abs(value - b[axis]!) <= cell * 1.1);
    for (const [a, b, c] of triangles.slice(0, 400))
      expect(points.some((p) => near(p, [a!, b!, c!]))).toBe(true);
    const { min, max } = soup.bounds;
    for (const point of points) {
      for (let axis = 0; axis < 3; axis++) {
        expect(point[axis]!).toBeGreaterThan(min[axis]! - cell);
        expect(point[axis]!).toBeLessThan(max[axis]! + cell);
      }
    }
  });

  it('joins only vertices near each other', () => {
    const soup = take(tube, 100);
    const { cell, points } = verticesOf(soup);
    const { indices } = decodeTile(soup.encode());
    // No side of the tube's walls is longer than a cell; those of its lids are.
    let long = 0;
    for (let k = 0; k < indices.length; k += 3) {
      const [a, b, c] = [0, 1, 2].map((corner) => points[indices[k + corner]!]!);
      const longest = Math.max(
        ...[
          [a, b],
          [b, c],
          [c, a],
        ].map(([p, q]) => Math.hypot(...p!.map((value, axis) => value - q![axis]!))),
      );
      if (longest > 4 * cell) long++;
    }
    expect(long).toBeLessThanOrEqual(160);
    expect(long).toBeLessThan(indices.length / 3 / 2);
  });

  it('gives up if corners are too far apart, and shows nothing of nothing', () => {
    expect(new CoarseSoup().hasMesh).toBe(false);
    const soup = take([...tube.slice(0, 10), tube[10]!.map((value) => value + 1e300)], 5);
    expect(soup.hasMesh).toBe(false);
    const corner = Number.MAX_VALUE;
    expect(take([[corner, 0, 0, -corner, 0, 0, 0, corner, 0]], 1).hasMesh).toBe(false);
    const flat = take([[2, 2, 2, 2, 2, 2, 2, 2, 2]], 1);
    expect(flat.hasMesh).toBe(true);
    expect(verticesOf(flat).points).toEqual([[2, 2, 2]]);
  });
});
