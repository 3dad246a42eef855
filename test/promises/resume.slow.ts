/** Two hundred kills: as in the default tests, but of every source with every verb, budget and number of threads. */
import { afterAll, describe, expect, it } from 'vitest';
import { BUDGETS, SOURCES, survive, type Trial, VERBS } from '../support/survive.js';

const KILLS = 3;
let kills = 0;
let resumed = 0;

describe('a run that is killed again and again', () => {
  const budgets = Object.keys(BUDGETS) as (keyof typeof BUDGETS)[];
  const cases = Object.keys(SOURCES).flatMap((source) =>
    VERBS.flatMap((verb) =>
      budgets.flatMap((budget) =>
        [1, 2].map(
          (threads): Trial => ({
            source,
            rings: 400,
            verb,
            budget,
            threads,
            stepMs: verb === 'export' ? 8 : 90,
            kills: KILLS,
          }),
        ),
      ),
    ),
  );

  it.each(cases)('gives the same result: $verb $source, $budget, threads: $threads', async (trial) => {
    const survival = await survive(trial);
    kills += survival.kills;
    resumed += survival.resumed;
  });

  afterAll(() => {
    console.info(`${kills} kills, ${resumed} runs that went on`);
    expect(kills).toBeGreaterThanOrEqual(200);
    expect(resumed).toBeGreaterThanOrEqual(50);
  });
});
