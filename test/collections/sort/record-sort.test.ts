/** Records sorted in memory and through runs on disk, against a plain sort. Covers: collections/sort/key-order. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyOrder } from '../../../src/collections/sort/key-order.js';
import { RecordSort } from '../../../src/collections/sort/record-sort.js';
import { SpillFiles } from '../../../src/collections/spill-file.js';
import { WorkFolder } from '../../../src/io/work-folder.js';
import { freshFolder } from '../../support/files.js';

const WIDTH = 3;
type Key = readonly [high: number, low: number];

const word = fc.oneof(fc.nat(3), fc.nat(2 ** 30 - 1), fc.constant(2 ** 30 - 1));
const keys = fc.array(fc.tuple(word, word), { maxLength: 400 });

/** The numbers of keys in their order, which a stable sort gives. */
function expectedOrder(list: readonly Key[]): number[] {
  return list.map((_, k) => k).sort((a, b) => list[a]![0] - list[b]![0] || list[a]![1] - list[b]![1]);
}

/** The numbers of keys in the order of a sort that holds `held` records at a time. */
function sortIn(list: readonly Key[], held: number): number[] {
  const folder = freshFolder();
  const files = new SpillFiles(new WorkFolder(join(folder, 'sort')));
  const sort = new RecordSort(WIDTH, held * (4 * WIDTH + 16), list.length, files, 'records');
  for (const [k, [high, low]] of list.entries()) sort.records.set([high, low, k], sort.add());
  const found: number[] = [];
  for (const { words, count } of sort.sorted())
    for (let k = 0; k < count; k++) found.push(words[WIDTH * k + 2]!);
  expect(sort.length).toBe(list.length);
  files.remove();
  expect(readdirSync(folder)).toEqual([]);
  return found;
}

describe('sorted records', () => {
  it('are in the order of a stable sort, whatever fits memory', () => {
    fc.assert(
      fc.property(keys, (list) => {
        const expected = expectedOrder(list);
        for (const held of [16, 50, 1000]) expect(sortIn(list, held)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('are right with many equal first words, and in blocks', () => {
    const list = Array.from({ length: 10_000 }, (_, k): Key => [k % 3, (k * 7919) % 1009]);
    const expected = expectedOrder(list);
    expect(sortIn(list, 20_000)).toEqual(expected);
    expect(sortIn(list, 700)).toEqual(expected);
  });

  it('need no more memory for later, smaller sorts', () => {
    const order = new KeyOrder(2);
    const words = Int32Array.of(5, 1, 3, 9, 3, 2, 0, 0);
    expect([...order.sort(words, 4, 2).subarray(0, 4)]).toEqual([3, 2, 1, 0]);
    expect([...order.sort(words, 2, 2).subarray(0, 2)]).toEqual([1, 0]);
  });

  it('need disk only if they do not fit memory', () => {
    expect(RecordSort.bytesOf(2, 2400, 100)).toBe(0);
    expect(RecordSort.bytesOf(2, 2399, 100)).toBe(800);
  });
});
