import { describe, expect, it } from 'vitest';
import { runSteps, stepsWithin } from '../../src/collections/steps.js';

function* work(): Generator<number, string> {
  yield 0.25;
  yield 1;
  return 'done';
}

describe('steps', () => {
  it('are run to the end, with a call for each', async () => {
    const shares: number[] = [];
    const result = await runSteps(work(), async (share) => {
      shares.push(share);
    });
    expect({ shares, result }).toEqual({ shares: [0.25, 1], result: 'done' });
  });

  it('are scaled to a part of larger work', () => {
    const steps = stepsWithin(0.5, 0.9, work());
    expect([steps.next(), steps.next(), steps.next()]).toEqual([
      { done: false, value: 0.6 },
      { done: false, value: 0.9 },
      { done: true, value: 'done' },
    ]);
  });
});
