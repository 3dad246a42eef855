/** Where two meshes part: how many triangles only one of them has, and examples with what is nearest in the other. */
import type { Place } from '../../errors.js';
import type { Precision } from '../../mesh.js';
import { BucketSums } from './bucket-sums.js';
import { Checksum } from './checksum.js';
import { type Difference, Differences, REMEMBERED_MEAN, type Surplus, type Which } from './differences.js';
import { type Nearest, NearestSearch } from './nearest.js';
import { findRounding, type Rounding } from './rounding.js';
import type { OnStep, Side, TakeTriangle } from './side.js';
import { TriangleHash } from './triangle-hash.js';

/** Examples of a kind. */
const EXAMPLES_MAX = 10;
/** A triangle is near another where no coordinate is off by more than this part of its shortest side. */
const NEAR = 1 / 8;

/** A triangle that is in one mesh and not in the other, or less often there. */
export interface PartingTriangle {
  /** Number from 0, of a database the id. */
  readonly triangle: number;
  /** Where it stands in the file: line or byte of the triangle or the face that it was cut from. */
  readonly place: Place | undefined;
  /** Nine coordinates, as they stand there. */
  readonly corners: readonly number[];
  /** Whether the other mesh has it, too, only fewer times. */
  readonly isCopy: boolean;
  /** The triangle in its place in the other mesh, where there is one. */
  readonly near: NearTriangle | undefined;
}

export interface NearTriangle {
  readonly triangle: number;
  readonly place: Place | undefined;
  /** How far any coordinate is off at the most. */
  readonly offBy: number;
  readonly isTurned: boolean;
  /** Its nine coordinates, in the order of the corners that they are near. */
  readonly corners: readonly number[];
}

/** Triangles that are there, or not there, for the same reason; examples are the first of them. */
export interface PartingKind {
  readonly count: number;
  /** Whether that is an estimate: so many triangles differ that only some of them were looked at. */
  readonly isEstimated: boolean;
  readonly examples: readonly PartingTriangle[];
}

export interface Parting {
  /** What both have, but turned round; examples are the source's. */
  readonly turned: PartingKind;
  /** What only the source has. */
  readonly missing: PartingKind;
  /** What only the mesh has. */
  readonly extra: PartingKind;
  /** Which of the two has the other's numbers with digits cut, as far as examples show. */
  readonly rounded: (Rounding & { readonly which: Which }) | undefined;
}

export interface Compared {
  readonly mesh: Side;
  readonly source: Side;
  readonly checksums: Readonly<Record<Which, Checksum>>;
  readonly buckets: BucketSums;
  readonly precision: Precision;
}

/** Looks where meshes part whose checksums differ. Reads both twice more, and once up to where the examples stand. */
export async function findParting(compared: Compared, step: OnStep): Promise<Parting> {
  const { mesh, source, buckets, checksums, precision } = compared;
  const open = buckets.countOpen();
  const inAll = checksums.mesh.count + checksums.source.count;
  // A bucket has about as many triangles as any other, and those that differ.
  const kept = Math.min(open, Math.ceil(REMEMBERED_MEAN / (inAll / BucketSums.count + 2)));
  buckets.closeBehind(kept);
  // Once in 2^32 a single triangle leaves no trace in its bucket: then only the counts are told.
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

/** Differences of a kind, before anything is known of what is near them. */
interface Kind {
  readonly count: number;
  readonly isEstimated: boolean;
  readonly examples: readonly Difference[];
}

/** Finds the differences in the buckets that are open, one of so many (`share`). */
async function compareBuckets(
  { mesh, source, buckets, checksums, precision }: Compared,
  share: number,
  step: OnStep,
): Promise<Record<'turned' | 'missing' | 'extra', Kind>> {
  const differences = new Differences(buckets, precision);
  const hash = new TriangleHash(precision);
  const turnedSums = { mesh: new Checksum(), source: new Checksum() };
  const taking =
    (which: Which): TakeTriangle =>
    (number, t) => {
      hash.take(t);
      differences.take(which, hash, number, t);
      hash.turn();
      turnedSums[which].add(hash);
    };
  await mesh.read(taking('mesh'), step);
  await source.read(taking('source'), step);

  // Both ways round together they are the same: then they differ in nothing else.
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
  // However many there are of both, how many more of the one is known.
  const surplus = checksums.source.count - checksums.mesh.count;
  const extras = Math.min(checksums.mesh.count, Math.max(kindOf(extra, share).count, -surplus));
  return {
    turned: NONE,
    missing: { ...kindOf(missing, share), count: extras + surplus },
    extra: { ...kindOf(extra, share), count: extras },
  };
}

const NONE: Kind = { count: 0, isEstimated: false, examples: [] };

/** How many there are, where the table has one of so many, and the first of them. */
function kindOf({ count, first }: Surplus, share = 1): Kind {
  return { count: Math.round(share * count), isEstimated: share !== 1, examples: first };
}

/** The nearest triangle of a mesh to each of those that another mesh has. */
async function findNearest(
  side: Side,
  wanted: readonly Difference[],
  precision: Precision,
  step: OnStep,
): Promise<ReadonlyMap<Difference, Nearest>> {
  const found = new Map<Difference, Nearest>();
  if (wanted.length === 0) return found;
  const search = new NearestSearch(wanted.map(({ corners }) => corners));
  await side.read((number, t) => search.take(number, t), step);
  for (const [k, nearest] of search.results(precision).entries()) {
    if (nearest !== undefined) found.set(wanted[k]!, nearest);
  }
  return found;
}

function isCloseTo(t: readonly number[], { offBy }: Nearest): boolean {
  const sides = [
    [0, 3],
    [3, 6],
    [6, 0],
  ].map(([p, q]) => Math.hypot(...[0, 1, 2].map((axis) => t[p! + axis]! - t[q! + axis]!)));
  return offBy <= NEAR * Math.min(...sides);
}

/** Where those triangles of a mesh stand that are shown: its own differences, and what is near the other's. */
function locate(
  side: Side,
  own: readonly Difference[],
  near: ReadonlyMap<Difference, Nearest>,
): Promise<ReadonlyMap<number, Place>> {
  const numbers = [
    ...own.map(({ number }) => number),
    ...Array.from(near.values(), ({ triangle }) => triangle),
  ];
  return side.locate([...new Set(numbers)].sort((p, q) => p - q));
}

/** Whether all that is nearest to examples has their numbers, or they have its numbers, with digits cut. */
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
