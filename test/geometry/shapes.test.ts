/** Covers: geometry/shape-tests. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { compileShape } from '../../src/geometry/shape-tests.js';
import {
  checkShape,
  parseBox,
  parsePlane,
  parseSphere,
  type Shape,
  shapeBounds,
} from '../../src/geometry/shapes.js';
import { runs } from '../support/runs.js';

type Vector = [number, number, number];
type Corners = [Vector, Vector, Vector];

const test = (shape: Shape, corners: readonly Vector[]) =>
  compileShape(shape)(Float64Array.from(corners.flat()));
const box = (min: Vector, max: Vector, touching = true): Shape => ({ kind: 'box', min, max, touching });
const sphere = (center: Vector, radius: number, touching = true): Shape => ({
  kind: 'sphere',
  center,
  radius,
  touching,
});
const plane = (normal: Vector, offset: number, touching = true): Shape => ({
  kind: 'plane',
  normal,
  offset,
  touching,
});
const dot = (one: readonly number[], other: readonly number[]) =>
  one.reduce((sum, value, k) => sum + value * other[k]!, 0);
const minus = (one: Vector, other: Vector) => one.map((value, k) => value - other[k]!) as Vector;
const mix = (corners: Corners, shares: readonly number[]) =>
  [0, 1, 2].map((d) => dot(shares, [corners[0][d]!, corners[1][d]!, corners[2][d]!])) as Vector;

/** Vectors of which many share coordinates, and corners that are segments and points as often as triangles. */
const smallInteger = fc.integer({ min: -6, max: 6 });
const vectorOf = (number: fc.Arbitrary<number>) => fc.tuple(number, number, number);
function cornersOf(number: fc.Arbitrary<number>): fc.Arbitrary<Corners> {
  const vector = vectorOf(number);
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(vector, vector, vector) },
    fc
      .tuple(vector, vector, fc.nat(2))
      .map(([a, b, k]) => [[a, a, b] as Corners, [a, b, a] as Corners, [b, a, a] as Corners][k]!),
    // The third on the line of the first two: twice the second less the first is exact.
    fc
      .tuple(vector, vector)
      .map(([a, b]): Corners => [a, b, b.map((value, d) => 2 * value - a[d]!) as Vector]),
    fc
      .tuple(vector, vector)
      .map(([a, b]): Corners => [a, b.map((value, d) => 2 * value - a[d]!) as Vector, b]),
    vector.map((a): Corners => [a, a, a]),
  );
}
function boxOf(number: fc.Arbitrary<number>): fc.Arbitrary<[Vector, Vector]> {
  return fc
    .tuple(vectorOf(number), vectorOf(number))
    .map(([a, b]) => [
      a.map((v, d) => Math.min(v, b[d]!)) as Vector,
      a.map((v, d) => Math.max(v, b[d]!)) as Vector,
    ]);
}

/** A float64 as an integer times 2^-1074. */
function toBig(value: number): bigint {
  const bits = new BigInt64Array(Float64Array.of(Math.abs(value)).buffer)[0]!;
  const exponent = bits >> 52n;
  const digits = bits & ((1n << 52n) - 1n);
  const size = exponent === 0n ? digits : (digits | (1n << 52n)) << (exponent - 1n);
  return value < 0 ? -size : size;
}

/**
 * Whether a triangle and a box meet, exactly: the triangle is clipped at each side of the box (Sutherland and
 * Hodgman) in homogeneous integers, and something is left or not.
 */
function meetsBox(corners: Corners, min: Vector, max: Vector): boolean {
  let polygon = corners.map((corner) => [...corner.map(toBig), 1n]);
  for (const d of [0, 1, 2]) {
    for (const [limit, sign] of [
      [toBig(min[d]!), 1n],
      [toBig(max[d]!), -1n],
    ] as const) {
      const depth = (p: bigint[]) => sign * (p[d]! - limit * p[3]!);
      polygon = polygon.flatMap((p, k) => {
        const q = polygon[(k + 1) % polygon.length]!;
        const [f, g] = [depth(p), depth(q)];
        const kept = f >= 0n ? [p] : [];
        if ((f < 0n && g > 0n) || (f > 0n && g < 0n)) {
          const [s, t] = f > 0n ? [f, -g] : [-f, g];
          kept.push(p.map((value, i) => value * t + q[i]! * s));
        }
        return kept;
      });
    }
  }
  return polygon.length > 0;
}

