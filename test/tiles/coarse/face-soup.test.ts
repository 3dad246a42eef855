/** Faces as triangles with positions, held against their vertices. */
import { describe, expect, it } from 'vitest';
import { FaceSoup } from '../../../src/tiles/coarse/face-soup.js';

const MIB = 2 ** 20;

/** Vertices `from` to `to`, each at a place of its own. */
const verticesOf = (from: number, to: number) => ({
  positions: Float64Array.from({ length: 3 * (to - from) }, (_, k) => 3 * from + k),
  count: to - from,
});

/** The coordinates of corners. */
const placesOf = (...corners: number[]) => corners.flatMap((v) => [3 * v, 3 * v + 1, 3 * v + 2]);

function trianglesOf(soup: FaceSoup, corners: readonly number[], sizes?: readonly number[]): number[] {
  const faces = {
    count: sizes?.length ?? corners.length / 3,
    corners: Float64Array.from(corners),
    sizes: sizes && Int32Array.from(sizes),
  };
  const { positions, count } = soup.triangles(faces);
  return [...positions.subarray(0, 9 * count)];
}

describe('faces of an indexed source', () => {
  it('are triangles between their vertices, across batches', () => {
    const soup = new FaceSoup(8 * MIB);
    for (const [from, to] of [
      [0, 100],
      [100, 70_000],
      [70_000, 140_000],
    ] as const)
      soup.addVertices(verticesOf(from, to));
    const corners = [0, 99, 100, 65_535, 65_536, 69_999, 131_071, 131_072, 139_999];
    expect(trianglesOf(soup, corners)).toEqual(placesOf(...corners));
    expect(soup.isComplete).toBe(true);
  });

  it('are fans if they are polygons', () => {
    const soup = new FaceSoup(MIB);
    soup.addVertices(verticesOf(0, 10));
    expect(trianglesOf(soup, [4, 5, 6, 7, 8, 1, 2, 3], [5, 3])).toEqual(
      placesOf(4, 5, 6, 4, 6, 7, 4, 7, 8, 1, 2, 3),
    );
  });

  it('are left out if their vertices do not fit, or come later', () => {
    const soup = new FaceSoup(MIB);
    soup.addVertices(verticesOf(0, 3));
    expect(trianglesOf(soup, [0, 1, 3])).toEqual([]);
    expect(soup.isComplete).toBe(false);
    soup.addVertices(verticesOf(3, 100_000));
    expect(trianglesOf(soup, [0, 1, 3, 0, 1, 65_536, 65_535, 2, 1])).toEqual(placesOf(0, 1, 3, 65_535, 2, 1));
  });

  it('keep no vertices without memory', () => {
    const soup = new FaceSoup(0);
    soup.addVertices(verticesOf(0, 3));
    expect(trianglesOf(soup, [0, 1, 2])).toEqual([]);
  });
});
