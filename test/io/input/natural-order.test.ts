import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNatural } from '../../../src/io/input/natural-order.js';

/** Paths that collide often: few characters, digits and slashes among them. */
const path = fc.string({ unit: fc.constantFrom('0', '1', '2', 'a', 'B', '.', '-', '/'), maxLength: 8 });

describe('compareNatural', () => {
  it('counts digits as numbers', () => {
    const sorted = [
      'tile.stl',
      'tile01.stl',
      'tile1.stl',
      'tile2.stl',
      'tile10.stl',
      'tile10b.stl',
      'tile100.stl',
    ];
    expect([...sorted].reverse().sort(compareNatural)).toEqual(sorted);
    const long = ['9'.repeat(40), `1${'0'.repeat(40)}`, `1${'0'.repeat(39)}1`];
    expect([...long].reverse().sort(compareNatural)).toEqual(long);
  });

  it('keeps the files of a folder together', () => {
    const sorted = ['a/2', 'a/10', 'a-b/1', 'a2/1', 'a10/1', 'b/1'];
    expect([...sorted].reverse().sort(compareNatural)).toEqual(sorted);
  });

  it('is a total order', () => {
    fc.assert(
      fc.property(path, path, path, (a, b, c) => {
        expect(Math.sign(compareNatural(a, b))).toBe(-Math.sign(compareNatural(b, a)) + 0);
        expect(compareNatural(a, b) === 0).toBe(a === b);
        if (compareNatural(a, b) < 0 && compareNatural(b, c) < 0)
          expect(compareNatural(a, c)).toBeLessThan(0);
      }),
    );
  });
});
