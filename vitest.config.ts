import { defineConfig } from 'vitest/config';

/** `vitest run` takes *.test.ts; `vitest run --mode slow` takes *.slow.ts, what needs more than minutes. */
export default defineConfig(({ mode }) => ({
  test: {
    include: mode === 'slow' ? ['test/**/*.slow.ts'] : ['test/**/*.test.ts'],
    // One more than there would be on two cores: much of the time is that of other processes.
    maxWorkers: 2,
    testTimeout: mode === 'slow' ? 3_600_000 : 60_000,
  },
}));
