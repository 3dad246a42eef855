/** Covers: memory. */
import { describe, expect, it } from 'vitest';
import {
  MEMORY_RESERVE,
  type MemoryOptions,
  planChecking,
  planCompleting,
  planComponents,
  planEarlyFormatting,
  planExporting,
  planHashing,
  planIndexing,
  planLoading,
  planOrienting,
  planParsing,
  planQuerying,
  planSelecting,
  planSideBySide,
  planSplitting,
  planSurveying,
  planUnpacking,
  planVerifying,
  type ShellsPlan,
  THREAD_BYTES,
} from '../../src/memory/plans.js';
import { MEMORY_MINIMUM } from '../../src/memory.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const BUDGETS = [
  ...Array.from({ length: 64 }, (_, k) => MEMORY_MINIMUM + k * 4 * MIB),
  MEMORY_MINIMUM + 1,
  ...[0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64].map((size) => size * GIB),
];
const THREADS = Array.from({ length: 64 }, (_, k) => k + 1);

/** What a run holds at one time, in bytes, beside what Node itself takes. */
type Phase = Readonly<Record<string, number>>;
type Phases = Readonly<Record<string, Phase>>;

const shells = (plan: ShellsPlan): Phase => ({ ...plan });

/** The phases of each verb with as many and as large sets as its plan allows. */
const VERBS: Readonly<Record<string, (options: Required<MemoryOptions>, threads: number) => Phases>> = {
  load: (options, threads) => phasesOfLoading(options, threads, true),
  'load without pieces': (options, threads) => phasesOfLoading(options, threads, false),
  'load compressed input': (options, threads) => {
    // The window that a budget has just room for.
    const windowBytes = options.memoryBytes! - planUnpacking(0).leastMemoryBytes;
    return phasesOfLoading(options, threads, true, planUnpacking(windowBytes).bytes);
  },
  select: (options, threads) => {
    const setsBytes = planSelecting(options, threads, 0).sets.mostBytes;
    const plan = planSelecting(options, threads, setsBytes);
    const { positionsBytes, weldBytes, labelsBytes, duplicatesBytes } = plan;
    const threadsBytes = plan.threads * THREAD_BYTES.format;
    return {
      scan: { threadsBytes, setsBytes, positionsBytes },
      weld: { setsBytes: setsBytes / 2, links: weldBytes, cells: weldBytes },
      thin: { setsBytes: setsBytes / 2, labelsBytes, duplicatesBytes },
      write: { setsBytes: setsBytes / 2, labelsBytes },
    };
  },
  orient: (options, threads) => {
    const { freeBytes } = planSelecting(options, threads, 0);
    const setsBytes = planOrienting(options, freeBytes, 0).sets.mostBytes;
    return { judge: { setsBytes, ...shells(planOrienting(options, freeBytes, setsBytes).shells) } };
  },
  'select with large sets': (options, threads) => {
    // As many as fit without threads.
    const setsBytes = planSelecting(options, 1, 0).sets.mostBytes;
    const plan = planSelecting(options, threads, setsBytes);
    const { rowsBytes, threads: count } = planExporting(options, threads, plan.threads);
    const roomBytes = plan.sets.mostBytes - setsBytes;
    return {
      scan: { threads: plan.threads * THREAD_BYTES.format, setsBytes, roomBytes },
      write: { threads: count * THREAD_BYTES.format, setsBytes: setsBytes / 2, rowsBytes },
    };
  },
  export: (options, threads) => {
    const { threads: count, rowsBytes } = planExporting(options, threads);
    const setsBytes = planSelecting(options, threads, 0).sets.mostBytes / 2;
    return { write: { threadsBytes: count * THREAD_BYTES.format, setsBytes, rowsBytes } };
  },
  split: (options) => {
    const { sets, rowsBytes } = planSplitting(options);
    return { restrict: { setsBytes: sets.mostBytes, rowsBytes } };
  },
  check: (options) => {
    const setsBytes = planChecking(options, 0).sets.mostBytes;
    const plan = planChecking(options, setsBytes);
    const { nestingBytes, ...others } = shells(plan.shells);
    const measure = plan.measuringBytes === 0 ? 0 : plan.measuringBytes + THREAD_BYTES.deal;
    return { check: { setsBytes, ...others, nestingBytes }, count: { setsBytes, ...others, measure } };
  },
  survey: (options) => ({ survey: planSurveying(options) }),
  'find components': (options) => ({ find: planComponents(options) }),
  'build the index': (options) => ({ build: planIndexing(options) }),
  verify: (options, threads) => {
    const { memoryBytes, positionsBytes } = planVerifying(options, 0);
    const parse = planParsing(memoryBytes, threads) * THREAD_BYTES.parse;
    const hash = planHashing(memoryBytes, threads) * THREAD_BYTES.hash;
    return { read: { parse, hash, positionsBytes } };
  },
  query: (options) => ({ ask: planQuerying(options) }),
};

