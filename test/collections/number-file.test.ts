import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberFile, NumberReader } from '../../src/collections/number-file.js';
import { SpillFile } from '../../src/collections/spill-file.js';
import { freshFolder } from '../support/files.js';

function write(values: readonly number[], batch: number): NumberFile {
  const file = new NumberFile(new SpillFile(join(freshFolder(), 'numbers'), 16));
  for (let k = 0; k < values.length; k += batch) {
    const some = values.slice(k, k + batch);
    file.append(some, some.length);
  }
  return file;
}

function read(file: NumberFile, count: number, batch: number): number[] {
  const reader = new NumberReader(file, 6);
  const target = new Float64Array(batch);
  const values: number[] = [];
  while (values.length < count) {
    const some = Math.min(batch, count - values.length);
    reader.read(target, some);
    values.push(...target.subarray(0, some));
  }
  return values;
}

describe('NumberFile', () => {
  it('returns integers of any size up to 2^53 - 1', () => {
    const small = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const any = fc.oneof({ weight: 20, arbitrary: small }, fc.maxSafeNat());
    fc.assert(
      fc.property(
        fc.array(any, { maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        (values, written, asked) => {
          const file = write(values, written);
          expect(file.length).toBe(values.length);
          expect(read(file, values.length, asked)).toEqual(values);
          file.file.remove();
        },
      ),
    );
  });

  it('takes four bytes per number until one needs more', () => {
    const file = write([0, 2 ** 31, 2 ** 32 - 1], 2);
    expect(file.file.length).toBe(3);
    file.append([2 ** 32, 1], 2);
    expect(file.file.length).toBe(7);
    expect(read(file, 5, 2)).toEqual([0, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 1]);
  });

  it('refuses to read more than was written', () => {
    expect(() => read(write([1, 2], 2), 3, 1)).toThrow(RangeError);
  });
});
