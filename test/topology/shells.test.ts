import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoxTree } from '../../src/geometry/box-tree.js';
import { crossRay, missesColumn, ON_TRIANGLE } from '../../src/geometry/ray-crossing.js';
import { ShellNesting } from '../../src/topology/shell-nesting.js';
import { ShellTable } from '../../src/topology/shell-table.js';
import { type ShellVerdict, ShellVerdicts } from '../../src/topology/shell-verdicts.js';
import {
  makeBoxShell,
  makeOctahedron,
  makeTetrahedron,
  type Point,
  sixVolumes,
  type Triangle,
  turnShell,
  windingOf,
} from '../support/shells.js';

type Shell = readonly Triangle[];

/** Integers after one another, so close that float64 has nothing between them, and integers as they are. */
const SCALES: readonly ((value: number) => number)[] = [(value) => value, (value) => 1 + value * 2 ** -52];

function judge(shells: readonly Shell[], pairsMax = 1000) {
  const table = new ShellTable(shells.length, new ArrayBuffer(ShellTable.SHELL_BYTES * shells.length));
  const each = (take: (shell: number, triangle: number, t: Float64Array) => void) => {
    let id = 0;
    for (const [shell, triangles] of shells.entries()) {
      for (const triangle of triangles) take(shell, id++, Float64Array.from(triangle.flat()));
    }
  };
  each((shell, id, t) => table.add(shell, id, t));
  const nesting = ShellNesting.find(table, pairsMax);
  if (nesting === undefined) return undefined;
  each((shell, _, t) => {
    if (nesting.isOuter[shell] === 1) nesting.look(shell, t);
  });
  const verdicts = new ShellVerdicts(table, nesting);
  return { table, nesting, verdicts, list: shells.map((_, shell) => verdicts.of(shell)) };
}

const coordinate = fc.integer({ min: 0, max: 6 });
const point = fc.tuple(coordinate, coordinate, coordinate);
const box = fc.tuple(point, point).map(([a, b]) => {
  const low = a.map((value, d) => Math.min(value, b[d]!)) as unknown as Point;
  const high = a.map((value, d) => Math.max(value, b[d]!) + 1) as unknown as Point;
  return makeBoxShell(low, high);
});
const octahedron = fc.tuple(point, fc.integer({ min: 1, max: 4 })).map(([at, r]) => makeOctahedron(at, r));
const tetrahedron = fc
  .tuple(point, point, point, point)
  .map(makeTetrahedron)
  .filter((shell) => sixVolumes(shell) !== 0);
const concentric = fc
  .integer({ min: 0, max: 3 })
  .map((k) => makeBoxShell([k - 1, k - 1, k - 1], [8 - k, 8 - k, 8 - k]));
const shell: fc.Arbitrary<Shell> = fc
  .tuple(fc.oneof(box, octahedron, tetrahedron, concentric), fc.boolean())
  .map(([triangles, isTurned]) => (isTurned ? turnShell(triangles) : triangles));

describe('a ray', () => {
  it('tells where a point is, also through edges, corners and upright triangles', () => {
    const seen = { on: 0, inside: 0, outside: 0 };
    fc.assert(
      fc.property(shell, point, fc.constantFrom(...SCALES), (triangles, p, scale) => {
        let winding = 0;
        let isOn = false;
        for (const triangle of triangles) {
          const t = Float64Array.from(triangle.flat(), scale);
          const crossing = crossRay(Float64Array.from(p, scale), 0, t);
          if (crossing === ON_TRIANGLE) isOn = true;
          else winding += crossing;
        }
        const expected = windingOf(triangles, p);
        expect(isOn ? 'on' : winding).toBe(expected);
        seen[expected === 'on' ? 'on' : expected === 0 ? 'outside' : 'inside']++;
      }),
      { numRuns: 3000 },
    );
    for (const [place, count] of Object.entries(seen)) expect(count, place).toBeGreaterThan(20);
  });
});

describe('a column of rays', () => {
  it('misses a triangle only if each of its rays does', () => {
    const seen = { missed: 0, met: 0 };
    fc.assert(
      fc.property(point, point, point, point, point, (a, b, c, p, q) => {
        const t = Float64Array.from([a, b, c].flat());
        const [x0, x1] = [Math.min(p[0], q[0]), Math.max(p[0], q[0])];
        const [y0, y1] = [Math.min(p[1], q[1]), Math.max(p[1], q[1])];
        const crossings: number[] = [];
        for (let x = x0; x <= x1; x++) {
          for (let y = y0; y <= y1; y++) {
            for (let z = -1; z <= 7; z++) crossings.push(crossRay(Float64Array.of(x, y, z), 0, t));
          }
        }
        const isMissed = missesColumn(t, x0, y0, x1, y1);
        if (isMissed) expect(crossings.every((crossing) => crossing === 0)).toBe(true);
        seen[isMissed ? 'missed' : 'met']++;
      }),
      { numRuns: 1000 },
    );
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(100);
  });
});

