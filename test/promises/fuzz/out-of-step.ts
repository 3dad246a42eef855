/** Files that are out of step: what is read of each is exactly its own mesh, or it is refused. */
import fc from 'fast-check';
import { FormatError } from '../../../src/errors.js';
import { type ReadResult, readMesh } from '../../support/sources.js';
import { STEP_SEEDS } from './step-seeds.js';
import { STEPS, type StepSeed } from './steps.js';

export interface OutOfStepOptions {
  readonly runs: number;
  readonly seed: number;
}

interface StepCase {
  readonly seed: number;
  readonly other: number;
  readonly at: number;
  readonly size: number;
  readonly value: number;
  readonly isStream: boolean;
  readonly salvage: boolean;
}

const steps = Object.entries(STEPS);
/** Header and sixteen facets of a binary STL. */
const SALVAGED_FROM = 84 + 50 * 16;
/** Warnings of faces with the number of a color, and with one or two corners. */
const ODD_FACES = ['off-color-index', 'off-short-face', 'ply-short-face'];
/** So many facets at the end of a truncated STL have too few behind them to show that they are in step. */
const UNPROVEN = 5;

/** How many of each change were refused and read, by its name. */
export type StepTally = Record<string, { refused: number; read: number }>;

/** Reads that many files, as many of each change, and throws at the first that gives another mesh. */
export async function readOutOfStep({ runs, seed }: OutOfStepOptions): Promise<StepTally> {
  const wholes = await Promise.all(STEP_SEEDS.map(({ content }) => readMesh(content)));
  const tally: StepTally = {};
  for (const [name, step] of steps) {
    const counts = { refused: 0, read: 0 };
    tally[name] = counts;
    // Only what the change is made for.
    const seeds = STEP_SEEDS.map((each, k) => ({ each, k })).filter(({ each }) =>
      [0, 1, 2, 3].some((value) => step(each, value, value, value, each) !== undefined),
    );
    const property = fc.asyncProperty(arbitraryCase(seeds.length), async (given) => {
      const { each, k } = seeds[given.seed]!;
      const alike = STEP_SEEDS.filter(
        ({ format, isBinary }) => format === each.format && isBinary === each.isBinary,
      );
      const other = alike[given.other % alike.length]!;
      const changed = step(each, given.at, given.size, given.value, other);
      if (changed === undefined || changed.equals(each.content)) return;
      const isRead = await readOrRefuse(changed, each, wholes[k]!, given);
      counts[isRead ? 'read' : 'refused']++;
    });
    await fc.assert(property, { numRuns: Math.ceil(runs / steps.length), seed });
  }
  return tally;
}

function arbitraryCase(seeds: number): fc.Arbitrary<StepCase> {
  return fc.record({
    seed: fc.nat(seeds - 1),
    other: fc.nat(99),
    at: fc.nat(2 ** 20),
    size: fc.nat(2 ** 10),
    value: fc.nat(2 ** 10),
    isStream: fc.boolean(),
    salvage: fc.boolean(),
  });
}

/** Whether it was read, and then as the mesh that it was; of a binary STL, salvage may give its beginning. */
async function readOrRefuse(
  bytes: Buffer,
  { name, format, isBinary, content }: StepSeed,
  whole: ReadResult,
  { isStream, salvage }: StepCase,
): Promise<boolean> {
  // Of a file whose first facets are wrong nobody knows which are right.
  const isSalvaged =
    salvage &&
    format === 'stl' &&
    isBinary &&
    content.subarray(0, SALVAGED_FROM).equals(bytes.subarray(0, SALVAGED_FROM));
  let result: ReadResult;
  try {
    result = await readMesh(bytes, { name: `in.${format}`, isStream, salvage: isSalvaged });
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
  // Indexed binary formats have little redundancy: a change can make a valid file, with faces that are warned of.
  if (isBinary && result.warnings.some(([kind]) => ODD_FACES.includes(kind))) return true;
  // What stands right before the end of a truncated file nothing proves: a removal there looks like other triangles.
  const triangles = isSalvaged ? result.triangles.slice(0, -UNPROVEN) : result.triangles;
  const expected = isSalvaged ? whole.triangles.slice(0, triangles.length) : whole.triangles;
  const first = triangles.findIndex((triangle, k) => String(triangle) !== String(expected[k]));
  if (first < 0 && triangles.length === expected.length) return true;
  throw new Error(
    `${name} gives ${triangles.length} triangles, of ${whole.triangles.length}; triangle ${first} is ${triangles[first]}, ` +
      `it was ${expected[first]}; ${JSON.stringify(result.warnings.slice(0, 3))}`,
  );
}
