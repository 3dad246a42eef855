import { describe, expect, it } from 'vitest';
import { makePillow, ORDERS, type Order, permute, placeTriangle, sizePillow } from './generate.js';

const PILLOWS = [makePillow(2, 2), makePillow(3, 5), makePillow(24, 17)];

/** The triangles as keys of their corners, in file order. */
function listTriangles(pillow: ReturnType<typeof makePillow>, order: Order): string[][] {
  const corners = new Float32Array(9);
  return Array.from({ length: pillow.triangles }, (_, index) => {
    placeTriangle(pillow, order, index, corners);
    return [0, 3, 6].map((at) => corners.subarray(at, at + 3).join(' '));
  });
}

describe.each(PILLOWS)('a pillow of $columns x $rows quads', (pillow) => {
  const triangles = listTriangles(pillow, 'grid');

  it('has as many vertices as the formula says', () => {
    const ids = new Map<string, number>();
    for (const key of triangles.flat()) if (!ids.has(key)) ids.set(key, ids.size);
    expect(ids.size).toBe(pillow.vertices);
  });

  it('is closed: each edge occurs once in each direction', () => {
    const edges = triangles.flatMap(([a, b, c]) => [`${a},${b}`, `${b},${c}`, `${c},${a}`]);
    const known = new Set(edges);
    expect(known.size).toBe(edges.length);
    for (const edge of edges) expect(known).toContain(edge.split(',').reverse().join(','));
  });

  it('faces outward: its volume is positive', () => {
    const volume = triangles.reduce((sum, triangle) => {
      const [a, b, c] = triangle.map((key) => key.split(' ').map(Number));
      const [ax, ay, az] = a as [number, number, number];
      const [bx, by, bz] = b as [number, number, number];
      const [cx, cy, cz] = c as [number, number, number];
      return sum + ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx);
    }, 0);
    expect(volume).toBeGreaterThan(0);
  });

  it('has the same triangles in each order', () => {
    const lists = ORDERS.map((order) => listTriangles(pillow, order).map(String));
    expect(new Set(lists.map(String)).size).toBe(ORDERS.length);
    for (const list of lists) expect(list.toSorted()).toEqual(lists[0]!.toSorted());
  });
});

describe('permute', () => {
  it.each([1, 2, 16, 1000, 10_007])('gives each of %d places exactly once', (count) => {
    const places = Array.from({ length: count }, (_, index) => permute(index, count));
    expect(places.toSorted((a, b) => a - b)).toEqual(places.map((_, index) => index));
  });
});

describe('sizePillow', () => {
  it.each([1_000_000, 10_000_000, 100_000_000])('makes exactly %d triangles', (triangles) => {
    expect(sizePillow(triangles).triangles).toBe(triangles);
  });

  it('comes close if an exact size is impossible', () => {
    expect(sizePillow(4 * 10_007).triangles / (4 * 10_007)).toBeCloseTo(1, 2);
    expect(sizePillow(1).triangles).toBe(16);
  });
});
