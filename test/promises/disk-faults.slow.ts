import { describe, it, vi } from 'vitest';
import { expectNoTrace, expectResumable, MORE_RUNS, RESUMABLE, RUNS } from '../support/disk-faults.js';

vi.mock('node:fs', async (load) => (await import('../support/faults.js')).breakSync(await load()));
vi.mock('node:fs/promises', async (load) => (await import('../support/faults.js')).breakAsync(await load()));

describe('a disk that fails at every operation', () => {
  it.each(Object.entries({ ...RUNS, ...MORE_RUNS }))('leaves no trace of %s', (_, run) =>
    expectNoTrace(run, true),
  );

  it.each(RESUMABLE)('leaves %s to resume after its first checkpoint', (name) => expectResumable(name, true));
});
