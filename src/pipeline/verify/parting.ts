/**
 * Analyzes how two meshes differ: how many triangles only one of them has, and examples with the nearest triangle in the
 * other.
 */
import type { Precision } from '../../mesh.js';
import { BucketSums } from '../hash/bucket-sums.js';
import { Checksum } from '../hash/checksum.js';
import { TriangleHash } from '../hash/triangle-hash.js';
import type { Which } from '../hash/triangle-sums.js';
import { type Difference, Differences, REMEMBERED_MEAN, type Surplus } from './differences.js';
import type { FilePlace } from './find-place.js';
import { type Nearest, NearestSearch } from './nearest.js';
import { findRounding, type Rounding } from './rounding.js';
import type { OnStep, Side, TakeTriangles } from './side.js';

/** The maximum number of examples of each kind. */
const EXAMPLES_MAX = 10;
/** A triangle is near another if no coordinate is off by more than this share of its shortest side. */
const NEAR = 1 / 8;

/** A triangle that one mesh has and the other lacks, or has less often. */
export interface PartingTriangle {
  /** Number from 0; for a database, the id. */
  readonly triangle: number;
  /** Place in its file: line or byte of the triangle, or of the face that it was cut from. */
  readonly place: FilePlace | undefined;
  /** Nine coordinates, as in the file. */
  readonly corners: readonly number[];
  /** Whether the other mesh has it too, only fewer times. */
  readonly isCopy: boolean;
  /** The corresponding triangle in the other mesh, if there is one. */
  readonly near: NearTriangle | undefined;
}

export interface NearTriangle {
  readonly triangle: number;
  readonly place: FilePlace | undefined;
  /** The maximum difference of any coordinate. */
  readonly offBy: number;
  readonly isTurned: boolean;
  /** Its nine coordinates, in the order of the corners that they match. */
  readonly corners: readonly number[];
}

/** Triangles that differ in the same way, with the first of them as examples. */
export interface PartingKind {
  readonly count: number;
  /** Whether the count is an estimate, because so many triangles differ that only some were examined. */
  readonly isEstimated: boolean;
  readonly examples: readonly PartingTriangle[];
}

export interface Parting {
  /** Triangles that both have, but reversed; examples are from the source. */
  readonly turned: PartingKind;
  /** Triangles that only the source has. */
  readonly missing: PartingKind;
  /** Triangles that only the mesh has. */
  readonly extra: PartingKind;
  /** Which of the two has the rounded numbers of the other, as far as examples show. */
  readonly rounded: (Rounding & { readonly which: Which }) | undefined;
}

export interface Compared {
  readonly mesh: Side;
  readonly source: Side;
  readonly checksums: Readonly<Record<Which, Checksum>>;
  readonly buckets: BucketSums;
  readonly precision: Precision;
}

/** Finds where meshes with different checksums differ. Reads both twice more, and once up to the places of the examples. */
export async function findParting(compared: Compared, step: OnStep): Promise<Parting> {
  const { mesh, source, buckets, checksums, precision } = compared;
  const open = buckets.countOpen();
  const inAll = checksums.mesh.count + checksums.source.count;
  // A bucket holds about as many triangles as any other, plus those that differ.
  const kept = Math.min(open, Math.ceil(REMEMBERED_MEAN / (inAll / BucketSums.count + 2)));
  buckets.closeBehind(kept);
  // Once in 2^32, a single triangle leaves no trace in its bucket; then only the counts are reported.
  const lists = await compareBuckets(compared, kept === 0 ? 1 : open / kept, step);

  const ofSource = [...lists.turned.examples, ...lists.missing.examples];
  const ofMesh = lists.extra.examples;
  const inMesh = await findNearest(mesh, ofSource, precision, step);
  const inSource = await findNearest(source, ofMesh, precision, step);
  const rounded = findRounded(lists.missing.examples, inMesh, ofMesh, inSource, precision);
  const places = {
    mesh: await locate(mesh, ofMesh, inMesh),
    source: await locate(source, ofSource, inSource),
  };
  const show = ({ count, isEstimated, examples }: Kind, which: Which): PartingKind => {
    const [near, there] = which === 'source' ? [inMesh, places.mesh] : [inSource, places.source];
    return {
      count,
      isEstimated,
      examples: examples.map((difference) => {
        const { number, corners, isCopy } = difference;
        const nearest = near.get(difference);
        const isNear = nearest !== undefined && (rounded !== undefined || isCloseTo(corners, nearest));
        return {
          triangle: number,
          place: places[which].get(number),
          corners,
          isCopy,
          near: isNear ? { ...nearest, place: there.get(nearest.triangle) } : undefined,
        };
      }),
    };
  };
  return {
    turned: show(lists.turned, 'source'),
    missing: show(lists.missing, 'source'),
    extra: show(lists.extra, 'mesh'),
    rounded,
  };
}

/** Differences of a kind, before nearest triangles are known. */
interface Kind {
  readonly count: number;
  readonly isEstimated: boolean;
  readonly examples: readonly Difference[];
}

