import { describe, expect, it } from 'vitest';
import { type HashKey, makeHashKey, PositionHash } from '../../src/collections/position-hash.js';
import { Welder } from '../../src/weld/welder.js';
import { freshFolder } from '../support/files.js';

/** Keys that are the same in each run, from a small generator (Marsaglia's xorshift). */
function* makeKeys(count: number): Generator<HashKey> {
  let state = 0x2545f491;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state | 0;
  };
  const { length } = makeHashKey();
  for (let k = 0; k < count; k++) yield Array.from({ length }, next);
}

function hashesOf(bits: Int32Array, words: 3 | 6, key: HashKey): Int32Array {
  const hash = new PositionHash(words, key);
  return Int32Array.from({ length: bits.length / words }, (_, k) => hash.hashOne(bits, words * k));
}

/** A square lattice, as height fields and scans have it, in float32 or float64. */
function lattice(side: number, step: number, words: 3 | 6): Int32Array {
  const values = new (words === 3 ? Float32Array : Float64Array)(3 * side * side);
  for (let k = 0; k < side * side; k++) {
    values[3 * k] = step * (k % side);
    values[3 * k + 1] = step * Math.floor(k / side);
  }
  return new Int32Array(values.buffer);
}

const inverse = (() => {
  let x = 1;
  for (let k = 0; k < 5; k++) x = Math.imul(x, 2 - Math.imul(0x85ebca6b, x));
  return x;
})();
/** A hash without a key, as it was once used here: it can be undone. */
const plainMix = (hash: number, word: number): number => {
  const product = Math.imul(hash ^ word, 0x85ebca6b);
  return product ^ (product >>> 15);
};
const undo = (hash: number): number => Math.imul(hash ^ (hash >>> 15) ^ (hash >>> 30), inverse);

/** Distinct positions in float32 that all have the hash 7 by {@link plainMix}. */
function collide(count: number): Float32Array {
  const bits = new Int32Array(3 * count);
  for (let k = 0, seed = 1; k < count; seed++) {
    const x = 0x3f800000 + (Math.imul(seed, 7919) % 0x400000);
    const y = 0x3f800000 + (seed % 0x400000);
    const z = undo(7) ^ plainMix(plainMix(0, x), y);
    // Neither infinite nor no number at all.
    if (((z >>> 23) & 0xff) === 0xff) continue;
    bits.set([x, y, z], 3 * k++);
  }
  return new Float32Array(bits.buffer);
}

describe('PositionHash', () => {
  it('spreads lattices over the slots of a table as evenly as random positions', () => {
    const bits = 12;
    for (const words of [3, 6] as const) {
      for (const step of [1, 0.1, 2 ** -10]) {
        const positions = lattice(256, step, words);
        const mean = positions.length / words / 2 ** bits;
        let total = 0;
        let keys = 0;
        for (const key of makeKeys(20)) {
          for (const shift of [32 - bits, 0]) {
            const counts = new Int32Array(2 ** bits);
            for (const hash of hashesOf(positions, words, key)) {
              counts[(hash >>> shift) & (2 ** bits - 1)]!++;
            }
            const square = counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0) / 2 ** bits;
            // 1 for chance, with a deviation of 0.022; a lattice may come out more evenly, and never crowded.
            expect(square).toBeLessThan(2);
            total += square;
            keys++;
          }
        }
        expect(total / keys).toBeLessThan(1.2);
      }
    }
  });

  it('separates positions that collide in a hash with only a random seed', () => {
    const count = 2 ** 15;
    // The highest bits of x, and of y those and the ones that a shift brings them to.
    const bits = new Int32Array(3 * count);
    for (let k = 0; k < count; k++) {
      const [x, high, low] = [0, 5, 10].map((shift) => (k >> shift) & 31) as [number, number, number];
      bits.set([0x00010203 ^ (x << 27), 0x00010203 ^ (high << 27) ^ (low << 12), 0x00010203], 3 * k);
    }
    const plain = new Set<number>();
    for (let k = 0; k < count; k++) {
      plain.add(plainMix(plainMix(plainMix(99, bits[3 * k]!), bits[3 * k + 1]!), bits[3 * k + 2]!));
    }
    // Whatever the start: here 99.
    expect(plain.size).toBeLessThanOrEqual(2 ** 10);
    for (const key of makeKeys(20)) {
      const distinct = new Set(hashesOf(bits, 3, key)).size;
      expect(distinct).toBeGreaterThan(0.9 * count);
    }
  });

  it('gives a position another hash under another key', () => {
    for (const words of [3, 6] as const) {
      const bits = lattice(16, 0.7, words);
      const [one, other] = [...makeKeys(2)] as [HashKey, HashKey];
      const hashes = hashesOf(bits, words, one);
      const others = hashesOf(bits, words, other);
      expect(hashes.filter((value, k) => value === others[k]).length).toBeLessThan(2);
    }
  });
});

describe('a welder', () => {
  const time = (positions: Float32Array, budgetBytes: number): number => {
    const sink = { addVertices: () => undefined, addTriangles: () => undefined };
    const spillPath = `${freshFolder()}/spill`;
    const welder = new Welder(sink, { bytesPerValue: 4, budgetBytes, spillPath });
    const start = performance.now();
    for (let at = 0; at < positions.length; at += 9 * 10_000) {
      const some = positions.slice(at, at + 9 * 10_000);
      welder.add({ kind: 'soup', count: some.length / 9, positions: some, places: [] });
    }
    for (const _ of welder.finish());
    welder.close();
    return performance.now() - start;
  };

  it.each([
    ['in memory', 2 ** 23],
    ['by partitions', 2 ** 19],
  ])('takes no longer for positions chosen to collide, %s', (_, budgetBytes) => {
    const count = 60_000;
    const hostile = collide(count);
    const hashes = new Set<number>();
    const bits = new Int32Array(hostile.buffer);
    for (let k = 0; k < 100; k++) {
      hashes.add(plainMix(plainMix(plainMix(0, bits[3 * k]!), bits[3 * k + 1]!), bits[3 * k + 2]!));
    }
    expect([...hashes]).toEqual([7]);
    const harmless = Float32Array.from(hostile, (_, k) => k);
    time(harmless, budgetBytes);
    const usual = time(harmless, budgetBytes);
    // Under a hash without a key a hundred times as long, and more with each position.
    expect(time(hostile, budgetBytes)).toBeLessThan(10 * usual + 200);
  });
});
