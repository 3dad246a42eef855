import { describe, expect, it } from 'vitest';
import { DensityViews } from '../../src/topology/density.js';

describe('DensityViews', () => {
  it('counts every vertex once in each view, where it stands', () => {
    const density = new DensityViews({ min: [0, 0, 0], max: [4, 2, 1] });
    density.take({ count: 3, positions: Float64Array.of(0, 0, 0, 4, 2, 1, 1, 1, 0.5) });
    const [above, front, right] = density.views;
    expect([above, front, right].map((view) => [view!.columns, view!.rows])).toEqual([
      [160, 80],
      [160, 40],
      [80, 40],
    ]);
    for (const { counts } of density.views) expect(counts.reduce((sum, count) => sum + count)).toBe(3);
    expect(above!.counts[0]).toBe(1);
    expect(above!.counts.at(-1)).toBe(1);
    expect(above!.counts[40 * 160 + 40]).toBe(1);
    expect(right!.counts[20 * 80 + 40]).toBe(1);
  });

  it.each([
    ['one point', [1, 2, 3], [1, 2, 3]],
    ['the largest box', [-1.7e308, 0, 0], [1.7e308, 0, 0]],
    ['the smallest box', [0, 0, 0], [5e-324, 0, 0]],
  ] as const)('has cells for %s', (_, min, max) => {
    const density = new DensityViews({ min, max });
    density.take({ count: 2, positions: Float64Array.of(...min, ...max) });
    for (const { counts } of density.views) expect(counts.reduce((sum, count) => sum + count)).toBe(2);
  });
});
