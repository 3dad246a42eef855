import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowCache, type RowSource } from '../../src/collections/row-cache.js';

/** Rows (7 x row, 7 x row + 1); counts how often blocks are loaded. */
class Sevens implements RowSource {
  readonly width = 2;
  loads = 0;

  constructor(readonly count: number) {}

  load(first: number, count: number, target: Float64Array): void {
    this.loads++;
    expect(target.length).toBe(2 * count);
    for (let k = 0; k < count; k++) target.set([7 * (first + k), 7 * (first + k) + 1], 2 * k);
  }
}

const BLOCK_BYTES = 256 * 2 * 8 + 8;

describe('RowCache', () => {
  it('finds every row, in any order and memory', () => {
    const lists = fc.array(fc.nat(2999), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), lists, fc.nat(20), (count, asked, blocks) => {
        const cache = new RowCache(new Sevens(count), blocks * BLOCK_BYTES);
        for (const row of asked.map((number) => number % count)) {
          const at = cache.locate(row);
          expect([cache.values[at], cache.values[at + 1]]).toEqual([7 * row, 7 * row + 1]);
        }
      }),
    );
  });

  it('loads each block once if rows are requested in order', () => {
    const source = new Sevens(3000 * 256);
    const cache = new RowCache(source, 5000 * BLOCK_BYTES);
    for (let row = 0; row < source.count; row++) cache.locate(row);
    expect(source.loads).toBe(3000);
  });

  it('uses all its memory if rows are requested repeatedly', () => {
    const source = new Sevens(3000 * 256);
    const cache = new RowCache(source, 5000 * BLOCK_BYTES);
    for (let round = 0; round < 10; round++) for (let k = 0; k < 3000; k++) cache.locate(256 * k);
    const loads = source.loads;
    for (let k = 0; k < 3000; k++) {
      const at = cache.locate(256 * k);
      expect(cache.values[at]).toBe(7 * 256 * k);
    }
    expect(source.loads).toBe(loads);
  });

  it('stays within its memory', () => {
    const source = new Sevens(3000 * 256);
    const cache = new RowCache(source, 100 * BLOCK_BYTES);
    expect(cache.values.byteLength).toBeLessThanOrEqual(100 * BLOCK_BYTES);
    for (let round = 0; round < 3; round++) for (let k = 0; k < 3000; k++) cache.locate(256 * k);
    expect(source.loads).toBe(9000);
  });
});
