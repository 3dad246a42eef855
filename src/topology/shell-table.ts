/**
 * The facts about each closed shell of a mesh: its triangles, bounding box, volume, and two of its vertices.
 *
 * They are in typed arrays, with a fixed number of bytes a shell. The volume has an error bound, so its sign is
 * reported only if it is certain.
 */
import { AXES } from '../geometry/box-tree.js';
import type { Bounds } from '../mesh.js';

/** Float64 values of a shell in all arrays together. */
const VALUES = 5 * AXES + 6;
/**
 * The error of a volume, as a share of the sum of the absolute products. A term takes eight roundings, adding it two
 * more; doubling that is safe.
 */
const ERROR_SHARE = 20 * 2 ** -53;

export class ShellTable {
  static readonly SHELL_BYTES = 8 * VALUES;

  /** The first triangle of each shell, the last one, and the number of triangles. */
  readonly firsts: Float64Array;
  readonly lasts: Float64Array;
  readonly counts: Float64Array;
  /** The bounding boxes, three values each. */
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  /** Two vertices of each shell, six values: the first and the last one by x, then y, then z. */
  readonly points: Float64Array;
  /** The first corner of each shell; volumes are measured from there. */
  private readonly origins: Float64Array;
  /** Six times the volume, what its additions have rounded away, and the sum of absolute products. */
  private readonly sums: Float64Array;
  private readonly losses: Float64Array;
  private readonly products: Float64Array;

  /** Creates a table of `size` shells, in an arena lent until the end. */
  constructor(
    readonly size: number,
    arena: ArrayBuffer,
  ) {
    let from = 0;
    const take = (values: number) => {
      const array = new Float64Array(arena, from, values * size);
      from += array.byteLength;
      return array;
    };
    this.firsts = take(1);
    this.lasts = take(1);
    this.counts = take(1);
    this.lows = take(AXES);
    this.highs = take(AXES);
    this.points = take(2 * AXES);
    this.origins = take(AXES);
    this.sums = take(1);
    this.losses = take(1);
    this.products = take(1);
    this.clear();
  }

  /** Forgets all triangles. */
  clear(): void {
    this.counts.fill(0);
  }

  /** Copies the content of another table of the same size, which uses the beginning of `arena`. */
  adopt(arena: ArrayBuffer): void {
    const own = new Uint8Array(
      this.firsts.buffer,
      this.firsts.byteOffset,
      ShellTable.SHELL_BYTES * this.size,
    );
    own.set(new Uint8Array(arena, 0, own.length));
  }

  /** Adds a triangle to a shell, in id order; `t` has the positions of its corners. */
  add(shell: number, triangle: number, t: Float64Array): void {
    if (this.counts[shell] === 0) this.begin(shell, triangle, t);
    this.counts[shell]!++;
    this.lasts[shell] = triangle;
    for (let corner = 0; corner < 3 * AXES; corner += AXES) this.extend(shell, t, corner);
    this.addVolume(shell, t);
  }

  /** Returns the volume inside a shell, positive if its triangles face outward. */
  volumeOf(shell: number): number {
    return (this.sums[shell]! + this.losses[shell]!) / 6;
  }

  /** Returns 1 if a shell faces outward, -1 if inward, 0 if its volume may be 0; NaN if it has overflowed. */
  sideOf(shell: number): number {
    const volume = this.sums[shell]! + this.losses[shell]!;
    const error = ERROR_SHARE * this.products[shell]!;
    if (!Number.isFinite(volume) || !Number.isFinite(error)) return Number.NaN;
    return Math.abs(volume) <= error ? 0 : Math.sign(volume);
  }

  boundsOf(shell: number): Bounds {
    const corner = (values: Float64Array) => {
      const at = AXES * shell;
      return [values[at]!, values[at + 1]!, values[at + 2]!] as const;
    };
    return { min: corner(this.lows), max: corner(this.highs) };
  }

  private begin(shell: number, triangle: number, t: Float64Array): void {
    this.firsts[shell] = triangle;
    this.sums[shell] = 0;
    this.losses[shell] = 0;
    this.products[shell] = 0;
    for (let d = 0; d < AXES; d++) {
      const value = t[d]!;
      this.lows[AXES * shell + d] = value;
      this.highs[AXES * shell + d] = value;
      this.origins[AXES * shell + d] = value;
      this.points[2 * AXES * shell + d] = value;
      this.points[2 * AXES * shell + AXES + d] = value;
    }
  }

  private extend(shell: number, t: Float64Array, corner: number): void {
    const { lows, highs, points } = this;
    for (let d = 0; d < AXES; d++) {
      const at = AXES * shell + d;
      const value = t[corner + d]!;
      if (value < lows[at]!) lows[at] = value;
      if (value > highs[at]!) highs[at] = value;
    }
    const first = 2 * AXES * shell;
    if (t[corner]! <= points[first]! && comparePoints(t, corner, points, first) < 0) {
      for (let d = 0; d < AXES; d++) points[first + d] = t[corner + d]!;
    }
    const last = first + AXES;
    if (t[corner]! >= points[last]! && comparePoints(t, corner, points, last) > 0) {
      for (let d = 0; d < AXES; d++) points[last + d] = t[corner + d]!;
    }
  }

  private addVolume(shell: number, t: Float64Array): void {
    const { origins, sums, losses } = this;
    const ox = t[0]! - origins[AXES * shell]!;
    const oy = t[1]! - origins[AXES * shell + 1]!;
    const oz = t[2]! - origins[AXES * shell + 2]!;
    const ux = t[3]! - t[0]!;
    const uy = t[4]! - t[1]!;
    const uz = t[5]! - t[2]!;
    const vx = t[6]! - t[0]!;
    const vy = t[7]! - t[1]!;
    const vz = t[8]! - t[2]!;
    const yz = uy * vz;
    const zy = uz * vy;
    const zx = uz * vx;
    const xz = ux * vz;
    const xy = ux * vy;
    const yx = uy * vx;
    this.products[shell]! +=
      Math.abs(ox) * (Math.abs(yz) + Math.abs(zy)) +
      Math.abs(oy) * (Math.abs(zx) + Math.abs(xz)) +
      Math.abs(oz) * (Math.abs(xy) + Math.abs(yx));
    // Neumaier's sum keeps what an addition rounds away.
    const term = ox * (yz - zy) + oy * (zx - xz) + oz * (xy - yx);
    const before = sums[shell]!;
    const sum = before + term;
    losses[shell]! += Math.abs(before) >= Math.abs(term) ? before - sum + term : term - sum + before;
    sums[shell] = sum;
  }
}

/** Compares two points by x, then y, then z; negative if the first comes before the second. */
function comparePoints(one: Float64Array, at: number, other: Float64Array, to: number): number {
  for (let d = 0; d < AXES; d++) {
    const difference = one[at + d]! - other[to + d]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
