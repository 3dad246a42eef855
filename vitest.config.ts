import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** A core of the tests, for each version of Node: what meets its memory, threads, streams, and SQLite. */
const CORE = [
  'test/golden.test.ts',
  'test/promises/memory.test.ts',
  'test/io/*.test.ts',
  'test/database/sql/session.test.ts',
  'test/library.test.ts',
  'test/pipeline/threads/thread.test.ts',
  'test/commands/convert.test.ts',
  'test/commands/import.test.ts',
  'test/io/compression/compression.test.ts',
  'test/commands/terminal/interrupt.test.ts',
  'test/commands/sql.test.ts',
];

/**
 * Tests of functions, which change nothing of the process: they share one, since to start a process for each file takes longer
 * than most of them.
 */
const FUNCTIONS = ['collections', 'geometry', 'kernels', 'render', 'tiles', 'topology', 'weld'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

/** Files whose random tests run more often in the slow mode. */
const RANDOM = [
  'test/database/build/base-mesh.test.ts',
  'test/database/pages/table-reader.test.ts',
  'test/database/rows/corner-positions.test.ts',
  'test/database/sql/session.test.ts',
  'test/filter/triangle-filter.test.ts',
  'test/formats/off/write/write.test.ts',
  'test/formats/shared/unshared.test.ts',
  'test/geometry/near-vertices.test.ts',
  'test/geometry/shapes.test.ts',
  'test/io/number-text.test.ts',
  'test/migrations/views.test.ts',
  'test/pipeline/check-mesh.test.ts',
  'test/view/sets.test.ts',
  'test/weld/indexed-welder.test.ts',
  'test/weld/welder.test.ts',
];

/**
 * `vitest run` takes *.test.ts; `vitest run --mode slow` takes *.slow.ts, what needs more than minutes;
 * `vitest run --mode core` takes a core of *.test.ts.
 */
const INCLUDED: Readonly<Record<string, string[]>> = { slow: ['test/**/*.slow.ts', ...RANDOM], core: CORE };

const DEFAULT_PROJECTS: TestProjectInlineConfiguration[] = [
  { extends: true, test: { name: 'functions', include: FUNCTIONS, isolate: false } },
  { extends: true, test: { name: 'others', include: ['test/**/*.test.ts'], exclude: FUNCTIONS } },
];

export default defineConfig(({ mode }) => ({
  test: {
    ...(mode in INCLUDED ? { include: INCLUDED[mode]! } : { projects: DEFAULT_PROJECTS }),
    setupFiles: ['test/support/equality.ts'],
    // One more than there would be on two cores: much of the time is that of other processes.
    maxWorkers: 2,
    env: { TEST_MODE: mode },
    testTimeout: mode === 'slow' ? 3_600_000 : 60_000,
    // A machine that has other work starts a browser within a minute, not within ten seconds.
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
}));