describe('a tree of boxes', () => {
  it('finds the boxes around a box and those that meet it', () => {
    const boxes = fc.array(fc.tuple(point, point), { minLength: 1, maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(boxes, (pairs) => {
        const corner = (pick: (a: number, b: number) => number) =>
          Float64Array.from(pairs.flatMap(([a, b]) => a.map((value, d) => pick(value, b[d]!))));
        const [lows, highs] = [corner(Math.min), corner(Math.max)];
        const tree = new BoxTree(
          lows,
          highs,
          Int32Array.from(pairs, (_, k) => k),
        );
        const [x0, y0, z0] = lows;
        const [x1, y1, z1] = highs;
        const found: number[][] = [[], []];
        tree.visit(x0!, y0!, z0!, x1!, y1!, z1!, (item) => found[0]!.push(item));
        tree.visit(x1!, y1!, z1!, x0!, y0!, z0!, (item) => found[1]!.push(item));
        const every = (isSo: (d: number, at: number) => boolean) =>
          pairs.flatMap((_, k) => ([0, 1, 2].every((d) => isSo(d, 3 * k + d)) ? [k] : []));
        expect(found.map((list) => list.sort((a, b) => a - b))).toEqual([
          every((d, at) => lows[at]! <= lows[d]! && highs[at]! >= highs[d]!),
          every((d, at) => lows[at]! <= highs[d]! && highs[at]! >= lows[d]!),
        ]);
      }),
      { numRuns: 300 },
    );
  });
});

/** The verdicts as docs/check.md has them, from winding numbers of all vertices that are tested. */
function judgePlainly(shells: readonly Shell[]): ShellVerdict[] {
  const corners = shells.map((triangles) =>
    triangles.flat().sort((p, q) => p[0] - q[0] || p[1] - q[1] || p[2] - q[2]),
  );
  const bound = (k: number, d: number, pick: (...values: number[]) => number) =>
    pick(...corners[k]!.map((corner) => corner[d]!));
  const isBoxIn = (inner: number, outer: number) =>
    [0, 1, 2].every(
      (d) =>
        bound(inner, d, Math.min) >= bound(outer, d, Math.min) &&
        bound(inner, d, Math.max) <= bound(outer, d, Math.max),
    );
  const places = shells.map((_, inner) =>
    shells.map((triangles, outer) => {
      if (inner === outer || !isBoxIn(inner, outer)) return 'outside';
      const tested = [corners[inner]![0]!, corners[inner]!.at(-1)!].map((p) => windingOf(triangles, p));
      const off = tested.filter((winding) => winding !== 'on');
      if (off.length === 0) return 'touching';
      if (off.every((winding) => winding !== 0)) return 'inside';
      return off.every((winding) => winding === 0) ? 'outside' : 'crossing';
    }),
  );
  const around = places.map((row) => row.flatMap((place, outer) => (place === 'inside' ? [outer] : [])));
  const order = shells.map((_, k) => k).sort((p, q) => around[p]!.length - around[q]!.length || p - q);
  const sides = shells.map(() => 0);
  const verdicts: ShellVerdict[] = [];
  for (const k of order) {
    const side = Math.sign(sixVolumes(shells[k]!));
    const winding = around[k]!.reduce((sum, outer) => sum + sides[outer]!, 0);
    const parent = [...around[k]!].sort((p, q) => around[q]!.length - around[p]!.length || p - q)[0];
    sides[k] = side;
    if (places[k]!.includes('crossing')) verdicts[k] = 'crossing';
    else if (places[k]!.includes('touching')) verdicts[k] = 'unjudged';
    else if (winding === 0 && side === 1) verdicts[k] = 'outward';
    else if (winding === 1 && side === -1) verdicts[k] = 'cavity';
    else if (
      [0, 1].includes(winding) &&
      [0, 1].includes(winding - side) &&
      (parent === undefined || verdicts[parent] === 'insideOut')
    ) {
      verdicts[k] = 'insideOut';
      sides[k] = -side;
    } else verdicts[k] = 'nestedWrongly';
  }
  return verdicts;
}

describe('verdicts', () => {
  const cube = (low: number, high: number, x = 0) =>
    makeBoxShell([x + low, low, low], [x + high, high, high]);
  const hole = (low: number, high: number, x = 0) => turnShell(cube(low, high, x));

  it.each([
    ['a body', [cube(0, 9)], ['outward']],
    ['a body inside out', [hole(0, 9)], ['insideOut']],
    ['two bodies inside out', [hole(0, 9), hole(0, 9, 10)], ['insideOut', 'insideOut']],
    ['a cavity', [hole(1, 8), cube(0, 9)], ['cavity', 'outward']],
    ['a body in a cavity', [cube(0, 9), hole(1, 8), cube(2, 7)], ['outward', 'cavity', 'outward']],
    ['a body in a body', [cube(0, 9), cube(1, 8)], ['outward', 'nestedWrongly']],
    [
      'three bodies in each other',
      [cube(0, 9), cube(1, 8), cube(2, 7)],
      ['outward', 'nestedWrongly', 'nestedWrongly'],
    ],
    ['a cavity in a cavity', [cube(0, 9), hole(1, 8), hole(2, 7)], ['outward', 'cavity', 'nestedWrongly']],
    ['a hollow body inside out', [hole(0, 9), cube(1, 8)], ['insideOut', 'insideOut']],
    ['a hollow body, only its outside inside out', [hole(0, 9), hole(1, 8)], ['insideOut', 'cavity']],
    [
      'a body in a hollow body, all inside out',
      [hole(0, 9), cube(1, 8), hole(2, 7)],
      ['insideOut', 'insideOut', 'insideOut'],
    ],
    [
      'a cavity of a body in a body',
      [cube(0, 9), cube(1, 8), hole(2, 7)],
      ['outward', 'nestedWrongly', 'nestedWrongly'],
    ],
    ['two cavities side by side', [cube(0, 9), hole(1, 4), hole(5, 8)], ['outward', 'cavity', 'cavity']],
    ['a cavity that touches the outside', [cube(0, 9), hole(0, 4)], ['outward', 'cavity']],
    [
      'a body between two sides of another one',
      [makeBoxShell([0, 0, 0], [9, 1, 9]), makeBoxShell([0, 0, 0], [9, 1, 2])],
      ['outward', 'unjudged'],
    ],
    [
      'a flat body',
      [
        [
          [
            [0, 0, 0],
            [1, 0, 0],
            [0, 1, 0],
          ],
          [
            [0, 0, 0],
            [0, 1, 0],
            [1, 0, 0],
          ],
        ],
      ],
      ['flat'],
    ],
    ['a body out of range', [makeBoxShell([0, 0, 0], [1e200, 1e200, 1e200])], ['unjudged']],
  ] as readonly (readonly [string, readonly Shell[], readonly ShellVerdict[]])[])(
    '%s',
    (_, shells, expected) => {
      expect(judge(shells)!.list).toEqual(expected);
    },
  );

  it('an octahedron whose tip reaches out of a tetrahedron crosses it', () => {
    const outer = makeTetrahedron([
      [0, 0, 0],
      [0, 8, 0],
      [8, 0, 0],
      [0, 0, 8],
    ]);
    const side = Math.sign(sixVolumes(outer));
    const shells = [side > 0 ? outer : turnShell(outer), makeOctahedron([3, 3, 3], 2)];
    expect(judge(shells)!.list).toEqual(['outward', 'crossing']);
  });

  it('tell depths and the shells around', () => {
    const { verdicts, table } = judge([cube(2, 7), cube(0, 9), hole(1, 8)])!;
    expect([0, 1, 2].map((k) => verdicts.depthOf(k))).toEqual([2, 0, 1]);
    expect([0, 1, 2].map((k) => verdicts.parentOf(k))).toEqual([2, undefined, 1]);
    expect([0, 1, 2].map((k) => table.volumeOf(k))).toEqual([125, 729, -343]);
    expect(table.boundsOf(2)).toEqual({ min: [1, 1, 1], max: [8, 8, 8] });
  });

  it('are not given where there are more pairs than allowed', () => {
    const shells = [cube(0, 9), hole(1, 8), cube(2, 7)];
    expect(judge(shells, 2)).toBeUndefined();
    expect(judge(shells, 3)!.nesting.pairs).toBe(3);
  });

  it('are those of a plain program for shells that nest, touch and cross', () => {
    const seen = new Map<ShellVerdict, number>();
    const meshes = fc.array(shell, { minLength: 1, maxLength: 8, size: 'max' });
    fc.assert(
      fc.property(meshes, fc.constantFrom(...SCALES), (shells, scale) => {
        const expected = judgePlainly(shells);
        const scaled = shells.map((triangles) =>
          triangles.map((corners) => corners.map((p) => p.map(scale)) as unknown as Triangle),
        );
        expect(judge(scaled)!.list).toEqual(expected);
        for (const verdict of expected) seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
      }),
      { numRuns: 1000 },
    );
    for (const verdict of [
      'outward',
      'cavity',
      'insideOut',
      'nestedWrongly',
      'crossing',
      'unjudged',
    ] as const) {
      expect(seen.get(verdict), verdict).toBeGreaterThan(5);
    }
  });
});
