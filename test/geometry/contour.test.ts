import { describe, expect, it } from 'vitest';
import { type Contour, ContourBuilder, planeOf } from '../../src/geometry/contour.js';

/** Eight corners of a cube from 0 to 2, and its twelve triangles, outward. */
const CORNERS = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [2 * (k & 1), k & 2, (k & 4) / 2] as const);
const CUBE = [
  [0, 2, 1], [1, 2, 3], [4, 5, 6], [5, 7, 6],
  [0, 1, 4], [1, 5, 4], [2, 6, 3], [3, 6, 7],
  [0, 4, 2], [2, 4, 6], [1, 3, 5], [3, 7, 5],
] as const; // biome-ignore format: a row for two sides

function cut(
  triangles: readonly (readonly number[])[],
  normal: readonly [number, number, number],
  offset: number,
  corners: readonly (readonly [number, number, number])[] = CORNERS,
): Contour {
  const builder = new ContourBuilder(planeOf(normal, offset)!);
  for (const [k, corner] of corners.entries()) builder.addVertex(k, ...corner);
  for (const [a, b, c] of triangles) builder.addTriangle(a!, b!, c!);
  return builder.finish();
}

const linesOf = ({ counts, closed }: Contour) => [...counts].map((count, k) => `${count} ${closed[k]}`);

describe('the contour of a cube', () => {
  it('is a loop through its sides', () => {
    const contour = cut(CUBE, [0, 0, 3], 1);
    expect(linesOf(contour)).toEqual(['8 1']);
    expect(contour).toMatchObject({ length: 8, area: 4 });
    for (let k = 2; k < 24; k += 3) expect(contour.points[k]).toBe(1);
  });

  it('is that of what is below, if faces are on the plane', () => {
    expect(cut(CUBE, [0, 0, 1], 2)).toMatchObject({ length: 8, area: 4 });
    expect(linesOf(cut(CUBE, [0, 0, 1], 0))).toEqual([]);
    expect(cut(CUBE, [0, 0, -1], 0)).toMatchObject({ length: 8, area: 4 });
  });

  it('has no line around a corner that touches the plane', () => {
    const side = Math.sqrt(3);
    const [part] = planeOf([1, 1, 1], 0)!.normal;
    expect(linesOf(cut(CUBE, [1, 1, 1], 2 * part + 2 * part + 2 * part))).toEqual([]);
    expect(linesOf(cut(CUBE, [-1, -1, -1], 0))).toEqual([]);
    // Through six edges, three corners, and the middle.
    expect(cut(CUBE, [1, 1, 1], 2 / side).length).toBeCloseTo(3 * Math.sqrt(8));
    expect(cut(CUBE, [1, 1, 1], 3 / side).area).toBeCloseTo(3 * side);
  });

  it('is open where triangles are missing, and has no area if they are oriented otherwise', () => {
    const open = cut(CUBE.slice(0, 11), [0, 0, 1], 1);
    expect(linesOf(open)).toEqual(['8 0']);
    expect(open).toMatchObject({ length: 7, area: undefined });
    const turned = cut([...CUBE.slice(0, 11), [3, 5, 7]], [0, 0, 1], 1);
    expect(linesOf(turned)).toEqual(['8 1']);
    expect(turned).toMatchObject({ length: 8, area: undefined });
    // Inside out.
    expect(
      cut(
        CUBE.map(([a, b, c]) => [a, c, b]),
        [0, 0, 1],
        1,
      ),
    ).toMatchObject({ length: 8, area: 4 });
  });

  it('has every segment once, also where many triangles meet', () => {
    // A fan of walls around an upright edge.
    const wall = (k: number) => [Math.cos(k), Math.sin(k)] as const;
    const corners = [
      [0, 0, 0],
      [0, 0, 2],
    ] as [number, number, number][];
    const fan: number[][] = [];
    for (let k = 0; k < 5; k++) {
      corners.push([...wall(k), 0], [...wall(k), 2]);
      fan.push([0, 2 + 2 * k, 1], [1, 2 + 2 * k, 3 + 2 * k]);
    }
    const contour = cut(fan, [0, 0, 1], 1, corners);
    expect(contour.length).toBeCloseTo(5);
    expect([...contour.closed].some((one) => one === 1)).toBe(false);
    expect(contour.counts.length).toBe(3);
  });

  it('ignores degenerate triangles', () => {
    expect(linesOf(cut([...CUBE, [0, 0, 4], [0, 4, 4], [4, 0, 4]], [0, 0, 1], 1))).toEqual(['8 1']);
  });
});

describe('a plane', () => {
  it('has a normal of length 1, whatever its size', () => {
    expect(planeOf([0, -1e-200, 0], 4)).toEqual({ normal: [0, -1, 0], offset: 4 });
    expect(planeOf([3e200, 0, 4e200], 4)!.normal[2]).toBeCloseTo(0.8);
    expect(planeOf([0, 0, 0], 4)).toBeUndefined();
    expect(planeOf([0, Number.NaN, 0], 4)).toBeUndefined();
  });
});
