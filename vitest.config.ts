import { defineConfig } from 'vitest/config';

/** `vitest run` takes *.test.ts; `vitest run --mode slow` takes *.slow.ts, what needs more than minutes. */
export default defineConfig(({ mode }) => ({
  test: {
    include: mode === 'slow' ? ['test/**/*.slow.ts'] : ['test/**/*.test.ts'],
    testTimeout: mode === 'slow' ? 3_600_000 : 60_000,
  },
}));
