import { describe, expect, it } from 'vitest';
import { makeHashKey } from '../../src/collections/position-hash.js';
import { positionsOf, wordsOf } from '../../src/weld/positions.js';
import { STEP_ROWS, WeldMemory } from '../../src/weld/weld-memory.js';
import { tableCapacity, WeldTable } from '../../src/weld/weld-table.js';

type Width = 4 | 8;

/** Distinct positions of a lattice, in steps that share no divisor with `count`. */
function makePositions(count: number, width: Width, seed: number): Int32Array {
  const bits = new Int32Array(wordsOf(width) * count);
  const values = positionsOf(bits, width);
  const side = Math.ceil(Math.cbrt(count));
  for (let k = 0; k < count; k++) {
    const cell = (k * 7919 * seed) % count;
    values[3 * k] = cell % side;
    values[3 * k + 1] = 0.1 * (Math.floor(cell / side) % side);
    values[3 * k + 2] = 1 + Math.floor(cell / side ** 2);
  }
  return bits;
}

class Case {
  readonly words: 3 | 6;
  readonly memory: WeldMemory;
  readonly table: WeldTable;

  constructor(width: Width, bytes: number) {
    this.words = wordsOf(width);
    this.memory = new WeldMemory(bytes, this.words, makeHashKey());
    this.table = new WeldTable(this.memory, 0, bytes);
  }

  /** A table for this many positions. */
  static of(positions: number, width: Width): Case {
    let bytes = 2 ** 12;
    while (tableCapacity(bytes, width) < positions) bytes += bytes / 4;
    return new Case(width, 8 * Math.ceil(bytes / 8));
  }

  /** Numbers positions, in steps of `step`; returns the numbers until there is no room. */
  number(bits: Int32Array, step: number, room?: number): number[] {
    const { memory, table, words } = this;
    const numbers: number[] = [];
    for (let from = 0, some = 0; from < bits.length; from += words * some) {
      some = Math.min(step, (bits.length - from) / words);
      memory.stage(bits, from, some);
      const numbered = table.numberRows(some, words, room);
      numbers.push(...memory.numbers.subarray(0, numbered));
      if (numbered < some) break;
    }
    return numbers;
  }
}

const firsts = (count: number) => Array.from({ length: count }, (_, k) => k);

describe('WeldTable', () => {
  const cases = ([4, 8] as const).flatMap((width) => [1, 2, 3, 5].map((seed) => [width, seed] as const));

  it.each(cases)('finds all positions while it grows: %i bytes per value, order %i', (width, seed) => {
    const count = 150_001;
    const bits = makePositions(count, width, seed);
    const one = Case.of(count, width);
    // Small steps, so that it grows when it is full.
    expect(one.number(bits, 1000)).toEqual(firsts(count));
    expect(one.number(bits, STEP_ROWS)).toEqual(firsts(count));
    expect(one.table.count).toBe(count);
  });

  it.each([4, 8] as const)('numbers as a Map does: %i bytes per value', (width) => {
    const words = wordsOf(width);
    const distinct = makePositions(20_011, width, 3);
    const picks = Array.from({ length: 90_000 }, (_, k) => Math.floor(20_011 * Math.abs(Math.sin(k * k))));
    const bits = Int32Array.from(picks.flatMap((k) => [...distinct.subarray(words * k, words * (k + 1))]));
    const numbers = new Map<number, number>();
    for (const pick of picks) if (!numbers.has(pick)) numbers.set(pick, numbers.size);
    for (const step of [1, 7, 129, STEP_ROWS]) {
      const some = step === 1 ? 1000 : picks.length;
      const found = Case.of(20_011, width).number(bits.subarray(0, words * some), step);
      expect(found).toEqual(picks.slice(0, some).map((pick) => numbers.get(pick)));
    }
  });

  it('holds as many positions as announced, and none after it is cleared', () => {
    const one = new Case(4, 2 ** 12);
    const { table } = one;
    const bits = makePositions(table.capacity + 1, 4, 1);
    for (const expected of [0, 10, 1e9]) {
      table.clear(expected);
      expect(one.number(bits, STEP_ROWS)).toEqual(firsts(table.capacity));
      expect(one.number(bits.subarray(0, 3 * table.capacity), 10)).toEqual(firsts(table.capacity));
    }
    table.clear();
    expect(one.number(bits, 10, 25)).toEqual(firsts(25));
  });

  it.each([4, 8] as const)('copies its positions out: %i bytes per value', (width) => {
    const count = 20_011;
    const one = Case.of(count, width);
    const { words, table } = one;
    const bits = makePositions(count, width, 1);
    one.number(bits, STEP_ROWS);
    const copied = new Int32Array(words * count);
    const some = new Int32Array(words * 1000);
    const numbers = new Int32Array(1000);
    let total = 0;
    for (let batch = table.copy(0, some, numbers); batch.count > 0; ) {
      for (let k = 0; k < batch.count; k++) {
        copied.set(some.subarray(words * k, words * (k + 1)), words * numbers[k]!);
      }
      total += batch.count;
      batch = table.copy(batch.next, some, numbers);
    }
    expect(total).toBe(count);
    expect(copied).toEqual(bits);
  });
});
