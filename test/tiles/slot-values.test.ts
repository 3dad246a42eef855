import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packColor, SlotValueReader, SlotValueWriter } from '../../src/tiles/slot-values.js';
import { freshFolder } from '../support/files.js';

describe('values of slots', () => {
  it('are read back, and their means are those of the values', () => {
    const folder = freshFolder();
    let files = 0;
    const value = fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: -1000, max: 1000 }) },
      fc.constant(Number.NaN),
    );
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 400 }),
        fc.array(fc.nat(70)),
        (values, counts) => {
          const path = join(folder, `values-${files++}`);
          const writer = new SlotValueWriter(path, values.length);
          for (const one of values) writer.add(one);
          const range = writer.finish();
          const known = values.filter((one) => !Number.isNaN(one));
          expect(range.least).toBe(known.length === 0 ? null : Math.min(...known));
          expect(range.greatest).toBe(known.length === 0 ? null : Math.max(...known));
          const reader = new SlotValueReader(path, values.length);
          expect([...reader.read(0, values.length)]).toEqual(values);
          // Ranges that follow each other, as those of vertices do.
          const slots: number[] = [];
          for (let left = values.length; left > 0; left -= slots.at(-1)!)
            slots.push(Math.min(left, counts.pop() ?? 64));
          const expected: number[] = [];
          for (let at = 0, k = 0; k < slots.length; at += slots[k++]!) {
            const part = values.slice(at, at + slots[k]!).filter((one) => !Number.isNaN(one));
            expected.push(Math.fround(part.reduce((sum, one) => sum + one, 0) / part.length));
          }
          expect([...reader.means(0, Float64Array.from(slots))]).toEqual(expected);
          reader.close();
        },
      ),
    );
  });

  it('are more than one turn of the writer', () => {
    const path = join(freshFolder(), 'values');
    const slots = 40_000;
    const writer = new SlotValueWriter(path, slots);
    for (let k = 0; k < slots; k++) writer.add(k);
    expect(writer.finish()).toMatchObject({ least: 0, greatest: slots - 1 });
    const reader = new SlotValueReader(path, slots);
    expect([...reader.read(39_990, 3)]).toEqual([39_990, 39_991, 39_992]);
    expect([...reader.means(100, Float64Array.of(3, 0, 39_897))]).toEqual([
      101,
      Number.NaN,
      Math.fround(20_051),
    ]);
    reader.close();
  });

  it('are labels, of which the first one counts, or colors, whose mean does', () => {
    const path = join(freshFolder(), 'values');
    const colors = [packColor(1, 0, 0), packColor(0, 0, 1), Number.NaN, packColor(0.2, 2, -1)];
    const writer = new SlotValueWriter(path, 4);
    for (const value of colors) writer.add(value);
    writer.finish();
    const reader = new SlotValueReader(path, 4);
    const slots = Float64Array.of(2, 0, 1, 1);
    expect([...reader.firsts(0, slots)]).toEqual([0xff0000, Number.NaN, Number.NaN, 0x33ff00]);
    expect([...reader.blends(0, slots)]).toEqual([0x800080, Number.NaN, Number.NaN, 0x33ff00]);
    expect([...reader.blends(1, Float64Array.of(3))]).toEqual([0x1a8080]);
    reader.close();
  });
});
