import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FacetDecoder } from '../../../src/formats/stl/facet-decoder.js';
import { FACET_BYTES } from '../../../src/formats/stl/layout.js';

interface Facet {
  readonly corners: readonly number[];
  readonly word: number;
}

function encode(facets: readonly Facet[]): Uint8Array {
  const bytes = new Uint8Array(FACET_BYTES * facets.length);
  const view = new DataView(bytes.buffer);
  for (const [k, { corners, word }] of facets.entries()) {
    for (const [c, value] of corners.entries()) view.setFloat32(FACET_BYTES * k + 12 + 4 * c, value, true);
    view.setUint16(FACET_BYTES * k + 48, word, true);
  }
  return bytes;
}

/** The exponents of the nonzero coordinates of every fourth facet. */
function countExponents(facets: readonly Facet[]): number[] {
  const counts = Array.from({ length: 256 }, () => 0);
  const bits = new Uint32Array(1);
  for (const { corners } of facets.filter((_, k) => k % 4 === 0)) {
    for (const value of corners.filter((number) => number !== 0)) {
      new Float32Array(bits.buffer)[0] = value;
      counts[(bits[0]! >>> 23) & 0xff]!++;
    }
  }
  return counts;
}

const value = fc.oneof(
  { weight: 4, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) },
  fc.constantFrom(0, -0),
);
const corners = fc.oneof(
  { weight: 5, arbitrary: fc.array(value, { minLength: 9, maxLength: 9 }) },
  fc.constant(Array.from({ length: 9 }, () => 0)),
);
const facet = fc.record({ corners, word: fc.oneof(fc.constant(0), fc.nat(0xffff)) });
// Too few NUL bytes to be refused, and too few facets to be judged.
const facets = fc.array(facet, { minLength: 1, maxLength: 70 });

describe('FacetDecoder', () => {
  it('decodes what was encoded, from anywhere in its window and in any steps', () => {
    fc.assert(
      fc.property(facets, fc.nat(40), fc.integer({ min: 1, max: 70 }), (all, start, step) => {
        const bytes = encode(all);
        const decoder = new FacetDecoder(step, all.length, start + bytes.length);
        decoder.window.set(bytes, start);
        const positions: number[] = [];
        const words: number[] = [];
        let anyWord = false;
        for (let done = 0, some = 0; done < all.length; done += some) {
          some = Math.min(step, all.length - done);
          const from = FACET_BYTES * done;
          anyWord = decoder.decode(start + from, some, done, 84 + from) || anyWord;
          positions.push(...decoder.positions.subarray(0, 9 * some));
          words.push(...decoder.attributes.subarray(0, some));
        }
        expect(positions).toEqual(all.flatMap((one) => one.corners));
        expect(words).toEqual(all.map((one) => one.word));
        expect(anyWord).toBe(words.some((word) => word !== 0));
        expect(decoder.save().exponents).toEqual(countExponents(all));
      }),
    );
  });

  it('refuses a coordinate that is not finite, and names it', () => {
    const usual = { corners: [1, 2, 3, 4, 5, 6, 7, 8, 9], word: 0 };
    const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(fc.nat(20), fc.nat(8), bad, (before, corner, found) => {
        const all = [
          ...Array.from({ length: before }, () => usual),
          { ...usual, corners: [...usual.corners] },
        ];
        all[before]!.corners[corner] = found;
        const bytes = encode(all);
        const decoder = new FacetDecoder(all.length, all.length, bytes.length);
        decoder.window.set(bytes);
        const offset = 84 + FACET_BYTES * before + 12 + 4 * corner;
        expect(() => decoder.decode(0, all.length, 0, 84)).toThrow(
          expect.objectContaining({
            problem: `${'xyz'[corner % 3]} of a vertex is ${found}; expected a finite number`,
            place: { offset },
          }),
        );
      }),
    );
  });
});
