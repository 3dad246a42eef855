/** Covers: collections/sort/run-heap. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpillFiles } from '../../../src/collections/spill-file.js';
import { COUNTS_BYTES, PositionSort, SORTED_VALUES } from '../../../src/database/build/position-sort.js';
import { KernelMemory } from '../../../src/kernels/kernels.js';
import { freshFolder } from '../../support/files.js';

/** Sorts positions with `bytes` of memory, added some at a time; returns the rows. */
function sort(positions: Float64Array, bytes: number, some = 1000): number[][] {
  const folder = freshFolder();
  const count = positions.length / 3;
  const sorting = new PositionSort(bytes, count, new SpillFiles(join(folder, 'sort')));
  for (let done = 0; done < count; done += some) {
    const end = Math.min(count, done + some);
    sorting.add(positions.subarray(3 * done, 3 * end), end - done);
  }
  const rows: number[][] = [];
  for (const block of sorting.sorted()) {
    for (let k = 0; k < block.count; k++) {
      rows.push([...block.values.subarray(SORTED_VALUES * k, SORTED_VALUES * (k + 1))]);
    }
  }
  expect(readdirSync(folder)).toEqual([]);
  return rows;
}

/** The same by JavaScript's own sorting. */
function sortPlainly(positions: Float64Array): number[][] {
  const rows = Array.from({ length: positions.length / 3 }, (_, id) => [
    ...positions.subarray(3 * id, 3 * id + 3),
    id,
  ]);
  return rows.sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!);
}

/** Makes different positions: `coordinateOf` gives coordinate `axis` of the one with a number. */
function positionsOf(count: number, coordinateOf: (k: number, axis: number) => number): Float64Array {
  const different = new Map<string, number[]>();
  for (let k = 0; k < count; k++) {
    const position = [0, 1, 2].map((axis) => coordinateOf(k, axis) + 0);
    different.set(position.join(), position);
  }
  return Float64Array.from([...different.values()].flat());
}

const EXTREMES = [0, 5e-324, -5e-324, 2e-310, 1e-300, 1, -1, 1 + 2 ** -52, 1e308, -1e308, 1.7e308, -1.7e308];
let state = 1;
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
const pick = (k: number, axis: number) => EXTREMES[(k * 7 + Math.floor(random() * 12) + axis) % 12]!;

describe('PositionSort', () => {
  const shapes: Readonly<Record<string, Float64Array>> = {
    'random positions': positionsOf(20_000, () => random()),
    'a grid': positionsOf(20_000, (k, axis) => [k % 20, Math.floor(k / 20) % 50, k % 7][axis]!),
    'a plane': positionsOf(10_000, (_, axis) => (axis === 2 ? random() : 5)),
    'one far away': positionsOf(10_000, (k) => (k === 77 ? 1e300 : random())),
    'numbers of every size': positionsOf(9000, () => (random() - 0.5) * 2 ** (2000 * random() - 1000)),
    'extreme numbers': positionsOf(9000, pick),
    'a staircase of powers': positionsOf(2000, (k, axis) => (axis === 0 ? 2 ** -(k % 1074) : k)),
    'in order': positionsOf(9000, (k) => k),
    'in reverse': positionsOf(9000, (k) => -k),
    'one position': positionsOf(1, () => 3),
    none: new Float64Array(),
  };

  it.each(Object.entries(shapes))('sorts %s, in memory and in runs', (_, positions) => {
    const expected = sortPlainly(positions);
    expect(sort(positions, 2 ** 24)).toEqual(expected);
    expect(sort(positions, 40_000, 777)).toEqual(expected);
    expect(sort(positions, 1)).toEqual(expected);
  });

  it('sorts any positions', () => {
    const coordinate = fc.oneof(
      fc.integer({ min: 0, max: 3 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const point = fc.tuple(coordinate, coordinate, coordinate);
    fc.assert(
      fc.property(fc.array(point, { maxLength: 300, size: 'max' }), fc.boolean(), (points, isSmall) => {
        const positions = positionsOf(points.length, (k, axis) => points[k]![axis]!);
        expect(sort(positions, isSmall ? 1 : 2 ** 20, 40)).toEqual(sortPlainly(positions));
      }),
      { numRuns: 100 },
    );
  });

  it('forecasts its file, which it has only if memory is short', () => {
    const positions = shapes['in order']!;
    const count = positions.length / 3;
    const bytesOf = (bytes: number) => PositionSort.bytesOf(bytes, count);
    const least = 40 * count;
    expect([bytesOf(least), bytesOf(least - 1)]).toEqual([0, 32 * count]);
    const folder = freshFolder();
    const sizeWith = (bytes: number) => {
      const files = new SpillFiles(join(folder, 'sort'));
      const sorting = new PositionSort(bytes, count, files);
      sorting.add(positions, count);
      sorting.sorted().next();
      const [name] = readdirSync(folder);
      const size = name === undefined ? 0 : statSync(join(folder, name)).size;
      files.remove();
      return size;
    };
    expect([sizeWith(least), sizeWith(least - 1)]).toEqual([0, 32 * count]);
  });

  it('gives kernels room for counting', () => {
    expect(new KernelMemory([1]).kernels.sortBytes()).toBeLessThanOrEqual(COUNTS_BYTES);
  });
});
