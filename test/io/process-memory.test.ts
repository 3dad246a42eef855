import { expect, it } from 'vitest';
import { peakMemory } from '../../src/io/process-memory.js';

it('reports the peak of the process in bytes, which never falls', () => {
  const before = peakMemory();
  expect(before).toBeGreaterThanOrEqual(process.memoryUsage.rss() / 2);
  const size = Math.max(0, before - process.memoryUsage.rss()) + 64 * 2 ** 20;
  const used = Buffer.alloc(size, 1).length;
  const after = peakMemory();
  expect(used).toBe(size);
  expect(after - before).toBeGreaterThan(32 * 2 ** 20);
  expect(peakMemory()).toBeGreaterThanOrEqual(after);
});
