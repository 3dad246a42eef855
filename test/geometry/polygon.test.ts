/** Covers: geometry/point-grid, geometry/polygon-splitter. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutConcave, cutFan } from '../../src/geometry/polygon.js';

type Point = readonly number[];

function cut(points: readonly Point[]): number[][] {
  // Two corners of something else in front, as they stand in a batch.
  const positions = Float64Array.from([...Array(6).fill(7), ...points.flat()]);
  const target = new Int32Array(3 * points.length).fill(-1);
  if (!cutFan(positions, 2, points.length, target)) {
    for (const _ of cutConcave(positions, 2, points.length, target));
  }
  const count = points.length - 2;
  expect([...target.subarray(3 * count)].every((value) => value === -1)).toBe(true);
  return Array.from({ length: count }, (_, k) => [...target.subarray(3 * k, 3 * k + 3)]);
}

/** Twice the signed area of a polygon in the xy plane. */
function areaOf(points: readonly Point[]): number {
  return points.reduce((sum, [x, y], k) => {
    const [nx, ny] = points[(k + 1) % points.length]!;
    return sum + x! * ny! - nx! * y!;
  }, 0);
}

/** Whether triangles cover a polygon of the xy plane once: all face its way, and their areas add up. */
function expectCover(points: readonly Point[], triangles: readonly number[][]): void {
  const whole = areaOf(points);
  const parts = triangles.map((corners) => areaOf(corners.map((k) => points[k]!)));
  for (const part of parts) expect(part * Math.sign(whole)).toBeGreaterThanOrEqual(-1e-9 * Math.abs(whole));
  expect(parts.reduce((sum, part) => sum + part, 0) / whole).toBeCloseTo(1, 9);
  // Each edge of the polygon belongs to one triangle, in its own direction.
  const edges = triangles.flatMap(([a, b, c]) => [`${a} ${b}`, `${b} ${c}`, `${c} ${a}`]);
  for (let k = 0; k < points.length; k++) expect(edges).toContain(`${k} ${(k + 1) % points.length}`);
}

const fan = (count: number) => Array.from({ length: count - 2 }, (_, k) => [0, k + 1, k + 2]);
const turned = (points: readonly Point[]) => points.map(([x, y, z]) => [z!, x!, y!]);
const reversed = (points: readonly Point[]) => [...points].reverse();

const arrow: readonly Point[] = [
  [0, 0, 0],
  [1, 1, 0],
  [4, 0, 0],
  [1, 4, 0],
];
const comb: readonly Point[] = [
  [0, 0, 0],
  [5, 0, 0],
  [5, 3, 0],
  [4, 3, 0],
  [4, 1, 0],
  [3, 1, 0],
  [3, 3, 0],
  [2, 3, 0],
  [2, 1, 0],
  [1, 1, 0],
  [1, 3, 0],
  [0, 3, 0],
];
/** A square with a square hole, sewn in by a bridge that is walked twice. */
const ring: readonly Point[] = [
  [0, 0, 0],
  [4, 0, 0],
  [4, 4, 0],
  [0, 4, 0],
  [0, 0, 0],
  [1, 1, 0],
  [1, 3, 0],
  [3, 3, 0],
  [3, 1, 0],
  [1, 1, 0],
];

