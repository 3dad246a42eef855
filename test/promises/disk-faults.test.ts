import { describe, it, vi } from 'vitest';
import { expectNoTrace, expectResumable, RESUMABLE, RUNS } from '../support/disk-faults.js';

vi.mock('node:fs', async (load) => (await import('../support/faults.js')).breakSync(await load()));
vi.mock('node:fs/promises', async (load) => (await import('../support/faults.js')).breakAsync(await load()));

describe('a failing disk', () => {
  it.each(Object.entries(RUNS))('leaves no trace of %s', (_, run) => expectNoTrace(run, false));

  it.each(RESUMABLE)(
    'leaves %s to resume after its first checkpoint',
    (name) => expectResumable(name, false),
    120_000,
  );
});
