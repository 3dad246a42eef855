/** Covers: pipeline/hash/checksum. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Checksum } from '../../../src/pipeline/hash/checksum.js';
import { TriangleHash } from '../../../src/pipeline/hash/triangle-hash.js';

type Point = readonly number[];

function hashOf(points: readonly Point[], precision: 'float32' | 'float64' = 'float64'): string {
  const hash = new TriangleHash(precision);
  hash.take(Float64Array.from(points.flat()));
  return wordsOf(hash).join();
}

function wordsOf({ h0, h1, h2, h3 }: TriangleHash): number[] {
  return [h0, h1, h2, h3];
}

const [a, b, c] = [
  [0.1, 2, -3],
  [4, 5.5, 6],
  [0.1, 2, 7],
] as const;
/** Few coordinates, so that corners are often equal or nearly so. */
const point = fc.array(fc.constantFrom(-1, 0, 0.5), { minLength: 3, maxLength: 3 });

describe('TriangleHash', () => {
  it('is the same for any first corner, and different for any other triangle', () => {
    fc.assert(
      fc.property(point, point, point, point, (p, q, r, s) => {
        const hash = hashOf([p, q, r]);
        expect([hashOf([q, r, p]), hashOf([r, p, q])]).toEqual([hash, hash]);
        const rotations = [
          [p, q, r],
          [q, r, p],
          [r, p, q],
        ].map((corners) => corners.join(';'));
        for (const corners of [
          [p, r, q],
          [p, q, s],
          [s, q, r],
        ]) {
          expect(hashOf(corners) === hash).toBe(rotations.includes(corners.join(';')));
        }
      }),
    );
  });

  it('hashes a flipped triangle', () => {
    const hash = new TriangleHash('float64');
    for (const corners of [
      [a, b, c],
      [c, b, a],
      [a, a, b],
      [b, a, c],
    ]) {
      hash.take(Float64Array.from(corners.flat()));
      hash.turn();
      expect(wordsOf(hash).join()).toBe(hashOf([corners[0]!, corners[2]!, corners[1]!]));
    }
  });

  it('treats -0 as 0, and rounds on request', () => {
    expect(hashOf([[-0, 1, -0], b, c])).toBe(hashOf([[0, 1, 0], b, c]));
    const narrow = [a, b, c].map((corner) => corner.map(Math.fround));
    expect(hashOf([a, b, c], 'float32')).toBe(hashOf(narrow));
    expect(hashOf([a, b, c])).not.toBe(hashOf(narrow));
    // What is too small for float32 becomes a zero without a sign, what is too large is no number at all.
    expect(hashOf([[-1e-60, 1, 0], b, c], 'float32')).toBe(hashOf([[0, 1, 0], b, c], 'float32'));
    expect(hashOf([[1e300, 1, 0], b, c], 'float32')).not.toBe(hashOf([[3e38, 1, 0], b, c], 'float32'));
  });

  it('changes half of its bits with any bit of any coordinate', () => {
    const t = Float64Array.from([...a, ...b, ...c]);
    const hash = new TriangleHash('float64');
    hash.take(t);
    const before = wordsOf(hash);
    const bits = new Uint32Array(t.buffer);
    let sum = 0;
    for (let bit = 0; bit < 32 * bits.length; bit++) {
      bits[bit >> 5]! ^= 1 << (bit & 31);
      hash.take(t);
      bits[bit >> 5]! ^= 1 << (bit & 31);
      const changed = wordsOf(hash)
        .map((word, k) => ((word ^ before[k]!) >>> 0).toString(2).replaceAll('0', '').length)
        .reduce((x, y) => x + y);
      // 64 of 128 on the average, and 35 to 93 in all but one of millions.
      expect(changed).toBeGreaterThan(34);
      expect(changed).toBeLessThan(94);
      sum += changed;
    }
    expect(sum / (32 * bits.length)).toBeCloseTo(64, -1);
  });

  it('distinguishes triangles that differ in signs alone', () => {
    const hashes = new Set<string>();
    for (let signs = 0; signs < 512; signs++) {
      const t = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((value, k) => ((signs >> k) & 1 ? -value : value));
      hashes.add(hashOf([t]));
    }
    expect(hashes.size).toBe(512);
  });
});

describe('Checksum', () => {
  /** A hash that says what it is told. */
  const hashed = (words: readonly number[]) => {
    const [h0, h1, h2, h3] = words;
    return Object.assign(new TriangleHash('float64'), { h0, h1, h2, h3 });
  };

  it('is the sum of hashes modulo 2^128, in any order', () => {
    const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    const words = fc.array(word, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20 }), (list) => {
        const expected = list
          .map(([h0, h1, h2, h3]) =>
            [h3, h2, h1, h0].reduce((sum, part) => (sum << 32n) + BigInt(part! >>> 0), 0n),
          )
          .reduce((p, q) => (p + q) % 2n ** 128n, 0n);
        const sums = [list, [...list].reverse()].map((order) => {
          const sum = new Checksum();
          for (const each of order) sum.add(hashed(each));
          return sum;
        });
        expect(sums[0]!.toString()).toBe(expected.toString(16).padStart(32, '0'));
        expect(sums[0]!.equals(sums[1]!)).toBe(true);
        const twice = sums[0]!.plus(sums[1]!);
        expect(twice.count).toBe(2 * list.length);
        expect(twice.toString()).toBe(((2n * expected) % 2n ** 128n).toString(16).padStart(32, '0'));
      }),
    );
  });

  it('is exact for more hashes than 32 bits count', () => {
    const sum = new Checksum();
    const largest = hashed([-1, -1, -1, -1]);
    const count = 2 ** 21 + 5;
    for (let k = 0; k < count; k++) sum.add(largest);
    expect(sum.toString()).toBe((2n ** 128n - BigInt(count)).toString(16));
    expect(sum.equals(new Checksum())).toBe(false);
  });
});