describe('triangulating a polygon', () => {
  it('fans a convex polygon from the first corner', () => {
    const circle = Array.from({ length: 17 }, (_, k) => [Math.cos(k), Math.sin(k), 0]).sort(
      ([ax, ay], [bx, by]) => Math.atan2(ay!, ax!) - Math.atan2(by!, bx!),
    );
    for (const points of [circle, reversed(circle), turned(circle)]) expect(cut(points)).toEqual(fan(17));
    expect(cut(circle.slice(0, 3))).toEqual([[0, 1, 2]]);
  });

  it('fans a concave polygon if that covers it', () => {
    const [a, b, c, d] = arrow;
    expect(cut([b!, c!, d!, a!])).toEqual(fan(4));
    expectCover([b!, c!, d!, a!], fan(4));
  });

  it.each([
    ['an arrow', arrow],
    ['a comb', comb],
    ['a comb that begins elsewhere', [...comb.slice(5), ...comb.slice(0, 5)]],
    ['a ring with a bridge', ring],
  ])('cuts %s so that it is covered once, from either side and in any plane', (_, points) => {
    expect(cut(points)).not.toEqual(fan(points.length));
    for (const seen of [points, reversed(points)]) {
      const triangles = cut(seen);
      expectCover(seen, triangles);
      expect(cut(turned(seen))).toEqual(triangles);
      expect(cut(turned(turned(seen)))).toEqual(triangles);
    }
  });

  it('keeps corners on a straight edge and repeated corners', () => {
    const dense = comb.flatMap(([x, y], k): Point[] => {
      const [nx, ny] = comb[(k + 1) % comb.length]!;
      const middle = [(x! + nx!) / 2, (y! + ny!) / 2, 0];
      return k % 2 === 0 ? [[x!, y!, 0], middle, middle] : [[x!, y!, 0], middle];
    });
    const triangles = cut(dense);
    expectCover(dense, triangles);
    expect(new Set(triangles.flat()).size).toBe(dense.length);
  });

  it('works far from the origin', () => {
    const moved = comb.map(([x, y, z]) => [x! + 1e7, y! - 3e6, z! + 1e6]);
    expect(cut(moved)).toEqual(cut(comb));
  });

  it('gives n - 2 triangles of its corners for any input', () => {
    const value = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value), { minLength: 3, maxLength: 40 }), (points) => {
        for (const corner of cut(points).flat()) {
          expect(corner).toBeGreaterThanOrEqual(0);
          expect(corner).toBeLessThan(points.length);
        }
      }),
    );
  });

  it('covers any star-shaped polygon once', () => {
    const radii = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 3, maxLength: 60 });
    fc.assert(
      fc.property(radii, (list) => {
        const points = list.map((radius, k) => {
          const angle = (2 * Math.PI * k) / list.length;
          return [radius * Math.cos(angle), radius * Math.sin(angle), 0];
        });
        expectCover(points, cut(points));
      }),
    );
  });

  /** Two windings that run into each other: none but the two ends is an ear. */
  const spiral = (size: number): Point[] => {
    const winding = (width: number) =>
      Array.from({ length: size / 2 }, (_, k) => {
        const angle = k / 5;
        return [(angle + width) * Math.cos(angle), (angle + width) * Math.sin(angle), 0];
      });
    return [...winding(0), ...winding(2).reverse()];
  };
  const rack = (size: number): Point[] => [
    ...Array.from({ length: size - 2 }, (_, k) => [k, 1 + 99 * (k % 2), 0]),
    [size, 0, 0],
    [0, 0, 0],
  ];
  /** A square with windows, each sewn in by a bridge that is walked twice. */
  const windows = (count: number): Point[] => {
    const points: Point[] = [[0, 0, 0]];
    for (let column = 0; column < count; column++) {
      const x = column + 0.5;
      points.push([x, 0, 0]);
      for (let row = 0; row < count; row++) points.push([x, row + 0.3, 0]);
      for (let row = count - 1; row >= 0; row--) {
        points.push([x, row + 0.7, 0], [x + 0.2, row + 0.7, 0], [x + 0.2, row + 0.3, 0], [x, row + 0.3, 0]);
      }
      points.push([x, 0, 0]);
    }
    return [...points, [count, 0, 0], [count, count, 0], [0, count, 0]];
  };

  it.each([
    ['a spiral', spiral(600)],
    ['a rack', rack(700)],
    [
      'a rack with corners on straight edges',
      rack(300).flatMap(([x, y], k) =>
        (y === 1
          ? [[x!, y!, 0]]
          : [
              [x!, y!, 0],
              [x! + 0.5, y! - 49.5, 0],
              [x! + 0.5, y! - 49.5, 0],
            ]
        ).slice(0, k < 296 ? 3 : 1),
      ),
    ],
    ['windows', windows(12)],
  ])('cuts %s of many corners, too', (_, points) => {
    expect(points.length).toBeGreaterThan(256);
    for (const seen of [points, reversed(points)]) expectCover(seen, cut(seen));
  });

  it.each([
    ['a spiral', spiral(8000)],
    ['a way round three corners', Array.from({ length: 8000 }, (_, k) => arrow[k % 3]!)],
    ['a way to and fro', Array.from({ length: 8000 }, (_, k) => [Math.abs((k % 20) - 10), k % 3, 0])],
    ['a way round three corners, less often', Array.from({ length: 256 }, (_, k) => arrow[k % 3]!)],
  ])('takes no more than a moment for %s', (_, points) => {
    const began = process.cpuUsage();
    expect(cut(points)).toHaveLength(points.length - 2);
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(2);
  });

  it('takes less than two seconds for a comb with the most corners of a face', () => {
    const count = 65_536;
    for (const angle of [0, 0.7]) {
      const points = Array.from({ length: count }, (_, k): Point => {
        const [x, y] =
          k < count - 2 ? [count - k, k % 2 === 0 ? 0.1 : 100] : [k === count - 2 ? 0 : count + 1, -1];
        return [x! * Math.cos(angle) - y! * Math.sin(angle), x! * Math.sin(angle) + y! * Math.cos(angle), 0];
      });
      const began = process.cpuUsage();
      const triangles = cut(points);
      const { user } = process.cpuUsage(began);
      expect(user / 1e6).toBeLessThan(5);
      const whole = areaOf(points);
      const parts = triangles.map((corners) => areaOf(corners.map((k) => points[k]!)));
      expect(parts.reduce((sum, part) => sum + part, 0) / whole).toBeCloseTo(1, 9);
      expect(Math.min(...parts.slice(0, 1000))).toBeGreaterThanOrEqual(-1e-6);
    }
  });

  it('yields during a polygon of many corners, so that its caller can stop', () => {
    const gear = Array.from({ length: 4096 }, (_, k): Point => {
      const radius = k % 2 === 0 ? 1 : 1000;
      return [radius * Math.cos((2 * Math.PI * k) / 4096), radius * Math.sin((2 * Math.PI * k) / 4096), 0];
    });
    const target = new Int32Array(3 * gear.length);
    const positions = Float64Array.from(gear.flat());
    expect(cutFan(positions, 0, gear.length, target)).toBe(false);
    expect([...cutConcave(positions, 0, gear.length, target)].length).toBeGreaterThan(10);
  });
});
