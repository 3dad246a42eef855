import { describe, expect, it } from 'vitest';
import { randomBytes } from '../../src/io/random-bytes.js';

describe('randomBytes', () => {
  it('returns as many bytes, different ones each time', () => {
    const all = Array.from({ length: 100 }, () => randomBytes(16));
    expect(all.every((bytes) => bytes.length === 16)).toBe(true);
    expect(new Set(all.map((bytes) => bytes.toString('hex'))).size).toBe(100);
  });

  it('returns every value of a byte', () => {
    expect(new Set(randomBytes(10_000)).size).toBe(256);
  });
});
