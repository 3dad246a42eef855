/** Two hundred kills: as in the default tests, but of every source with every budget and number of threads. */
import { afterAll, describe, expect, it } from 'vitest';
import { BUDGETS, SOURCES, survive } from './support/survive.js';

const KILLS = 8;
let kills = 0;

describe('an import that is killed again and again', () => {
  const budgets = Object.keys(BUDGETS) as (keyof typeof BUDGETS)[];
  const cases = Object.keys(SOURCES).flatMap((name) =>
    budgets.flatMap((budget) => [1, 2].map((threads) => [name, budget, threads] as const)),
  );

  it.each(cases)('ends as one that is not: %s, %s, threads: %d', async (name, budget, threads) => {
    for (const stepMs of [20, 45]) {
      const survival = await survive(name, budget, threads, { stepMs, most: KILLS });
      kills += survival.kills;
    }
  });

  afterAll(() => expect(kills).toBeGreaterThanOrEqual(200));
});
