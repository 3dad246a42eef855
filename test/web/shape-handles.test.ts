/** Outlines and handles of shapes. */
import { describe, expect, it } from 'vitest';
import type { Shape } from '../../src/geometry/shapes.js';
import { rounderFor } from '../../web/filter/filter-parts.js';
import { handlesOf, outlineOf } from '../../web/filter/shape-handles.js';

const BOUNDS = { min: [0, 0, 0], max: [10, 10, 10] } as const;
const box: Shape = { kind: 'box', min: [1, 2, 3], max: [4, 6, 8], touching: false };
const sphere: Shape = { kind: 'sphere', center: [1, 2, 3], radius: 2, touching: true };
const plane: Shape = { kind: 'plane', normal: [0, 0, 2], offset: -8, touching: false };

const handleOf = (shape: Shape, key: string) => handlesOf(shape, BOUNDS).find((one) => one.key === key)!;

describe('outlines', () => {
  it('of a box are its twelve edges', () => {
    const edges = outlineOf(box, BOUNDS).map((line) => JSON.stringify(line));
    expect(new Set(edges).size).toBe(12);
    for (const [from, to] of outlineOf(box, BOUNDS)) {
      const changed = [0, 1, 2].filter((axis) => from![axis] !== to![axis]);
      expect(changed).toHaveLength(1);
      for (const point of [from!, to!])
        for (const axis of [0, 1, 2]) expect([box.min[axis], box.max[axis]]).toContain(point[axis]);
    }
  });

  it('of a sphere and of a plane lie on them', () => {
    for (const [x, y, z] of outlineOf(sphere, BOUNDS).flat())
      expect(Math.hypot(x - 1, y - 2, z - 3)).toBeCloseTo(2);
    const [square] = outlineOf({ ...plane, normal: [1, 2, 3], offset: -20 } as Shape, BOUNDS);
    for (const [x, y, z] of square!) expect(x + 2 * y + 3 * z - 20).toBeCloseTo(0);
  });
});

describe('handles', () => {
  it('move a box, and each of its sides up to the other one', () => {
    expect(handleOf(box, 'center').move([1, 1, 1])).toMatchObject({ min: [2, 3, 4], max: [5, 7, 9] });
    expect(handleOf(box, 'xmax')).toMatchObject({ at: [4, 4, 5.5], axis: [1, 0, 0] });
    expect(handleOf(box, 'xmax').move([2, 9, 9])).toMatchObject({ min: [1, 2, 3], max: [6, 6, 8] });
    expect(handleOf(box, 'xmax').move([-9, 0, 0])).toMatchObject({ min: [1, 2, 3], max: [1, 6, 8] });
    expect(handleOf(box, 'zmin').move([0, 0, 99])).toMatchObject({ min: [1, 2, 8], max: [4, 6, 8] });
  });

  it('move and scale a sphere, and move a plane along its normal', () => {
    expect(handleOf(sphere, 'center').move([1, 0, 0])).toMatchObject({ center: [2, 2, 3], radius: 2 });
    expect(handleOf(sphere, 'radius').move([-5, 0, 0])).toMatchObject({ radius: 0 });
    const { at, move } = handleOf(plane, 'offset');
    expect(at).toEqual([5, 5, 4]);
    // At z = 5 the plane is 2 z - 10.
    expect(move([3, 0, 1])).toMatchObject({ normal: [0, 0, 2], offset: -10 });
  });

  it('round to what a hand can do', () => {
    expect(rounderFor(62.7)(0.00003004)).toBe(0);
    expect(rounderFor(62.7)(15.678912)).toBe(15.6789);
    expect(rounderFor(2e6)(1234567.8)).toBe(1234570);
    expect(rounderFor(0)(0.5)).toBe(0.5);
  });
});
