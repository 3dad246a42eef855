/** Covers: collections/spill-file. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberFile } from '../../src/collections/number-file.js';
import { RowLookup } from '../../src/collections/row-lookup.js';
import { SpillFiles } from '../../src/collections/spill-file.js';
import { freshFolder } from '../support/files.js';

/** Asks for rows within `memoryRows` rows of memory, `batch` at a time, twice over. */
function lookUp(rows: readonly number[][], questions: readonly number[], memoryRows: number, batch: number) {
  const folder = freshFolder();
  const files = new SpillFiles(join(folder, 'mesh'));
  const width = rows[0]!.length;
  const file = files.create('rows', 64);
  file.append(Int32Array.from(rows.flat()), 0, width * rows.length);
  const numbers = new NumberFile(files.create('questions', 64));
  numbers.append(questions, questions.length);
  const words = width * memoryRows;
  const lookup = new RowLookup(
    numbers,
    { file, width, count: rows.length },
    new ArrayBuffer(4 * words),
    words,
    files,
  );
  const shares = [...lookup.prepare()];
  const readAll = () => {
    const target = new Int32Array(width * batch);
    const answers: number[][] = [];
    while (answers.length < questions.length) {
      const count = Math.min(batch, questions.length - answers.length);
      lookup.read(target, count);
      for (let k = 0; k < count; k++) answers.push([...target.subarray(width * k, width * (k + 1))]);
    }
    return answers;
  };
  const first = readAll();
  lookup.restart();
  const second = readAll();
  lookup.close();
  const left = readdirSync(folder);
  files.remove();
  return { first, second, shares, left };
}

describe('RowLookup', () => {
  it('answers alike from memory and from ranges of rows, any number of times', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.nat(), { maxLength: 300 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 40 }),
        (width, count, asked, memoryRows, batch) => {
          const rows = Array.from({ length: count }, (_, k) =>
            Array.from({ length: width }, (_, d) => k * 1_000_003 - 5 * d),
          );
          const questions = asked.map((number) => number % count);
          const { first, second } = lookUp(rows, questions, memoryRows, batch);
          const expected = questions.map((number) => rows[number]!);
          expect(first).toEqual(expected);
          expect(second).toEqual(expected);
        },
      ),
    );
  });

  it('uses the disk only if the rows do not fit, and leaves no files', () => {
    const rows = Array.from({ length: 50_000 }, (_, k) => [k, -k]);
    const questions = rows.map((_, k) => (k * 7919) % rows.length);
    const inMemory = lookUp(rows, questions, rows.length, 1000);
    const onDisk = lookUp(rows, questions, 777, 30_000);
    expect(inMemory.shares).toEqual([]);
    expect(onDisk.shares.length).toBeGreaterThan(3);
    expect(onDisk.shares).toEqual([...onDisk.shares].sort((a, b) => a - b));
    expect(Math.max(...onDisk.shares)).toBeLessThan(1);
    expect(onDisk.first).toEqual(inMemory.first);
    expect(onDisk.second).toEqual(inMemory.first);
    expect(onDisk.left.length).toBe(2);
  });

  it('refuses a memory smaller than one row', () => {
    const files = new SpillFiles(join(freshFolder(), 'mesh'));
    const file = files.create('rows', 64);
    const numbers = new NumberFile(files.create('questions', 64));
    const rows = { file, width: 3, count: 1 };
    expect(() => new RowLookup(numbers, rows, new ArrayBuffer(8), 2, files)).toThrow(RangeError);
    files.remove();
  });
});
