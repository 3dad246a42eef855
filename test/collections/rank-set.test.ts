import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBits, RankSet } from '../../src/collections/rank-set.js';

describe('a rank set', () => {
  it('counts the smaller members, added in any order, wherever its range begins', () => {
    const range = 1000;
    const members = fc.uniqueArray(fc.nat(range - 1));
    fc.assert(
      fc.property(members, fc.constantFrom(0, 7, 2 ** 31 - 500, 2 ** 40), (some, low) => {
        const arena = new ArrayBuffer(1024);
        expect(RankSet.rangeOf(arena.byteLength)).toBeGreaterThanOrEqual(range);
        const set = new RankSet(arena, low, range);
        for (const member of some) set.add(low + member);
        set.seal();
        expect(set.size).toBe(some.length);
        for (let number = 0; number < range; number++) {
          expect(set.rank(low + number)).toBe(some.filter((member) => member < number).length);
        }
      }),
      { numRuns: 30, seed: 5 },
    );
  });

  it('clears the memory it is given, and has a range that fits it', () => {
    const arena = new ArrayBuffer(64);
    new Int32Array(arena).fill(-1);
    const range = RankSet.rangeOf(arena.byteLength);
    expect(range).toBe(4 * 96);
    const set = new RankSet(arena, 0, range);
    set.add(range - 1);
    set.seal();
    expect([set.rank(0), set.rank(range - 1), set.size]).toEqual([0, 0, 1]);
    expect(RankSet.rangeOf(2 ** 40)).toBeLessThanOrEqual(2 ** 31);
  });

  it.each([
    [0, 0],
    [-1, 32],
    [0x80000001 | 0, 2],
  ])('counts the bits of %i', (word, bits) => {
    expect(countBits(word)).toBe(bits);
  });
});
