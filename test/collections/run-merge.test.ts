import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  appendPair,
  NARROW_PAIR_WORDS,
  RecordMerge,
  type Run,
  RunMerge,
  readPairs,
} from '../../src/collections/run-merge.js';
import { type SpillFile, SpillFiles } from '../../src/collections/spill-file.js';
import { freshFolder } from '../support/files.js';

/** Writes each list of records as a run. */
function writeRuns(lists: readonly (readonly (readonly number[])[])[]): { file: SpillFile; runs: Run[] } {
  const file = new SpillFiles(join(freshFolder(), 'runs')).create('records', 64);
  const runs = lists.map((records) => {
    const start = file.length;
    for (const record of records) file.append(Int32Array.from(record), 0, record.length);
    return { start, stop: file.length };
  });
  return { file, runs };
}

function mergeAll(merge: RunMerge): [number, number][] {
  const pairs: [number, number][] = [];
  for (; merge.key < Number.POSITIVE_INFINITY; merge.next()) pairs.push([merge.key, merge.value]);
  return pairs;
}

/** Keys far apart and close together, around the ends of windows and beyond 2^31. */
const KEYS = [0, 1, 2, 65_535, 65_536, 65_537, 131_072, 10_000_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

describe('RunMerge', () => {
  it.each([1, 2, 3, 20])('merges %i runs of narrow pairs, wherever their keys are', (count) => {
    const lists = Array.from({ length: count }, (_, run) =>
      KEYS.filter((_, k) => k % count === run).map((key) => [key, 7 * (key % 1000)]),
    );
    const { file, runs } = writeRuns(lists);
    const merge = new RunMerge(file, runs, 64, NARROW_PAIR_WORDS);
    expect(mergeAll(merge)).toEqual(KEYS.map((key) => [key, 7 * (key % 1000)]));
    file.remove();
  });

  it('reads values up to 2^53', () => {
    const { file } = writeRuns([]);
    const scratch = new Int32Array(4);
    const keys = [...KEYS, 2 ** 40, 2 ** 53 - 1];
    for (const key of keys) appendPair(file, scratch, key, 2 ** 53 - 1 - key);
    const merge = new RunMerge(file, [{ start: 0, stop: file.length }], 64);
    const pairs = keys.map((key) => [key, 2 ** 53 - 1 - key]);
    expect(mergeAll(merge)).toEqual(pairs);
    expect([...readPairs(file, 8)].length).toBe(pairs.length);
    file.remove();
  });

  it('has nothing to give without runs', () => {
    const { file } = writeRuns([]);
    expect(mergeAll(new RunMerge(file, [], 64))).toEqual([]);
    file.remove();
  });
});

describe('RecordMerge', () => {
  it.each([1, 2])('gives the records of each window, with keys of %i words', (keyWords) => {
    const first = keyWords === 1 ? 100 : 2 ** 32 - 20_000;
    const keys = Array.from({ length: 50_000 }, (_, k) => first + 2 * k);
    const lists = [0, 1, 2].map((run) =>
      keys
        .filter((_, k) => (k * k) % 3 === run)
        .map((key) => [
          ...(keyWords === 1 ? [key] : [key, Math.floor(key / 2 ** 32)]),
          key - first,
          1000 - (key % 1000),
        ]),
    );
    const { file, runs } = writeRuns(lists);
    const merge = new RecordMerge(file, runs, 4096, keyWords, 2);
    let high = 0;
    for (let low = first; low <= keys.at(-1)!; low = high) {
      high = merge.fill(low);
      const own = keys.filter((key) => key >= low && key < high);
      const found = own.map((key) => [...merge.words.subarray(2 * (key - low), 2 * (key - low) + 2)]);
      expect(found).toEqual(own.map((key) => [key - first, 1000 - (key % 1000)]));
    }
    expect(high - first).toBeGreaterThan(32_768);
    file.remove();
  });
});
