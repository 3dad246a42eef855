import { describe, expect, it } from 'vitest';
import type { Vector } from '../../src/geometry/numbers.js';
import { Aim, type Camera, VIEWS, type ViewName } from '../../src/render/camera.js';

const NAMES = Object.keys(VIEWS) as ViewName[];

/** Vertices that a linear congruential generator gives, in a box away from the origin. */
function makeVertices(count: number, [dx, dy, dz]: Vector): Float64Array {
  let state = 5;
  const sizes = [dx, dy, dz];
  return Float64Array.from({ length: 3 * count }, (_, k) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 1e5 + sizes[k % 3]! * (state / 2 ** 32);
  });
}

function aim(positions: Float64Array, view: ViewName | Vector, up: 'y' | 'z', width = 400, height = 300) {
  const aiming = new Aim(view, up, width, height);
  // In two batches.
  aiming.take({ count: 1, positions });
  aiming.take({ count: positions.length / 3 - 1, positions: positions.subarray(3) });
  return aiming.camera();
}

/** Where a vertex is in the picture, and how far from the camera. */
function project({ right, up, back, place, focal, width, height }: Camera, vertex: ArrayLike<number>) {
  const along = (axis: Vector, d: number) =>
    axis[0] * vertex[0]! + axis[1] * vertex[1]! + axis[2] * vertex[2]! - place[d]!;
  const distance = -along(back, 2);
  const x = width / 2 + (focal * along(right, 0)) / distance;
  const y = height / 2 - (focal * along(up, 1)) / distance;
  return { x, y, distance };
}

describe('a camera', () => {
  it.each([...NAMES, [3, 1, -2] as Vector])('of view %s is as near as all vertices allow', (view) => {
    for (const sizes of [
      [1, 2, 3],
      [100, 1, 1],
      [1, 50, 0],
    ] as Vector[]) {
      const positions = makeVertices(500, sizes);
      const camera = aim(positions, view, 'z')!;
      const places = Array.from({ length: 500 }, (_, k) =>
        project(camera, positions.subarray(3 * k, 3 * k + 3)),
      );
      const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
      const margins = [
        Math.min(...xs) / 400,
        1 - Math.max(...xs) / 400,
        Math.min(...ys) / 300,
        1 - Math.max(...ys) / 300,
      ];
      // Two opposite sides have the margin of 3 %, and no side has less.
      expect(Math.min(...margins)).toBeCloseTo(0.03, 6);
      expect(margins.toSorted((a, b) => a - b)[1]).toBeCloseTo(0.03, 6);
      expect(places.every(({ distance }) => distance > 0)).toBe(true);
    }
  });

  it.each([
    ['z', 'front', [0, 0, 1], [1, 0, 0]],
    ['z', 'top', [0, 1, 0], [1, 0, 0]],
    ['z', 'bottom', [0, 1, 0], [-1, 0, 0]],
    ['z', 'left', [0, 0, 1], [0, -1, 0]],
    ['y', 'front', [0, 1, 0], [1, 0, 0]],
    ['y', 'top', [0, 0, -1], [1, 0, 0]],
    ['y', 'right', [0, 1, 0], [0, 0, -1]],
  ] as ['y' | 'z', ViewName, number[], number[]][])(
    'with %s up has its axes in the view %s',
    (axis, view, up, right) => {
      const camera = aim(makeVertices(10, [1, 1, 1]), view, axis)!;
      expect(camera.up.map((value) => value + 0)).toEqual(up);
      expect(camera.right.map((value) => value + 0)).toEqual(right);
    },
  );

  it('looks at a single point, and at none', () => {
    const camera = aim(Float64Array.from([7, 8, 9, 7, 8, 9]), 'iso', 'z')!;
    const { x, y, distance } = project(camera, [7, 8, 9]);
    expect([x, y].map((value) => value.toFixed(6))).toEqual(['200.000000', '150.000000']);
    expect(distance).toBeGreaterThan(0);
    expect(new Aim('iso', 'z', 4, 3).camera()).toBeUndefined();
    expect(aim(Float64Array.from([0, 0, 0, 0, Infinity, 0]), 'iso', 'z')).toBeUndefined();
  });

  it('refuses a direction without a length', () => {
    expect(() => new Aim([0, 0, 0], 'z', 4, 3)).toThrow(/^the direction of the view has no length; expected/);
  });
});
