import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Distribution } from '../../src/topology/distribution.js';

function distribute(numbers: readonly number[]): Distribution {
  const distribution = new Distribution();
  for (const number of numbers) distribution.add(number);
  return distribution;
}

describe('Distribution', () => {
  it('counts each number in the row that it belongs to', () => {
    const number = fc.oneof(fc.double({ min: 0, noNaN: true }), fc.double({ min: 1, max: 3, noNaN: true }));
    fc.assert(
      fc.property(fc.array(number, { maxLength: 50 }), fc.integer({ min: 1, max: 15 }), (numbers, most) => {
        const distribution = distribute(numbers);
        const rows = distribution.rows(most);
        expect(distribution.zeros).toBe(numbers.filter((one) => one === 0).length);
        // What has overflowed is beyond all rows that have an end.
        const isIn = (one: number, { from, to }: { from: number; to: number }) =>
          one > 0 && one >= from && (one < to || to === Number.POSITIVE_INFINITY);
        for (const row of rows) expect(row.count).toBe(numbers.filter((one) => isIn(one, row)).length);
        const positive = numbers.filter((one) => one > 0).length;
        expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(positive);
        for (const [k, row] of rows.slice(1).entries()) expect(row.from).toBe(rows[k]!.to);
        expect(rows.length).toBeLessThanOrEqual(most + 2);
      }),
    );
  });

  it('does not stretch rows to a few outliers', () => {
    const numbers = [1e-30, ...Array.from({ length: 2000 }, (_, k) => 1 + k / 2000), 1e30];
    const rows = distribute(numbers).rows(8);
    expect(rows[0]).toEqual({ from: 0, to: 1, count: 1 });
    expect(rows.at(-1)).toEqual({ from: 2, to: Number.POSITIVE_INFINITY, count: 1 });
    expect(rows.slice(1, -1).map(({ from }) => from)).toEqual([
      1, 1.125, 1.25, 1.375, 1.5, 1.625, 1.75, 1.875,
    ]);
    for (const { count } of rows.slice(1, -1)) expect(count).toBe(250);
  });

  it('has no rows for nothing', () => {
    expect(distribute([]).rows(5)).toEqual([]);
    expect(distribute([0, 0]).rows(5)).toEqual([]);
  });
});
