/** A hundred thousand files that are out of step, others each time. */
import { it } from 'vitest';
import { readOutOfStep } from './out-of-step.js';

it('misaligned files are refused, or read as the original mesh', async () => {
  await readOutOfStep({ runs: 100_000, seed: Date.now() % 2 ** 31 });
});
