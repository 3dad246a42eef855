import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoxTree } from '../../src/geometry/box-tree.js';
import { point } from '../support/any-shell.js';

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
