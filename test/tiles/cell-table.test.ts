import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KeyOrder } from '../../src/collections/sort/key-order.js';
import { SpillFiles } from '../../src/collections/spill-file.js';
import { WorkFolder } from '../../src/io/work-folder.js';
import { CellTableBuilder, SHIFT_MAX } from '../../src/tiles/cell-table.js';
import { highOf, lowOf } from '../../src/tiles/morton.js';
import { freshFolder } from '../support/files.js';

const COUNT = 12_000;

/** Points near a surface, many of them close together, in no order. */
function makePoints(): [x: number, y: number, z: number][] {
  let state = 7;
  const next = (range: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * range);
  };
  return Array.from({ length: COUNT }, (_, k) => {
    const range = k % 3 === 0 ? 2 ** 20 : 2 ** 12;
    return [next(range), next(range), k % 2 === 0 ? next(4) : 2 ** 20 - 1];
  });
}

describe('the table of cells', () => {
  it.each([1, 20_000, 2 ** 20])('has the mean of each cell with several vertices, with %i bytes', (bytes) => {
    const points = makePoints();
    const keys = Int32Array.from(points.flatMap(([x, y, z]) => [highOf(x, y, z), lowOf(x, y, z)]));
    const order = new KeyOrder(COUNT).sort(keys, COUNT, 2);
    const files = new SpillFiles(new WorkFolder(join(freshFolder(), 'cells')));
    const builder = new CellTableBuilder(files);
    for (let k = 0; k < COUNT; k++) builder.add(keys[2 * order[k]!]!, keys[2 * order[k]! + 1]!);
    const table = builder.finish(bytes);
    for (let shift = 0; shift <= SHIFT_MAX; shift++) {
      const cells = new Map<string, number[]>();
      for (const point of points) {
        const cell = String(point.map((value) => value >> shift));
        const sum = cells.get(cell) ?? [0, 0, 0, 0];
        cells.set(cell, [...point.map((value, axis) => sum[axis]! + value), sum[3]! + 1]);
      }
      for (const [k, point] of points.entries()) {
        const [x, y, z, count] = cells.get(String(point.map((value) => value >> shift)))!;
        const isFound = table.find(shift, keys[2 * k]!, keys[2 * k + 1]!);
        if (isFound !== (shift > 0 && count! > 1)) expect.fail(`shift ${shift}, point ${point}: ${isFound}`);
        if (!isFound) continue;
        const mean = [x!, y!, z!].map((sum) => Math.floor(sum / count!)) as [number, number, number];
        if (table.high !== highOf(...mean) || table.low !== lowOf(...mean))
          expect.fail(`shift ${shift}, point ${point}: not at ${mean}`);
      }
    }
    files.remove();
  });

  it('has nothing of an empty mesh', () => {
    const files = new SpillFiles(new WorkFolder(join(freshFolder(), 'cells')));
    const table = new CellTableBuilder(files).finish(1000);
    expect(table.find(5, 0, 0)).toBe(false);
    table.remove();
    files.remove();
  });
});
