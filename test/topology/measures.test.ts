import { describe, expect, it } from 'vitest';
import { Measures } from '../../src/topology/measures.js';
import { makeBoxShell, type Triangle, turnShell } from '../support/shells.js';

function measure(triangles: readonly Triangle[], origin: readonly [number, number, number] = [0, 0, 0]) {
  const measures = new Measures(origin);
  for (const triangle of triangles) measures.add(Float64Array.from(triangle.flat()));
  return measures;
}

const box = makeBoxShell([1, 1, 1], [3, 4, 5]);

describe('Measures', () => {
  it('sums up the area and the volume of a box, from any origin', () => {
    for (const origin of [
      [0, 0, 0],
      [2, 2, 2],
      [-100, 7, 3],
    ] as const) {
      const measures = measure(box, origin);
      expect(measures.area).toBeCloseTo(2 * (2 * 3 + 3 * 4 + 2 * 4), 12);
      expect(measures.volume).toBeCloseTo(24, 9);
    }
  });

  it('gives a shell that is inside out a negative volume', () => {
    expect(measure(turnShell(box)).volume).toBeCloseTo(-24, 12);
  });

  it('measures an open surface from the point 0 0 0, whatever the origin', () => {
    const open = box.slice(1);
    const expected = measure(open).volume;
    expect(measure(open, [-100, 7, 3]).volume).not.toBeCloseTo(expected, 3);
    expect(measure(open, [-100, 7, 3]).volumeFromZero).toBeCloseTo(expected, 9);
  });

  it('does not lose small triangles among large ones', () => {
    const measures = new Measures([0, 0, 0]);
    measures.add(Float64Array.of(0, 0, 0, 2e8, 0, 0, 0, 1e8, 0));
    for (let k = 0; k < 1000; k++) measures.add(Float64Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0));
    expect(measures.area).toBe(1e16 + 500);
  });
});
