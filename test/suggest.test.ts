import { describe, expect, it } from 'vitest';
import { suggest } from '../src/suggest.js';

const NAMES = ['roof', 'root', 'floor', 'wheels', 'x'];

describe('suggest', () => {
  it.each([
    ['rof', "did you mean 'roof'?"],
    ['ROOF', "did you mean 'roof'?"],
    ['orof', "did you mean 'roof'?"],
    ['rooof', "did you mean 'roof'?"],
    ['roox', "did you mean 'roof' or 'root'?"],
    ['whels', "did you mean 'wheels'?"],
    ['wehels', "did you mean 'wheels'?"],
  ])('finds the name for %s', (word, expected) => {
    expect(suggest(word, NAMES)).toBe(expected);
  });

  it.each(['y', 'window', 'wh', ''])("finds nothing like '%s'", (word) => {
    expect(suggest(word, NAMES)).toBeUndefined();
  });

  it('finds nothing like a very long word, at once', () => {
    expect(suggest('a'.repeat(1e6), ['b'.repeat(1e6), ...NAMES])).toBeUndefined();
  });

  it('finds nothing among no names', () => {
    expect(suggest('roof', [])).toBeUndefined();
  });
});
