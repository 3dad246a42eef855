/** A hundred thousand files that are out of step, others each time. */
import { it } from 'vitest';
import { readOutOfStep } from './out-of-step.js';

it('files that are out of step are refused, or read as the mesh that they were', async () => {
  await readOutOfStep({ runs: 100_000, seed: Date.now() % 2 ** 31 });
});
