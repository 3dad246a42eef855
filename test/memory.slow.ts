import { describe, it } from 'vitest';
import { expectFlatMemory, expectFlatStream, hasHardLimit } from './support/memory.js';

it.each([
  ['1 M', 2500, 200],
  ['10 M', 25_000, 200],
  ['50 M', 50_000, 500],
])('stays within --memory at %s triangles', (_, rings, sides) => expectFlatMemory(rings, sides));

it.each([
  ['20 M', 50_000, 200],
  ['100 M', 100_000, 500],
])('stays within --memory at %s triangles from a pipe', (_, rings, sides) => expectFlatStream(rings, sides));

describe.skipIf(!hasHardLimit)('where the system gives hardly more than --memory', () => {
  it.each([1, 2])('imports and converts 20 M triangles, with %i threads', (threads) =>
    expectFlatStream(50_000, 200, { isHard: true, threads }),
  );
});
