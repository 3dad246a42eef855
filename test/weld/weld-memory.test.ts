/** Covers: weld/positions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeHashKey, PositionHash } from '../../src/collections/position-hash.js';
import { bitsOf, positionsOf, wordsOf } from '../../src/weld/positions.js';
import { WeldMemory } from '../../src/weld/weld-memory.js';

describe('WeldMemory', () => {
  it('has an arena at its beginning and what kernels need after it', () => {
    const memory = new WeldMemory(4096, 3, makeHashKey());
    for (const address of Object.values(memory.at)) expect(address).toBeGreaterThanOrEqual(4096);
    expect(memory.at.state + memory.kernels.weldBytes()).toBeLessThanOrEqual(memory.at.rows);
  });

  it.each([4, 8] as const)('hashes rows as PositionHash does, without -0: %i bytes per value', (width) => {
    const words = wordsOf(width);
    const any = width === 4 ? fc.float({ noNaN: true }) : fc.double({ noNaN: true });
    const value = fc.oneof(any, fc.constantFrom(0, -0, 1));
    const key = makeHashKey();
    const memory = new WeldMemory(0, words, key);
    const hash = new PositionHash(words, key);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, value, value)), fc.integer({ min: 0, max: 1 }), (rows, more) => {
        const stride = words + more;
        const all = Array.from({ length: rows.length * stride }, () => -1);
        const bits = Int32Array.from(all);
        for (const [k, row] of rows.entries()) {
          const clean = row.map((number) => (number === 0 ? 0 : number));
          const Values = width === 4 ? Float32Array : Float64Array;
          memory.rows.set(bitsOf(Values.from(row)), stride * k);
          if (more > 0) memory.rows[stride * k + words] = k;
          bits.set(bitsOf(Values.from(clean)), stride * k);
          if (more > 0) bits[stride * k + words] = k;
        }
        memory.hashRows(rows.length, stride);
        expect(memory.rows.subarray(0, stride * rows.length)).toEqual(bits);
        const hashes = rows.map((_, k) => hash.hashOne(bits, stride * k));
        expect([...memory.hashes.subarray(0, rows.length)]).toEqual(hashes);
      }),
    );
  });

  it('stages positions from anywhere', () => {
    const memory = new WeldMemory(0, 6, makeHashKey());
    const values = Float64Array.from({ length: 30 }, (_, k) => k / 7);
    memory.stage(bitsOf(values), 6, 2);
    expect([...positionsOf(memory.rows.subarray(0, 12), 8)]).toEqual([...values.subarray(3, 9)]);
  });
});
