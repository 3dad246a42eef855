/**
 * Verifies that two files hold the same oriented triangles, each as often as the other, in any order. This proves that
 * nothing was lost between a source and its result.
 */

import { UsageError } from '../errors.js';
import { isSameFile } from '../io/disk.js';
import { filePath, filePaths } from '../io/file-path.js';
import { planHashing, planVerifying } from '../memory/plans.js';
import type { Precision, Warning } from '../mesh.js';
import { flag, integer, internal, type Rules, takeOptions } from '../options.js';
import type { Checksum } from './hash/checksum.js';
import type { TriangleSums } from './hash/triangle-sums.js';
import { READING_OPTIONS, type ReadingOptions, settleReading } from './load/reading-options.js';
import { Pace } from './run/pace.js';
import { type Stage, WarningTally } from './run/progress.js';
import { describeInputs } from './run/source-errors.js';
import { countThreads } from './run/thread-count.js';
import { HashThreads } from './threads/hash-threads.js';
import { openSide } from './verify/open-side.js';
import { findParting, type Parting } from './verify/parting.js';
import type { OnStep, OpenedSide, Side, SideMemory } from './verify/side.js';

/**
 * Options of a comparison; `from`, `salvage` and `maxBytes` apply to the source. Temporary files are beside the file that
 * needs them.
 */
export interface VerifyOptions extends ReadingOptions {
  /** Find out where different meshes differ, which reads both twice more (default: true). */
  readonly examine?: boolean | undefined;
  /**
   * Bytes for positions of databases instead of their share of the memory; for tests.
   * @internal
   */
  readonly positionsBytes?: number | undefined;
}

/** The rules for {@link VerifyOptions}. */
export const VERIFY_OPTIONS: Rules<VerifyOptions> = {
  ...READING_OPTIONS,
  examine: flag,
  positionsBytes: internal(integer()),
};

/** The facts about one of the two meshes. */
export interface VerifiedMesh {
  /** The name that the caller gave; null if it gave several. */
  readonly name: string | null;
  /** The number of files. */
  readonly files: number;
  /** `database`, the id of its format, or `mixed` if files have several. */
  readonly format: string;
  readonly precision: Precision;
  readonly triangles: number;
  /** 32 hexadecimal digits: the sum of the hashes of all triangles. */
  readonly checksum: string;
}

export interface VerifyResult {
  readonly isEqual: boolean;
  /** float32 if one of the two has no more digits; the numbers of the other are then rounded to it. */
  readonly comparedAs: Precision;
  readonly mesh: VerifiedMesh;
  readonly source: VerifiedMesh;
  /**
   * How they differ; absent if they are equal, if standard input or a pipe would have to be read again, or without
   * `examine`.
   */
  readonly parting: Parting | undefined;
  readonly warnings: readonly (Warning & { readonly count: number })[];
}

/** What is known about a mesh after it has been read. */
type ReadSide = Pick<VerifiedMesh, 'precision' | 'triangles' | 'checksum'>;

type Compared = Omit<VerifyResult, 'warnings' | 'mesh' | 'source'> &
  Readonly<Record<'mesh' | 'source', ReadSide>>;

/**
 * Compares a mesh, which is an offload database or a file in any supported format, with its source, which may be any of
 * these too, or a list of files that are one mesh. One of them may be `-`, standard input. Order, first corners, names and colors do not matter; winding and
 * number do, and so do degenerate triangles. Different meshes pass as equal with a probability of about 2^-128, unless
 * someone constructs them. Throws UsageError, FileError, FormatError, DatabaseError.
 */
export async function verifyMesh(
  mesh: string | URL,
  source: string | URL | readonly (string | URL)[],
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  return verify(
    filePath.take(mesh, 'mesh'),
    filePaths.take(source, 'source'),
    takeOptions(options, VERIFY_OPTIONS),
  );
}

