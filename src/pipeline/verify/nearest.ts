/** Finds the triangle of a mesh that is nearest to each of a few given ones, and how far its corners are off. */
import type { Precision } from '../../mesh.js';

/** Orders of three corners: the three rotations, then these reversed. */
const ORDERS = [
  [0, 3, 6],
  [3, 6, 0],
  [6, 0, 3],
  [0, 6, 3],
  [6, 3, 0],
  [3, 0, 6],
] as const;
/** The largest rounding of a sum of three numbers, and of the differences of two, relative to the largest of them. */
const TOLERANCE = 2 ** -48;
/** Index of the first reversed order. */
const TURNED = 3;

export interface Nearest {
  /** Number or id of the triangle. */
  readonly triangle: number;
  /** The maximum difference of any coordinate. */
  readonly offBy: number;
  /** Whether its winding is reversed. */
  readonly isTurned: boolean;
  /** Its nine coordinates, in the order of the corners that they match. */
  readonly corners: readonly number[];
}

export class NearestSearch {
  private readonly centers: Float64Array;
  /** How far sums of three coordinates may be off, as they are rounded in the order of the corners. */
  private readonly tolerances: Float64Array;
  /** The squared distances of the nearest centers so far, and the same with the tolerance. */
  private readonly distances: Float64Array;
  private readonly limits: Float64Array;
  private readonly numbers: Float64Array;
  private readonly found: Float64Array;

  /** `wanted` has nine coordinates for each triangle. */
  constructor(private readonly wanted: readonly (readonly number[])[]) {
    this.centers = Float64Array.from(
      wanted.flatMap((t) => [t[0]! + t[3]! + t[6]!, t[1]! + t[4]! + t[7]!, t[2]! + t[5]! + t[8]!]),
    );
    this.tolerances = Float64Array.from(wanted, (t) => TOLERANCE * Math.max(...t.map(Math.abs)));
    this.distances = new Float64Array(wanted.length).fill(Number.POSITIVE_INFINITY);
    this.limits = this.distances.slice();
    this.numbers = new Float64Array(wanted.length);
    this.found = new Float64Array(9 * wanted.length);
  }

  /**
   * Takes a triangle of the mesh. Triangles are compared by their centroids, which do not depend on winding, and those with
   * the same centroid by their corners.
   */
  take(number: number, t: Float64Array): void {
    const { centers, distances, limits, wanted, found } = this;
    const x = t[0]! + t[3]! + t[6]!;
    const y = t[1]! + t[4]! + t[7]!;
    const z = t[2]! + t[5]! + t[8]!;
    for (let k = 0; k < distances.length; k++) {
      const dx = x - centers[3 * k]!;
      const dy = y - centers[3 * k + 1]!;
      const dz = z - centers[3 * k + 2]!;
      const distance = dx * dx + dy * dy + dz * dz;
      if (!(distance < limits[k]!)) continue;
      const own = found.subarray(9 * k, 9 * k + 9);
      const [limit, ownLimit] = [this.widen(distance, k), limits[k]!];
      const isTie = distances[k]! <= limit && distance <= ownLimit && ownLimit < Number.POSITIVE_INFINITY;
      if (isTie && offBetween(wanted[k]!, own) <= offBetween(wanted[k]!, t)) continue;
      distances[k] = distance;
      limits[k] = limit;
      this.numbers[k] = number;
      own.set(t);
    }
  }

  /** Returns a squared distance to which the tolerance has been added. */
  private widen(distance: number, k: number): number {
    return (Math.sqrt(distance) + this.tolerances[k]!) ** 2;
  }

  /** Returns the nearest triangle for each; undefined if the mesh is empty, or so large that distances are infinite. */
  results(precision: Precision): (Nearest | undefined)[] {
    return this.wanted.map((wanted, k) =>
      this.distances[k] === Number.POSITIVE_INFINITY
        ? undefined
        : compare(wanted, this.found.subarray(9 * k, 9 * k + 9), this.numbers[k]!, precision),
    );
  }
}

function offBetween(wanted: readonly number[], found: Float64Array): number {
  return compare(wanted, found, 0, 'float64').offBy;
}

/** Compares two triangles in the corner order that brings them closest; on a tie, the original order. */
function compare(
  wanted: readonly number[],
  found: Float64Array,
  triangle: number,
  precision: Precision,
): Nearest {
  const round = precision === 'float32' ? toFloat32 : (value: number) => value;
  let best: Nearest | undefined;
  for (const [k, order] of ORDERS.entries()) {
    const corners = order.flatMap((at) => [...found.subarray(at, at + 3)]);
    const offBy = Math.max(...corners.map((value, d) => Math.abs(round(value) - round(wanted[d]!))));
    if (best !== undefined && offBy >= best.offBy) continue;
    best = { triangle, offBy, isTurned: k >= TURNED, corners };
  }
  return best!;
}

/** Rounds to float32, except a number that is too large for it: a difference from infinity says nothing. */
function toFloat32(value: number): number {
  const rounded = Math.fround(value);
  return Number.isFinite(rounded) ? rounded : value;
}
