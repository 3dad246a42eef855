import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { countThreads } from '../../../src/pipeline/run/thread-count.js';

describe('the number of threads', () => {
  it('is as requested, or one for a small mesh and the number of cores for a large one', () => {
    expect(countThreads(3, 10)).toBe(3);
    expect(countThreads(undefined, 10)).toBe(1);
    expect(countThreads(undefined, 1e7)).toBe(availableParallelism());
    expect(countThreads(undefined, undefined)).toBe(availableParallelism());
  });

  it.each([0, -1, 1.5, 65, Number.NaN])('is not %d', (threads) => {
    expect(() => countThreads(threads, 10)).toThrow(UsageError);
  });
});
