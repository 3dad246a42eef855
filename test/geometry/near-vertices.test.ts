/** Covers: geometry/near-crowd. */
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpillFiles } from '../../src/collections/spill-file.ts';
import { UsageError } from '../../src/errors.ts';
import { NearVertices } from '../../src/geometry/near-vertices.ts';
import { freshFolder } from '../support/files.js';
import { labelSets, type Point, weldNear } from '../support/reference.js';
import { runs } from '../support/runs.js';

interface Options {
  readonly distance: number;
  readonly spacing?: number;
  readonly bytes?: number;
}

/** Labels by the program: vertices are given in this order, but their ids are their places in `points`. */
function weld(
  points: readonly Point[],
  order: readonly number[],
  options: Options,
  folder: string,
): number[] {
  const files = new SpillFiles(join(folder, 'near'));
  try {
    const links: [number, number][] = [];
    const arena = new ArrayBuffer(options.bytes ?? 2 ** 20);
    const near = new NearVertices(
      options.distance,
      options.spacing ?? 1,
      (u, v) => links.push([u, v]),
      arena,
      files,
    );
    const ids = Float64Array.from(order);
    near.add(ids, Float64Array.from(order.flatMap((id) => points[id]!)), order.length);
    for (const share of near.finish()) expect(share).toBeLessThanOrEqual(1);
    return labelSets(points.length, links);
  } finally {
    files.remove();
  }
}

function expectLikeReference(points: readonly Point[], options: Options, folder: string): void {
  const ids = points.map((_, id) => id);
  const expected = weldNear(points, new Set(ids), options.distance);
  expect(weld(points, ids, options, folder)).toEqual(expected);
  expect(weld(points, [...ids].reverse(), options, folder)).toEqual(expected);
}

const coordinate = fc.oneof(
  fc.integer({ min: -4, max: 4 }),
  fc.double({ min: -4, max: 4, noNaN: true }),
  // Just beside the borders of cells.
  fc.tuple(fc.integer({ min: -3, max: 3 }), fc.constantFrom(-1e-9, 1e-9, 1e-16)).map(([n, d]) => n + d),
);
const points = fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 1, maxLength: 70 });
const distances = fc.oneof(
  fc.constantFrom(0.5, 1, 1e-9, 1e-300, 3, 100, 1e100),
  fc.double({ min: 1e-3, max: 5, noNaN: true }),
);

describe('near vertices', () => {
  it('agree with a comparison of all pairs, in any order, cells and memory', () => {
    const folder = freshFolder();
    fc.assert(
      fc.property(points, distances, fc.constantFrom(0, 1e-3, 0.7, 2, 50), (list, distance, spacing) => {
        expectLikeReference(list, { distance, spacing }, folder);
      }),
      { numRuns: runs(40, 150) },
    );
  });

  it('are found in crowds, without comparing all pairs', () => {
    const folder = freshFolder();
    // A crowd around each of four corners: linked within themselves, and two of them with each other.
    const crowd = (x: number, y: number) =>
      Array.from(
        { length: 300 },
        (_, k): Point => [x + 0.3 * Math.sin(k), y + 0.3 * Math.cos(3 * k), 0.1 * Math.sin(7 * k)],
      );
    const list = [...crowd(0, 0), ...crowd(1.4, 0), ...crowd(0, 4), ...crowd(9, 9)];
    for (const distance of [0.01, 0.1, 0.9, 1, 5])
      expectLikeReference(list, { distance, spacing: 3 }, folder);
  });

  it('are found in linear time if very many are in one place', () => {
    const folder = freshFolder();
    // Two spheres around one middle: each is linked within itself, and the gap between them is 0.05.
    const onSphere = (radius: number, count: number) =>
      Array.from({ length: count }, (_, k): Point => {
        const z = 1 - (2 * k + 1) / count;
        const turn = 2.399963229728653 * k;
        const across = radius * Math.sqrt(1 - z * z);
        return [across * Math.cos(turn), across * Math.sin(turn), radius * z];
      });
    const list = [...onSphere(1, 20_000), ...onSphere(1.05, 20_000)];
    const ids = list.map((_, id) => id);
    const begin = process.cpuUsage();
    for (const [distance, sets] of [
      [0.049, 2],
      [0.06, 1],
      [0.5, 1],
      [3, 1],
    ] as const) {
      const labels = weld(list, ids, { distance, spacing: 0.001, bytes: 2 ** 25 }, folder);
      expect(new Set(labels).size).toBe(sets);
    }
    // All pairs would be a billion each time.
    expect(process.cpuUsage(begin).user / 1e6).toBeLessThan(10);
  });

  it('are found in chains and on a line', () => {
    const folder = freshFolder();
    const list = Array.from({ length: 400 }, (_, k): Point => [0.1 * k, 0, 0]);
    expectLikeReference(list, { distance: 0.100001 }, folder);
    expectLikeReference(list, { distance: 0.09 }, folder);
    expectLikeReference(
      list.map(([x]): Point => [7, x, -2]),
      { distance: 0.100001, spacing: 50 },
      folder,
    );
  });

  it('are found in several passes if the memory is small', () => {
    const folder = freshFolder();
    const list = Array.from({ length: 2000 }, (_, k): Point => [(k * 0.618) % 40, (k * 0.754) % 40, 0]);
    expectLikeReference(list, { distance: 0.2, bytes: 62 * 20 }, folder);
  });

  it('must fit in memory if they are all in one place', () => {
    const folder = freshFolder();
    const list = Array.from({ length: 400 }, (_, k): Point => [1e-6 * k, 0, 0]);
    const ids = list.map((_, id) => id);
    expect(() => weld(list, ids, { distance: 10, bytes: 62 * 40 }, folder)).toThrow(UsageError);
  });
});