/** Whether a triangle and a ball meet, by all points that could be closest; exact for small integers. */
function meetsBall([a, b, c]: Corners, center: Vector, radius: number): boolean {
  const near = (p: Vector, divisor: number) => dot(p, p) <= radius * radius * divisor * divisor;
  const [p, q, r] = [minus(a, center), minus(b, center), minus(c, center)];
  if ([p, q, r].some((corner) => near(corner, 1))) return true;
  for (const [from, to] of [
    [p, q],
    [q, r],
    [r, p],
  ] as const) {
    const e = minus(to, from);
    const ee = dot(e, e);
    const s = -dot(from, e);
    if (s > 0 && s < ee && near(from.map((value, d) => value * ee + e[d]! * s) as Vector, ee)) return true;
  }
  // The closest point of the plane, p + (s u + t v) / det, from the normal equations.
  const [u, v] = [minus(q, p), minus(r, p)];
  const [uu, uv, vv, up, vp] = [dot(u, u), dot(u, v), dot(v, v), -dot(u, p), -dot(v, p)];
  const det = uu * vv - uv * uv;
  const [s, t] = [up * vv - vp * uv, vp * uu - up * uv];
  if (!(det > 0 && s >= 0 && t >= 0 && s + t <= det)) return false;
  return near(p.map((value, d) => value * det + u[d]! * s + v[d]! * t) as Vector, det);
}

/** Barycentric coordinates of 66 points, corners and edges among them. */
const SHARES = Array.from({ length: 11 }, (_, i) =>
  Array.from({ length: 11 - i }, (_, j) => [i / 10, j / 10, (10 - i - j) / 10]),
).flat();

const unitBox = box([0, 0, 0], [1, 1, 1]);
const real = fc.double({ min: -10, max: 10, noNaN: true });
const RUNS = { numRuns: runs(2000, 5000) };