/** Finds the differences in the open buckets; one in `share` differing buckets is open. */
async function compareBuckets(
  { mesh, source, buckets, checksums, precision }: Compared,
  share: number,
  step: OnStep,
): Promise<Record<'turned' | 'missing' | 'extra', Kind>> {
  const differences = new Differences(buckets, precision);
  const hash = new TriangleHash(precision);
  const turnedSums = { mesh: new Checksum(), source: new Checksum() };
  const taking = (which: Which) =>
    eachTriangle((number, t) => {
      hash.take(t);
      differences.take(which, hash, number, t);
      hash.turn();
      turnedSums[which].add(hash);
    });
  await mesh.read(taking('mesh'), step);
  await source.read(taking('source'), step);

  // If the checksums over both windings agree, the meshes differ only in winding.
  const unoriented = (which: Which) => checksums[which].plus(turnedSums[which]);
  const isTurned = unoriented('mesh').equals(unoriented('source'));
  if (share === 1) differences.pairTurned();
  const turned = differences.turnedOf(EXAMPLES_MAX);
  const missing = differences.surplusOf('source', EXAMPLES_MAX);
  const extra = differences.surplusOf('mesh', EXAMPLES_MAX);
  if (share === 1) return { turned: kindOf(turned), missing: kindOf(missing), extra: kindOf(extra) };
  if (isTurned) {
    const isWhole = turnedSums.mesh.equals(checksums.source);
    const all = { count: checksums.source.count, isEstimated: false };
    return { turned: { ...kindOf(missing, share), ...(isWhole && all) }, missing: NONE, extra: NONE };
  }
  // Both counts are estimates, but their difference is known exactly.
  const surplus = checksums.source.count - checksums.mesh.count;
  const extras = Math.min(checksums.mesh.count, Math.max(kindOf(extra, share).count, -surplus));
  return {
    turned: NONE,
    missing: { ...kindOf(missing, share), count: extras + surplus },
    extra: { ...kindOf(extra, share), count: extras },
  };
}

const NONE: Kind = { count: 0, isEstimated: false, examples: [] };

/** Scales a surplus found in one of `share` buckets, with the first examples. */
function kindOf({ count, first }: Surplus, share = 1): Kind {
  return { count: Math.round(share * count), isEstimated: share !== 1, examples: first };
}

/** Finds the triangle of a mesh that is nearest to each of the given differences. */
async function findNearest(
  side: Side,
  wanted: readonly Difference[],
  precision: Precision,
  step: OnStep,
): Promise<ReadonlyMap<Difference, Nearest>> {
  const found = new Map<Difference, Nearest>();
  if (wanted.length === 0) return found;
  const search = new NearestSearch(wanted.map(({ corners }) => corners));
  await side.read(
    eachTriangle((number, t) => search.take(number, t)),
    step,
  );
  for (const [k, nearest] of search.results(precision).entries()) {
    if (nearest !== undefined) found.set(wanted[k]!, nearest);
  }
  return found;
}

/** Calls `take` for each triangle with its number and its nine coordinates, valid only during the call. */
function eachTriangle(take: (number: number, t: Float64Array) => void): TakeTriangles {
  const t = new Float64Array(9);
  return async ({ count, ids, positions }) => {
    for (let k = 0; k < count; k++) {
      for (let d = 0; d < 9; d++) t[d] = positions[9 * k + d]!;
      take(ids[k]!, t);
    }
  };
}

function isCloseTo(t: readonly number[], { offBy }: Nearest): boolean {
  const sides = [
    [0, 3],
    [3, 6],
    [6, 0],
  ].map(([p, q]) => Math.hypot(...[0, 1, 2].map((axis) => t[p! + axis]! - t[q! + axis]!)));
  return offBy <= NEAR * Math.min(...sides);
}

/** Locates the triangles of a mesh that are shown: its own differences, and those near the other's. */
function locate(
  side: Side,
  own: readonly Difference[],
  near: ReadonlyMap<Difference, Nearest>,
): Promise<ReadonlyMap<number, FilePlace>> {
  const numbers = [
    ...own.map(({ number }) => number),
    ...Array.from(near.values(), ({ triangle }) => triangle),
  ];
  return side.locate([...new Set(numbers)].sort((p, q) => p - q));
}

/** Detects whether the nearest triangles of all examples have their numbers with digits cut, or vice versa. */
function findRounded(
  missing: readonly Difference[],
  inMesh: ReadonlyMap<Difference, Nearest>,
  extra: readonly Difference[],
  inSource: ReadonlyMap<Difference, Nearest>,
  precision: Precision,
): Parting['rounded'] {
  const numbers: Record<Which, number[]> = { mesh: [], source: [] };
  for (const [own, other, list, near] of [
    ['source', 'mesh', missing, inMesh],
    ['mesh', 'source', extra, inSource],
  ] as const) {
    for (const difference of list) {
      const nearest = near.get(difference);
      if (difference.isCopy || nearest === undefined) return undefined;
      numbers[own].push(...difference.corners);
      numbers[other].push(...nearest.corners);
    }
  }
  for (const [which, other] of [
    ['mesh', 'source'],
    ['source', 'mesh'],
  ] as const) {
    const rounding = findRounding(numbers[other], numbers[which], precision);
    if (rounding !== undefined) return { ...rounding, which };
  }
  return undefined;
}
