/** Covers: topology/shell-nesting, topology/shell-table. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShellNesting } from '../../src/topology/shell-nesting.js';
import { ShellTable } from '../../src/topology/shell-table.js';
import { type ShellVerdict, ShellVerdicts } from '../../src/topology/shell-verdicts.js';
import { SCALES, type Shell, shell } from '../support/any-shell.js';
import {
  makeBoxShell,
  makeOctahedron,
  makeTetrahedron,
  sixVolumes,
  type Triangle,
  turnShell,
  windingOf,
} from '../support/shells.js';

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

  it('detect an octahedron whose tip crosses a tetrahedron', () => {
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

  it('give the depth and the shells around', () => {
    const { verdicts, table } = judge([cube(2, 7), cube(0, 9), hole(1, 8)])!;
    expect([0, 1, 2].map((k) => verdicts.depthOf(k))).toEqual([2, 0, 1]);
    expect([0, 1, 2].map((k) => verdicts.parentOf(k))).toEqual([2, undefined, 1]);
    expect([0, 1, 2].map((k) => table.volumeOf(k))).toEqual([125, 729, -343]);
    expect(table.boundsOf(2)).toEqual({ min: [1, 1, 1], max: [8, 8, 8] });
  });

  it('are not given if there are more pairs than allowed', () => {
    const shells = [cube(0, 9), hole(1, 8), cube(2, 7)];
    expect(judge(shells, 2)).toBeUndefined();
    expect(judge(shells, 3)!.nesting.pairs).toBe(3);
  });

  it('agree with a plain program for shells that nest, touch and cross', () => {
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
      { numRuns: 1000, seed: 47 },
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
