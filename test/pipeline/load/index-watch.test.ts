import { describe, expect, it } from 'vitest';
import { IndexWatch } from '../../../src/pipeline/load/index-watch.js';

/** What the files of an import of 1,000 vertices hold, one moment after the other. */
function watch(moments: readonly (readonly [database: number, unnamed: number])[]): number[] {
  let moment = 0;
  const sizes = { database: () => moments[moment]![0], unnamed: () => moments[moment]![1] };
  const watching = new IndexWatch('', 1000, sizes);
  return moments.slice(1).map((_, k) => {
    moment = k + 1;
    return watching.share();
  });
}

describe('the progress of a unique index', () => {
  it('grows with the sorted bytes, then with the written ones', () => {
    const shares = watch([
      [90_000, 500],
      [90_000, 500],
      [90_000, 18_000],
      [90_100, 36_000],
      [107_500, 60_000],
      [125_000, 60_000],
    ]);
    expect(shares).toEqual([0, 0.35, expect.closeTo(0.7, 2), expect.closeTo(0.85), 0.99]);
  });

  it('detects the end of sorting even if its files are not seen', () => {
    const shares = watch([
      [0, 0],
      [0, 0],
      [17_500, 0],
      [34_000, 0],
    ]);
    expect(shares).toEqual([0, expect.closeTo(0.85), expect.closeTo(0.99, 2)]);
  });

  it('never goes back, and stays below 1', () => {
    const shares = watch([
      [0, 0],
      [0, 35_000],
      [0, 10_000],
      [99_000, 99_000],
    ]);
    expect(shares).toEqual([0.7, 0.7, 0.99]);
  });
});