describe('a box', () => {
  it.each<[string, boolean, Corners]>([
    [
      'a corner of the box',
      true,
      [
        [1, 1, 1],
        [2, 2, 1],
        [2, 1, 2],
      ],
    ],
    [
      'a corner of the box within the triangle',
      true,
      [
        [3, 0, 0],
        [0, 3, 0],
        [0, 0, 3],
      ],
    ],
    [
      'past a corner',
      false,
      [
        [3.5, 0, 0],
        [0, 3.5, 0],
        [0, 0, 3.5],
      ],
    ],
    [
      'an edge of the box',
      true,
      [
        [2, 0, 0.5],
        [0, 2, 0.5],
        [2, 2, 0.5],
      ],
    ],
    [
      'past an edge',
      false,
      [
        [2.5, 0, 0.5],
        [0, 2.5, 0.5],
        [2, 2, 0.5],
      ],
    ],
    [
      'a face of the box, from outside',
      true,
      [
        [0.2, 0.2, 1],
        [0.4, 0.2, 2],
        [0.2, 0.4, 2],
      ],
    ],
    [
      'within the plane of a face',
      true,
      [
        [-5, -5, 1],
        [5, -5, 1],
        [0, 9, 1],
      ],
    ],
    [
      'within the plane of a face, beside it',
      false,
      [
        [2, 0, 1],
        [0.9, 2, 1],
        [2, 2, 1],
      ],
    ],
    [
      'around the box',
      true,
      [
        [-9, -9, 0.5],
        [9, -9, 0.5],
        [0, 9, 0.5],
      ],
    ],
    [
      'through the box, no corner within',
      true,
      [
        [-1, 0.5, 0.5],
        [2, 0.5, 0.5],
        [0.5, 9, 0.5],
      ],
    ],
    [
      'its plane through the box, past an edge',
      false,
      [
        [1.5, 0.75, 0.5],
        [0.75, 1.5, 0.5],
        [3, 3, 0.5],
      ],
    ],
    [
      'a segment through the box',
      true,
      [
        [-1, -1, -1],
        [2, 2, 2],
        [-1, -1, -1],
      ],
    ],
    [
      'a segment along an edge',
      true,
      [
        [1, 1, -3],
        [1, 1, -3],
        [1, 1, 7],
      ],
    ],
    [
      'a segment past an edge',
      false,
      [
        [1.5, 0.75, 0.5],
        [0.75, 1.5, 0.5],
        [1.5, 0.75, 0.5],
      ],
    ],
    [
      'a point on a face',
      true,
      [
        [1, 0.5, 0.5],
        [1, 0.5, 0.5],
        [1, 0.5, 0.5],
      ],
    ],
    [
      'a point outside',
      false,
      [
        [1, 0.5, 1.5],
        [1, 0.5, 1.5],
        [1, 0.5, 1.5],
      ],
    ],
  ])('%s: %s', (_, expected, corners) => {
    const far = corners.map((corner) => corner.map((value) => value + 4096)) as Corners;
    expect(test(unitBox, corners)).toBe(expected);
    expect(test(box([4096, 4096, 4096], [4097, 4097, 4097]), far)).toBe(expected);
  });

  it('touches exactly the triangles that clipping leaves a part of, for integers', () => {
    fc.assert(
      fc.property(cornersOf(smallInteger), boxOf(smallInteger), (corners, [min, max]) => {
        expect(test(box(min, max), corners)).toBe(meetsBox(corners, min, max));
      }),
      { numRuns: runs(5000, 20_000) },
    );
  });

  it('decides the same for integers at any offset and any power of two', () => {
    const move = fc.tuple(vectorOf(fc.integer({ min: -4000, max: 4000 })), fc.integer({ min: -80, max: 80 }));
    fc.assert(
      fc.property(cornersOf(smallInteger), boxOf(smallInteger), move, (corners, [min, max], [by, power]) => {
        const moved = (v: Vector) => v.map((value, d) => (value + by[d]!) * 2 ** power) as Vector;
        const expected = test(box(min, max), corners);
        expect(test(box(moved(min), moved(max)), corners.map(moved))).toBe(expected);
      }),
      RUNS,
    );
  });

  it('never misses a touching triangle, and finds no more than rounding explains', () => {
    const numbers = fc.oneof(real, real, fc.double({ min: -1e-3, max: 1e-3, noNaN: true }), smallInteger);
    fc.assert(
      fc.property(cornersOf(numbers), boxOf(numbers), (corners, [min, max]) => {
        if (!test(box(min, max), corners)) {
          expect(meetsBox(corners, min, max)).toBe(false);
        } else if (!meetsBox(corners, min, max)) {
          const wide = (v: Vector, by: number) => v.map((value) => value + by) as Vector;
          expect(meetsBox(corners, wide(min, -1e-6), wide(max, 1e-6))).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('has no point of a triangle in it that does not touch', () => {
    fc.assert(
      fc.property(cornersOf(real), boxOf(real), (corners, [min, max]) => {
        if (test(box(min, max), corners)) return;
        for (const shares of SHARES) {
          const point = mix(corners, shares);
          // A point is rounded itself.
          const inside = point.every((value, d) => value > min[d]! + 1e-12 && value < max[d]! - 1e-12);
          expect(inside).toBe(false);
        }
      }),
      RUNS,
    );
  });

  it('contains all corners of an inner triangle, also on its boundary', () => {
    fc.assert(
      fc.property(cornersOf(smallInteger), boxOf(smallInteger), (corners, [min, max]) => {
        const expected = corners.every((corner) => corner.every((v, d) => v >= min[d]! && v <= max[d]!));
        expect(test(box(min, max, false), corners)).toBe(expected);
      }),
      RUNS,
    );
  });

  it('touches if numbers are too small or too large to decide', () => {
    const tiny: Corners = [
      [3e-320, 0, 0],
      [0, 3e-320, 0],
      [0, 0, 3e-320],
    ];
    expect(test(box([0, 0, 0], [1e-320, 1e-320, 1e-320]), tiny)).toBe(true);
    const huge: Corners = [
      [3e300, 0, 0],
      [0, 3e300, 0],
      [0, 0, 3e300],
    ];
    expect(test(box([0, 0, 0], [1e300, 1e300, 1e300]), huge)).toBe(true);
  });
});

describe('a sphere', () => {
  it.each<[string, boolean, Corners]>([
    [
      'within the triangle',
      true,
      [
        [-20, -20, 5],
        [20, -20, 5],
        [0, 20, 5],
      ],
    ],
    [
      'past the triangle',
      false,
      [
        [-20, -20, 5.001],
        [20, -20, 5.001],
        [0, 20, 5.001],
      ],
    ],
    [
      'on an edge',
      true,
      [
        [-9, 3, 4],
        [9, 3, 4],
        [0, 9, 9],
      ],
    ],
    [
      'at a corner',
      true,
      [
        [3, 4, 0],
        [9, 9, 0],
        [9, 4, 9],
      ],
    ],
    [
      'a segment',
      true,
      [
        [-9, 3, 4],
        [9, 3, 4],
        [0, 3, 4],
      ],
    ],
    [
      'past a segment',
      false,
      [
        [-9, 3, 4.001],
        [9, 3, 4.001],
        [0, 3, 4.001],
      ],
    ],
    [
      'past the end of a segment',
      false,
      [
        [4, 3, 4],
        [9, 3, 4],
        [9, 3, 4],
      ],
    ],
    [
      'a point',
      true,
      [
        [0, -3, 4],
        [0, -3, 4],
        [0, -3, 4],
      ],
    ],
    [
      'a point outside',
      false,
      [
        [1, -3, 4],
        [1, -3, 4],
        [1, -3, 4],
      ],
    ],
    [
      'all around, but past it',
      false,
      [
        [8, 0, 0],
        [0, 8, 0],
        [0, 0, 20],
      ],
    ],
  ])('of radius 5 touches %s: %s', (_, expected, corners) => {
    expect(test(sphere([0, 0, 0], 5), corners)).toBe(expected);
    const far = corners.map((corner) => corner.map((value) => value + 4096)) as Corners;
    expect(test(sphere([4096, 4096, 4096], 5), far)).toBe(expected);
  });

  it('touches exactly the triangles whose closest point is inside, for integers', () => {
    const radius = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(cornersOf(smallInteger), vectorOf(smallInteger), radius, (corners, center, r) => {
        expect(test(sphere(center, r), corners)).toBe(meetsBall(corners, center, r));
      }),
      { numRuns: runs(5000, 20_000) },
    );
  });

  it('has no point of a triangle in it that does not touch', () => {
    const radius = fc.double({ min: 0, max: 10, noNaN: true });
    fc.assert(
      fc.property(cornersOf(real), vectorOf(real), radius, (corners, center, r) => {
        if (test(sphere(center, r), corners)) return;
        for (const shares of SHARES) {
          expect(Math.hypot(...minus(mix(corners, shares), center))).toBeGreaterThan(r - 1e-9);
        }
      }),
      RUNS,
    );
  });

  it('touches every triangle in which a descent finds an inner point', () => {
    const radius = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(cornersOf(real), vectorOf(real), radius, (corners, center, r) => {
        if (!test(sphere(center, r), corners)) return;
        // Frank and Wolfe: towards the corner that leads down the most, as far as that helps.
        let point = mix(corners, [1 / 3, 1 / 3, 1 / 3]);
        for (let step = 0; step < 3000; step++) {
          const away = minus(point, center);
          const to = corners.reduce((best, corner) => (dot(corner, away) < dot(best, away) ? corner : best));
          const way = minus(to, point);
          const length = dot(way, way);
          if (length === 0) break;
          const share = Math.min(1, Math.max(0, -dot(away, way) / length));
          point = point.map((value, d) => value + share * way[d]!) as Vector;
        }
        expect(Math.hypot(...minus(point, center))).toBeLessThan(r + 0.2);
      }),
      { numRuns: 300 },
    );
  });

  it('is correct for triangles of any thinness', () => {
    const thin = (height: number): Corners => [
      [-1000, height, 4],
      [1000, height, 4],
      [0.1, height * (1 + 1e-15), 4],
    ];
    for (const height of [1, 2, 3]) expect(test(sphere([0, 0, 0], 5), thin(height))).toBe(true);
    expect(test(sphere([0, 0, 0], 5), thin(3.0001))).toBe(false);
  });

  it('contains all corners of an inner triangle, also on its boundary', () => {
    expect(
      test(sphere([1, 1, 1], 5, false), [
        [4, 5, 1],
        [1, 4, 5],
        [1, 1, -4],
      ]),
    ).toBe(true);
    expect(
      test(sphere([1, 1, 1], 5, false), [
        [4, 5, 1],
        [1, 4, 5],
        [1, 1, -4.001],
      ]),
    ).toBe(false);
    expect(
      test(sphere([1, 1, 1], 0, false), [
        [1, 1, 1],
        [1, 1, 1],
        [1, 1, 1],
      ]),
    ).toBe(true);
  });
});

describe('a plane', () => {
  it('has corners on one side or the other', () => {
    const side = (touching: boolean) => plane([1, 2, -2], -3, touching);
    const above: Corners = [
      [3, 0, 0],
      [4, 0, 0],
      [1, 1, 0],
    ];
    const across: Corners = [
      [0, 0, 0],
      [3, 0, 0],
      [0, 0, 0],
    ];
    const below: Corners = [
      [0, 0, 0],
      [2.9, 0, 0],
      [0, 0, 5],
    ];
    expect([above, across, below].map((t) => test(side(false), t))).toEqual([true, false, false]);
    expect([above, across, below].map((t) => test(side(true), t))).toEqual([true, true, false]);
  });
});

describe('shapeBounds', () => {
  it('excludes nothing that matches the shape', () => {
    const numbers = fc.oneof(real, smallInteger);
    const shapes = fc.oneof(
      fc.tuple(boxOf(numbers), fc.boolean()).map(([[min, max], touching]) => box(min, max, touching)),
      fc
        .tuple(vectorOf(numbers), numbers, fc.boolean())
        .map(([center, radius, touching]) => sphere(center, Math.abs(radius), touching)),
    );
    fc.assert(
      fc.property(shapes, cornersOf(numbers), (shape, corners) => {
        const { min, max } = shapeBounds(shape)!;
        const meets = [0, 1, 2].every((d) => {
          const values = corners.map((corner) => corner[d]!);
          return Math.max(...values) >= min[d]! && Math.min(...values) <= max[d]!;
        });
        if (!meets) expect(test(shape, corners)).toBe(false);
      }),
      RUNS,
    );
  });

  it('contains the outermost points of a sphere, and is hardly wider', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (x, r) => {
          const { min, max } = shapeBounds(sphere([x, 0, 0], r))!;
          for (const [at, out] of [
            [x - r, min[0]],
            [x + r, max[0]],
          ] as const) {
            expect(Math.abs(out - x)).toBeGreaterThanOrEqual(Math.abs(at - x));
            expect(Math.abs(out - at)).toBeLessThanOrEqual(2e-15 * (Math.abs(x) + r) + 1e-150);
          }
        },
      ),
    );
  });

  it('has room for squares that are too small for a float64', () => {
    const point: Vector = [-5e-324, 0, 4];
    expect(test(sphere([0, 0, 4], 0, false), [point, point, point])).toBe(true);
    expect(shapeBounds(sphere([0, 0, 4], 0))!.min[0]).toBeLessThan(point[0]);
  });

  it('gives none for a plane', () => {
    expect(shapeBounds(plane([0, 0, 1], 0))).toBeUndefined();
  });
});

describe('shapes as text', () => {
  it('are read', () => {
    expect(parseBox('0,-1,2, 3,4e1,.5e1')).toEqual(box([0, -1, 2], [3, 40, 5], false));
    expect(parseBox('1,1,1,1,1,1')).toEqual(box([1, 1, 1], [1, 1, 1], false));
    expect(parseSphere('1,2,3,0')).toEqual(sphere([1, 2, 3], 0, false));
    expect(parsePlane('0,0,-1,5')).toEqual(plane([0, 0, -1], 5, false));
  });

  it.each([
    [parseBox, '1,2,3', '3 numbers; expected 6 numbers: x0,y0,z0,x1,y1,z1'],
    [parseBox, '', '0 numbers; expected 6 numbers: x0,y0,z0,x1,y1,z1'],
    [parseBox, '0,0,0,1,one,1', "'one' is not a decimal number; expected 6 numbers: x0,y0,z0,x1,y1,z1"],
    [
      parseBox,
      '0,2,0,1,-1,1',
      'the box ends before it begins in y, from 2 to -1; expected the lower corner first',
    ],
    [parseSphere, '0,0,0', '3 numbers; expected 4 numbers: x,y,z,r'],
    [parseSphere, '0,0,0,-1', 'a sphere with the radius -1; expected 0 or more'],
    [parsePlane, '0,0,1', '3 numbers; expected 4 numbers: a,b,c,d'],
    [
      parsePlane,
      '0,-0,0,1',
      'a plane with the normal 0,0,0; expected a,b,c,d with one of a, b, c other than 0',
    ],
  ])('%o refuses %s', (parse, text, message) => {
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(UsageError);
  });
});

describe('checkShape', () => {
  it('accepts parsed shapes', () => {
    checkShape(parseBox('1,1,1,1,1,1'));
    checkShape(parseSphere('1,2,3,0'));
    checkShape(parsePlane('0,0,-1,5'));
  });

  it.each([
    [box([0, 0, Number.NaN], [1, 1, 1]), 'a box of 0,0,NaN,1,1,1; expected 6 finite numbers'],
    [box([0, 0, 2], [1, 1, 1]), 'the box ends before it begins in z, from 2 to 1'],
    [sphere([0, 0, 0], -1), 'a sphere with the radius -1; expected 0 or more'],
    [plane([0, 0, 0], 1), 'a plane with the normal 0,0,0; expected'],
    [{ kind: 'cone' } as unknown as Shape, 'an unknown shape; expected a box, a sphere or a plane'],
  ])('refuses %j', (shape, message) => {
    expect(() => checkShape(shape)).toThrow(message);
  });
});
