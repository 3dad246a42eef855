import { describe, expect, it } from 'vitest';
import { areDistinct, compareNormal, ExponentTally } from '../../src/formats/plausible.js';

function isPlausible(values: Iterable<number>): boolean {
  const tally = new ExponentTally();
  const bits = new Int32Array(1);
  const floats = new Float32Array(bits.buffer);
  for (const value of values) {
    floats[0] = value;
    if (bits[0]! << 1 !== 0) tally.add(bits[0]!);
  }
  return tally.isPlausible;
}

const sines = Array.from({ length: 900 }, (_, k) => 50 * Math.sin(k));
const random = (seed: number, count: number): Float32Array => {
  const bits = new Uint32Array(count);
  let state = seed;
  for (let k = 0; k < count; k++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bits[k] = (state & 0xffff0000) | (Math.imul(state, 69_069) >>> 16);
  }
  return new Float32Array(bits.buffer);
};

describe('coordinates', () => {
  it.each([
    ['of any size', sines],
    ['of one value', Array(90).fill(0)],
    ['of a tiny mesh', sines.map((value) => value * 1e-30)],
    ['of a huge mesh', sines.map((value) => value * 1e30)],
    ['far from the origin', sines.flatMap((value) => [5e6 + value, 2e5 + value, value / 1000])],
    [
      'of a plane that rounding has left rough',
      sines.flatMap((value) => [value, 2 * value, 6e-17 * Math.cos(value)]),
    ],
    ['with a few that are lost', [...sines, 1e30, 1e-40]],
  ])('%s are plausible', (_, values) => {
    expect(isPlausible(values)).toBe(true);
  });

  it.each([
    ['random bytes', random(7, 900)],
    ['denormals', sines.map((value) => value * 1e-42)],
    [
      'swapped bytes',
      new Float32Array(Buffer.from(Float32Array.from(sines).buffer.slice(0)).swap32().buffer.slice(0)),
    ],
  ])('of %s are not', (_, values) => {
    expect(isPlausible([...values].filter((value) => !Number.isNaN(value)))).toBe(false);
  });

  it.each([1, 2, 3])('misaligned by %i bytes are not', (shift) => {
    const bytes = Buffer.from(Float32Array.from(sines).buffer);
    const shifted = Buffer.alloc(bytes.length - 4);
    bytes.copy(shifted, 0, shift, shift + shifted.length);
    const copy = new Uint8Array(shifted).buffer;
    expect(isPlausible(new Float32Array(copy).filter((value) => !Number.isNaN(value)))).toBe(false);
  });
});

describe('the normal of a facet', () => {
  const facet = (values: readonly number[]) => new DataView(Float32Array.from(values).buffer);
  const corners = [0, 0, 0, 1, 0, 0, 0, 1, 0];

  it.each([
    ['zero', [0, 0, 0], corners],
    ['zero', [-0, 0, -0], corners],
    ['fits', [0, 0, 1], corners],
    ['fits', [0, 0, -0.07], corners],
    ['differs', [1, 0, 0], corners],
    ['differs', [0, 1e-41, 1], corners],
    ['differs', [Number.NaN, 0, 1], corners],
    ['open', [1, 0, 0], [0, 0, 0, 1, 1, 1, 2, 2, 2]],
    ['open', [0, 0, 0], Array(9).fill(0)],
  ] as const)('%s: %j', (expected, normal, points) => {
    expect(compareNormal(facet([...normal, ...points]), 0)).toBe(expected);
  });

  it('is ignored if all coordinates are equal', () => {
    expect(areDistinct(facet(corners), 0)).toBe(true);
    expect(areDistinct(facet(Array(9).fill(0)), 0)).toBe(true);
    expect(areDistinct(facet(Array(9).fill(2.4e-38)), 0)).toBe(false);
  });
});
