import { describe, expect, it } from 'vitest';
import { MissWatch } from '../../../src/pipeline/run/miss-watch.js';

const ROWS = 2 ** 16;

describe('MissWatch', () => {
  it('reports many misses once it has seen enough triangles', () => {
    const watch = new MissWatch(1e6, 1e6);
    expect(watch.isTooMuch(ROWS - 1, ROWS)).toBe(false);
    expect(watch.isTooMuch(1, 0)).toBe(true);
  });

  it('judges each stretch of triangles on its own', () => {
    const watch = new MissWatch(1e6, 1e6);
    expect(watch.isTooMuch(ROWS, 0)).toBe(false);
    expect(watch.isTooMuch(ROWS, 0.1 * ROWS)).toBe(true);
    expect(watch.isTooMuch(ROWS, 0.01 * ROWS)).toBe(false);
  });

  it('never reports misses for few triangles of a large mesh', () => {
    expect(new MissWatch(1000, 1e7).isTooMuch(ROWS, ROWS)).toBe(false);
  });
});
