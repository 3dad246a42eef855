/**
 * Hostile files of any format: whole ones with changes, each told by a few integers that fast-check makes of a seed.
 *
 * A failure prints that seed and a path; `FUZZ=<seed>/<path>` runs the one file again, and `FUZZ=<seed>` all of them.
 */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { applyChanges, CHANGE_COUNT, type ChangeChoice } from './changes.js';
import { importThrough, lintThrough, type ReadingChoice, readThrough } from './outcome.js';
import { PACKINGS, SEEDS } from './seeds.js';
import { Watchdog } from './watchdog.js';

export type FuzzedFormat = keyof typeof SEEDS;

/** The longest that one file may take of the processor, in microseconds, and what ends a process that does not come back. */
const FILE_US_MAX = 2e6;
const HANG_SECONDS = 60;
/** More memory than the whole run may keep beyond what it begins with, in bytes. */
const GROWTH_BYTES_MAX = 512 * 2 ** 20;

export interface FuzzOptions {
  readonly formats: readonly FuzzedFormat[];
  /** How many files are read and welded, and how many more go all the way. */
  readonly reads: number;
  readonly imports: number;
  readonly seed: number;
  readonly folder: string;
}

/** A hostile file as numbers. */
interface FuzzCase {
  readonly seed: number;
  readonly other: number;
  readonly changes: ChangeChoice[];
  readonly packing: number;
  /** Changes of what is packed. */
  readonly packed: ChangeChoice[];
  readonly choice: ReadingChoice;
}

const change: fc.Arbitrary<ChangeChoice> = fc.tuple(fc.nat(CHANGE_COUNT - 1), fc.nat(), fc.nat());

/** Cases of so many seeds of these formats; one in a hundred is packed, one in ten of these with zstd, which takes long. */
function arbitraryCase(seeds: number, formats: readonly FuzzedFormat[]): fc.Arbitrary<FuzzCase> {
  return fc.record({
    seed: fc.nat(seeds - 1),
    other: fc.nat(seeds - 1),
    changes: fc.array(change, { minLength: 1, maxLength: 5 }),
    packing: fc.nat(999).map((k) => (k === 0 ? 2 : k < 10 ? 1 : 0)),
    packed: fc.array(change, { maxLength: 1 }),
    choice: fc.record({
      salvage: fc.boolean(),
      batchTriangles: fc.integer({ min: 1, max: 40 }),
      piece: fc.integer({ min: 1, max: 1000 }),
      isStream: fc.boolean(),
      weldBytes: fc.constantFrom(2 ** 13, 2 ** 18),
      ending: fc.constantFrom(...formats, 'txt'),
    }),
  });
}

/** Reads that many hostile files and throws at the first that crashes, takes too long, or gives what is no mesh. */
export async function fuzz({ formats, reads, imports, seed, folder }: FuzzOptions): Promise<void> {
  const seeds = formats.flatMap((format) => SEEDS[format]);
  const watchdog = new Watchdog(HANG_SECONDS, `FUZZ=${seed}`);
  const before = process.memoryUsage.rss();
  let peak = before;

  let count = 0;
  const run = async (numRuns: number, attempt: (bytes: Buffer, choice: ReadingChoice) => Promise<void>) => {
    const property = fc.asyncProperty(arbitraryCase(seeds.length, formats), async (given) => {
      watchdog.tick();
      const changed = applyChanges(seeds[given.seed]!.content, given.changes, seeds[given.other]!.content);
      const pack = PACKINGS[given.packing];
      const bytes =
        pack === undefined ? changed : applyChanges(pack(changed), given.packed, seeds[given.other]!.content);
      const before = process.cpuUsage();
      await attempt(bytes, given.choice);
      const { user, system } = process.cpuUsage(before);
      if (user + system > FILE_US_MAX) throw new Error(`it took ${user + system} microseconds`);
      if (++count % 64 !== 0) return;
      // What nobody holds any more is no concern: windows of megabytes for files of a few bytes.
      collectGarbage();
      peak = Math.max(peak, process.memoryUsage.rss());
    });
    await fc.assert(property, { numRuns, ...replayOr(seed) });
  };
  try {
    await run(reads, async (bytes, choice) => {
      const whole = await readThrough(bytes, { ...choice, piece: bytes.length }, join(folder, 'spill'));
      const again = async (how: string, other: ReadingChoice, isStopped: boolean) => {
        const same = await readThrough(bytes, other, join(folder, 'spill'), isStopped);
        if (JSON.stringify(same) === JSON.stringify(whole)) return;
        throw new Error(`${JSON.stringify(same)} ${how}; whole ${JSON.stringify(whole)}`);
      };
      if (choice.piece % 4 === 0) await again('in pieces', choice, false);
      if (choice.piece % 4 === 1) await again('with stops', { ...choice, piece: bytes.length }, true);
      if (choice.ending === 'off') await lintThrough(bytes, choice);
    });
    await run(imports, async (bytes, choice) => {
      await importThrough(bytes, choice, folder);
    });
  } finally {
    await watchdog.stop();
  }
  if (peak - before > GROWTH_BYTES_MAX) throw new Error(`${peak - before} bytes of memory more than before`);
}

/** Node's own way to ask for it is an option of the command line, which a test does not have. */
const collectGarbage = (() => {
  setFlagsFromString('--expose_gc');
  return runInNewContext('gc') as () => void;
})();

/** What the variable FUZZ asks for. */
function replayOr(seed: number): { readonly seed: number; readonly path?: string } {
  const wanted = process.env.FUZZ;
  if (wanted === undefined) return { seed };
  const [number, path] = wanted.split('/');
  return { seed: Number(number), ...(path !== undefined && { path }) };
}