async function verify(
  mesh: string,
  sources: readonly string[],
  options: VerifyOptions,
): Promise<VerifyResult> {
  checkNames(mesh, sources);
  const warnings = new WarningTally(options.onWarning);
  const open = (names: readonly string[], own: Pick<VerifyOptions, 'from' | 'salvage' | 'maxBytes'>) =>
    openSide(names, {
      ...settleReading({ ...options, from: own.from, salvage: own.salvage, maxBytes: own.maxBytes }),
      onWarning: ({ kind, message }) => {
        const name = describeInputs(names);
        // Warnings of several files begin with the name of one.
        const prefix = names.length === 1 ? `${name}: ` : '';
        warnings.add({ kind: `${kind} of ${name}`, message: prefix + message });
      },
    });
  // Open both before reading either, so that a missing file is reported at once.
  const left = await open([mesh], {});
  try {
    const right = await open(sources, options);
    try {
      const plan = planVerifying(options, left.unpackingBytes + right.unpackingBytes);
      const { positionsBytes = plan.positionsBytes } = options;
      let arena: ArrayBuffer | undefined;
      const memory: SideMemory = {
        memoryBytes: plan.memoryBytes,
        arenaOf: () => {
          arena ??= new ArrayBuffer(8 * Math.floor(positionsBytes / 8));
          return arena;
        },
      };
      const sides = { mesh: await left.prepare(memory), source: await right.prepare(memory) };
      const { mesh, source, ...result } = await compare(sides, plan.memoryBytes, options);
      return {
        ...result,
        mesh: { ...describeOpened(left), ...mesh },
        source: { ...describeOpened(right), ...source },
        warnings: warnings.list(),
      };
    } finally {
      await right.close();
    }
  } finally {
    await left.close();
  }
}

function checkNames(mesh: string, sources: readonly string[]): void {
  for (const source of sources) {
    if (mesh === '-' && source === '-') {
      throw new UsageError('standard input cannot be both meshes; expected at least one file name');
    }
    if (isSameFile(mesh, source)) {
      throw new UsageError(`${source}: compared with itself; expected two files`);
    }
  }
}

async function compare(
  { mesh, source }: Readonly<Record<'mesh' | 'source', Side>>,
  memoryBytes: number,
  options: VerifyOptions,
): Promise<Compared> {
  const precision = [mesh, source].some((side) => side.precision === 'float32') ? 'float32' : 'float64';
  const checksums = await hashSides(mesh, source, precision, memoryBytes, options);
  const isEqual = checksums.mesh.equals(checksums.source);
  const { examine = true } = options;
  const isLocatable = examine && !isEqual && mesh.isRepeatable && source.isRepeatable;
  // Differences are examined twice: by hash, and by nearest triangle.
  const again = stepsOf('examine', [mesh, source, mesh, source], options);
  return {
    isEqual,
    comparedAs: precision,
    mesh: describeSide(mesh, checksums.mesh),
    source: describeSide(source, checksums.source),
    parting: isLocatable
      ? await findParting({ mesh, source, checksums, buckets: checksums.buckets, precision }, again)
      : undefined,
  };
}

/** Reads both sides, one after the other, and sums up the hashes of their triangles. */
async function hashSides(
  mesh: Side,
  source: Side,
  precision: Precision,
  memoryBytes: number,
  options: VerifyOptions,
): Promise<TriangleSums> {
  const step = stepsOf('verify', [mesh, source], options);
  const triangles = (mesh.expectedTriangles ?? Number.NaN) + (source.expectedTriangles ?? Number.NaN);
  const threads = countThreads(options.threads, Number.isNaN(triangles) ? undefined : triangles / 2);
  const hashing = new HashThreads(precision, planHashing(memoryBytes, threads));
  try {
    await mesh.read(({ positions, count }) => hashing.add('mesh', positions, count), step);
    await source.read(({ positions, count }) => hashing.add('source', positions, count), step);
    return await hashing.finish();
  } finally {
    await hashing.stop();
  }
}

/** Reports the progress of reading several sides in turn. */
function stepsOf(stage: Stage, sides: readonly Side[], options: VerifyOptions): OnStep {
  const total = sides.reduce((sum, { expectedTriangles }) => sum + (expectedTriangles ?? Number.NaN), 0);
  const so = { triangleRange: 0, vertexRange: 0 };
  const pace = new Pace(so, options);
  return async (triangles) => {
    so.triangleRange += triangles;
    const done = so.triangleRange;
    await pace.pause(stage, done, total > 0 ? Math.max(total, done) : undefined);
  };
}

function describeOpened({ names, format }: OpenedSide): Pick<VerifiedMesh, 'name' | 'files' | 'format'> {
  return { name: names.length === 1 ? names[0]! : null, files: names.length, format };
}

function describeSide({ precision }: Side, checksum: Checksum): ReadSide {
  return { precision, triangles: checksum.count, checksum: checksum.toString() };
}
