/** A thousand files that are out of step, the same ones each time; `npm run test:slow` reads 100,000 others. */
import { expect, it } from 'vitest';
import { readOutOfStep } from './out-of-step.js';
import { STEPS } from './steps.js';

it('misaligned files are refused, or read as the original mesh', async () => {
  const tally = await readOutOfStep({ runs: 1000, seed: 1 });
  for (const name of Object.keys(STEPS)) expect(tally[name]!.refused, name).toBeGreaterThan(0);
});
