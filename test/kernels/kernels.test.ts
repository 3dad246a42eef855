import { describe, expect, it } from 'vitest';
import { KernelMemory } from '../../src/kernels/kernels.js';

describe('KernelMemory', () => {
  it('gives out memory that is aligned, empty and apart, and no more than announced', () => {
    const sizes = [1, 100, 65_536];
    const memory = new KernelMemory(sizes);
    const addresses = sizes.map((size) => memory.allocate(size));
    for (const [k, address] of addresses.entries()) {
      expect(address % 16).toBe(0);
      // Kernels read a little more.
      expect(address + sizes[k]! + 16).toBeLessThanOrEqual(addresses[k + 1] ?? memory.buffer.byteLength);
    }
    expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
    expect(() => memory.allocate(65_536)).toThrow(RangeError);
  });

  it('runs kernels in its own memory', () => {
    const [one, other] = [new KernelMemory([1e6]), new KernelMemory([1e6])];
    for (const { buffer } of [one, other]) new Uint8Array(buffer).fill(1);
    one.kernels.forgetRecent(0);
    expect(new Uint8Array(one.buffer)).toContain(0);
    expect(new Uint8Array(other.buffer)).not.toContain(0);
  });
});