function phasesOfLoading(
  { memoryBytes }: MemoryOptions,
  threads: number,
  hasPieces: boolean,
  unpackingBytes = 0,
): Phases {
  const needs = { hasPieces, unpackingBytes, leastWeldBytes: 0 };
  const { threads: some, weldBytes } = planLoading(memoryBytes!, threads, needs);
  // A welder in the main thread may still hold its memory.
  const heldBytes = some.weld === 0 ? weldBytes : 0;
  const parse = some.parse * THREAD_BYTES.parse;
  const weld = some.weld * THREAD_BYTES.weld;
  return {
    read: { unpackingBytes, parse, weld, weldBytes },
    complete: {
      complete: THREAD_BYTES.complete,
      sortingBytes: planCompleting(memoryBytes!, Number.MAX_SAFE_INTEGER, heldBytes),
      heldBytes,
    },
  };
}

describe('memory plans', () => {
  it.each(Object.keys(VERBS))('%s hands out no more than the budget', (verb) => {
    for (const memoryBytes of BUDGETS) {
      for (const threads of THREADS) {
        for (const [phase, parts] of Object.entries(VERBS[verb]!({ memoryBytes }, threads))) {
          const where = `${phase} with ${memoryBytes} bytes and ${threads} threads`;
          const sum = Object.values(parts).reduce((bytes, part) => bytes + part, MEMORY_RESERVE);
          if (sum > memoryBytes) expect(sum, where).toBeLessThanOrEqual(memoryBytes);
          const least = Math.min(...Object.values(parts));
          if (!(least >= 0)) expect(least, where).toBeGreaterThanOrEqual(0);
        }
      }
    }
  });

  it('leave the tables of the welder some memory, whatever the threads', () => {
    for (const memoryBytes of BUDGETS) {
      for (const threads of THREADS) {
        const { read } = VERBS.load!({ memoryBytes }, threads);
        if (!(read!.weldBytes! >= 4 * MIB))
          expect(read!.weldBytes, `${threads}`).toBeGreaterThanOrEqual(4 * MIB);
      }
    }
  });

  it('leave the sets of a filter most of what threads could take', () => {
    for (const memoryBytes of BUDGETS) {
      for (const threads of THREADS) {
        const { sets, threads: count } = planSelecting({ memoryBytes }, threads, 0);
        const share = sets.mostBytes / planSelecting({ memoryBytes }, 1, 0).sets.mostBytes;
        if (!(share >= 0.5)) expect(share, `${threads}`).toBeGreaterThanOrEqual(0.5);
        if (threads === 2) expect(count).toBe(2);
      }
    }
  });

  it('give up threads for the tables of an import that is resumed, and never for one that begins', () => {
    const needs = { hasPieces: true, unpackingBytes: 0 };
    const first = planLoading(GIB, 8, { ...needs, leastWeldBytes: 0 });
    expect(first.threads).toEqual({ parse: 8, weld: 1 });
    const more = (bytes: number) =>
      planLoading(GIB, 8, { ...needs, leastWeldBytes: first.weldBytes + bytes });
    expect(more(0)).toEqual(first);
    expect(more(1).threads).toEqual({ parse: 0, weld: 1 });
    // Completing the database takes more than the weld thread: the tables get no more without it.
    expect(more(GIB)).toEqual({ threads: { parse: 0, weld: 0 }, weldBytes: more(1).weldBytes });
  });

  it('say which budget sets need', () => {
    for (const memoryBytes of BUDGETS) {
      const setsBytes = 3 * GIB;
      const needed = planChecking({ memoryBytes }, setsBytes).sets.memoryFor(setsBytes);
      expect(planChecking({ memoryBytes: needed }, setsBytes).sets.mostBytes).toBe(setsBytes);
    }
  });

  it('share the memory and the threads among conversions side by side', () => {
    for (const memoryBytes of BUDGETS) {
      for (const [threads, files] of [
        [1, 9],
        [2, 9],
        [16, 3],
        [64, 1000],
        [4, 0],
      ] as const) {
        const plan = planSideBySide({ memoryBytes }, threads, files);
        expect(plan.jobs).toBeGreaterThanOrEqual(1);
        expect(plan.jobs).toBeLessThanOrEqual(Math.max(1, Math.min(threads, files)));
        expect(plan.memoryBytes).toBeGreaterThanOrEqual(MEMORY_MINIMUM);
        expect(plan.jobs * plan.memoryBytes).toBeLessThanOrEqual(memoryBytes);
        expect(plan.jobs * plan.threads).toBeLessThanOrEqual(threads);
      }
    }
    expect(planSideBySide({ memoryBytes: GIB }, 8, 100)).toMatchObject({ jobs: 5, threads: 1 });
    expect(planSideBySide({ memoryBytes: GIB }, 8, 2)).toMatchObject({ jobs: 2, threads: 4 });
  });
});

describe('threads that write, started early', () => {
  it('get no more than the memory that completing a database would take', () => {
    for (const [parse, weld, expected] of [
      [0, 0, 2],
      [0, 1, 1],
      [2, 1, 0],
    ] as const) {
      const count = planEarlyFormatting({ parse, weld });
      expect(count).toBe(expected);
      const bytes = count * THREAD_BYTES.format + parse * THREAD_BYTES.parse + weld * THREAD_BYTES.weld;
      if (count > 0) expect(bytes).toBeLessThanOrEqual(THREAD_BYTES.complete);
    }
  });
});
