import { describe, expect, it } from 'vitest';
import { makeHashKey, PositionHash } from '../../src/collections/position-hash.js';
import { positionsOf, tableCapacity, WeldTable, wordsOf } from '../../src/weld/weld-table.js';

type Width = 4 | 8;

const KEY = makeHashKey();
const hashOf = (width: Width) => new PositionHash(wordsOf(width), KEY);

/** Distinct positions of a lattice and their hashes, in steps that share no divisor with `count`. */
function makePositions(count: number, width: Width, seed: number) {
  const words = wordsOf(width);
  const bits = new Int32Array(words * count);
  const values = positionsOf(bits, width);
  const side = Math.ceil(Math.cbrt(count));
  for (let k = 0; k < count; k++) {
    const cell = (k * 7919 * seed) % count;
    values[3 * k] = cell % side;
    values[3 * k + 1] = 0.1 * (Math.floor(cell / side) % side);
    values[3 * k + 2] = -Math.floor(cell / side ** 2);
  }
  const hashes = new Int32Array(count);
  hashOf(width).hashAll(bits, count, hashes);
  return { words, bits, hashes };
}

function makeTable(positions: number, width: Width): WeldTable {
  let bytes = 2 ** 12;
  while (tableCapacity(bytes, width) < positions) bytes += bytes / 4;
  return new WeldTable(new ArrayBuffer(8 * Math.ceil(bytes / 8)), 0, bytes, hashOf(width));
}

describe('WeldTable', () => {
  const cases = ([4, 8] as const).flatMap((width) => [1, 2, 3, 5].map((seed) => [width, seed] as const));

  it.each(cases)('finds all positions while it grows: %i bytes per value, order %i', (width, seed) => {
    const count = 150_001;
    const { words, bits, hashes } = makePositions(count, width, seed);
    const table = makeTable(count, width);
    let wrong = 0;
    for (let k = 0; k < count; k++) {
      if (table.find(hashes[k]!, bits, words * k) !== -1 || table.insert(bits, words * k) !== k) wrong++;
    }
    for (let k = 0; k < count; k++) if (table.find(hashes[k]!, bits, words * k) !== k) wrong++;
    expect(wrong).toBe(0);
    expect(table.count).toBe(count);
  });

  it('holds as many positions as announced, and none after it is cleared', () => {
    const table = new WeldTable(new ArrayBuffer(2 ** 12), 0, 2 ** 12, hashOf(4));
    const { words, bits, hashes } = makePositions(table.capacity, 4, 1);
    for (const expected of [0, 10, 1e9]) {
      table.clear(expected);
      for (let k = 0; k < table.capacity; k++) {
        expect(table.find(hashes[k]!, bits, words * k)).toBe(-1);
        table.insert(bits, words * k);
      }
      for (let k = 0; k < table.capacity; k++) expect(table.find(hashes[k]!, bits, words * k)).toBe(k);
    }
  });

  it.each([4, 8] as const)('copies its positions out: %i bytes per value', (width) => {
    const count = 20_011;
    const { words, bits, hashes } = makePositions(count, width, 1);
    const table = makeTable(count, width);
    for (let k = 0; k < count; k++) {
      table.find(hashes[k]!, bits, words * k);
      table.insert(bits, words * k);
    }
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
