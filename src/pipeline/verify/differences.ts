/** Finds the triangles that two meshes have a different number of times, by hash, in the buckets that differ. */

import { makeHashKey, PositionHash } from '../../collections/position-hash.js';
import type { Precision } from '../../mesh.js';
import type { BucketSums } from '../hash/bucket-sums.js';
import { TriangleHash } from '../hash/triangle-hash.js';
import type { Which } from '../hash/triangle-sums.js';

/**
 * The mean number of triangles remembered; only buckets for about that many are left open. There is room for twice as
 * many, and twice as many places again to find them; unused memory is never touched.
 */
export const REMEMBERED_MEAN = 2 ** 16;
const ROWS_MAX = 2 * REMEMBERED_MEAN;
const PLACES = 2 * ROWS_MAX;

const COLUMN = { mesh: 0, source: 1 } as const;

/** A triangle that one mesh has more often than the other. */
export interface Difference {
  /** Number or id of its first occurrence. */
  readonly number: number;
  /** Its nine coordinates. */
  readonly corners: readonly number[];
  /** Whether the other mesh has it too, only fewer times. */
  readonly isCopy: boolean;
}

/** The number of such triangles, and the first of them. */
export interface Surplus {
  readonly count: number;
  readonly first: readonly Difference[];
}

/**
 * Remembers each triangle of the open buckets, once, in a table of fixed size. The table holds all triangles of these
 * buckets, so a triangle that both meshes have is recognized as equal.
 */
export class Differences {
  private readonly hash: TriangleHash;
  /** Finds places by a keyed hash, since whoever makes a file knows the hashes of its triangles. */
  private readonly placing = new PositionHash(6, makeHashKey());
  private readonly words = new Int32Array(6);
  private rows = 0;
  /** The row in each place, from 1; 0 if the place is empty. */
  private readonly places = new Int32Array(PLACES);
  /** Four words a row. */
  private readonly hashes = new Int32Array(4 * ROWS_MAX);
  /** Per row, for the mesh and the source: number of occurrences, first number, nine coordinates. */
  private readonly counts = new Float64Array(2 * ROWS_MAX);
  private readonly numbers = new Float64Array(2 * ROWS_MAX);
  private readonly corners = new Float64Array(18 * ROWS_MAX);
  /** For each row, the number matched by reversed triangles. */
  private readonly turned = new Float64Array(ROWS_MAX);

  constructor(
    private readonly buckets: BucketSums,
    precision: Precision,
  ) {
    this.hash = new TriangleHash(precision);
  }

  /** Takes a triangle of a mesh that `hash` has already taken. */
  take(which: Which, hash: TriangleHash, number: number, t: Float64Array): void {
    if (!this.buckets.isOpen(hash)) return;
    const place = this.find(hash);
    let row = this.places[place]! - 1;
    if (row < 0) {
      // Cannot happen in practice: hashes distribute triangles too evenly.
      if (this.rows === ROWS_MAX) return;
      row = this.rows++;
      this.places[place] = row + 1;
      this.hashes.set([hash.h0, hash.h1, hash.h2, hash.h3], 4 * row);
    }
    const at = 2 * row + COLUMN[which];
    if (this.counts[at]!++ > 0) return;
    this.numbers[at] = number;
    this.corners.set(t, 9 * at);
  }

  /** Pairs triangles that one mesh has reversed; {@link surplusOf} then excludes them. */
  pairTurned(): void {
    const { hash, turned } = this;
    for (let row = 0; row < this.rows; row++) {
      const missing = this.excess(row, 'source');
      if (missing <= 0) continue;
      hash.take(this.cornersOf(row, 'source'));
      hash.turn();
      const other = this.places[this.find(hash)]! - 1;
      if (other < 0) continue;
      const count = Math.min(missing, this.excess(other, 'mesh'));
      if (count <= 0) continue;
      turned[row]! += count;
      turned[other]! += count;
    }
  }

  /** Returns the triangles of the source that the mesh has reversed; the first `max` of them, in source order. */
  turnedOf(max: number): Surplus {
    return this.collect('source', max, (row) => (this.excess(row, 'source') > 0 ? this.turned[row]! : 0));
  }

  /** Returns the triangles that `which` has more often than the other mesh; the first `max` of them, in its order. */
  surplusOf(which: Which, max: number): Surplus {
    return this.collect(which, max, (row) => this.excess(row, which) - this.turned[row]!);
  }

  private collect(which: Which, max: number, countOf: (row: number) => number): Surplus {
    const found: number[] = [];
    let count = 0;
    for (let row = 0; row < this.rows; row++) {
      const own = countOf(row);
      if (own <= 0) continue;
      count += own;
      found.push(row);
    }
    const number = (row: number) => this.numbers[2 * row + COLUMN[which]]!;
    const first = found.sort((p, q) => number(p) - number(q)).slice(0, max);
    return {
      count,
      first: first.map((row) => ({
        number: number(row),
        corners: [...this.cornersOf(row, which)],
        isCopy: Math.min(this.counts[2 * row]!, this.counts[2 * row + 1]!) > 0,
      })),
    };
  }

  /** How many times more often `which` has the triangle of a row. */
  private excess(row: number, which: Which): number {
    const more = this.counts[2 * row + COLUMN[which]]!;
    return 2 * more - this.counts[2 * row]! - this.counts[2 * row + 1]!;
  }

  private cornersOf(row: number, which: Which): Float64Array {
    const at = 9 * (2 * row + COLUMN[which]);
    return this.corners.subarray(at, at + 9);
  }

  /** Returns the place of a triangle, or where to insert it. */
  private find({ h0, h1, h2, h3 }: TriangleHash): number {
    const { places, hashes, words } = this;
    words[0] = h0;
    words[1] = h1;
    words[2] = h2;
    words[3] = h3;
    for (let place = this.placing.hashOne(words, 0) & (PLACES - 1); ; place = (place + 1) & (PLACES - 1)) {
      const at = 4 * (places[place]! - 1);
      if (at < 0) return place;
      const isSame =
        hashes[at] === h0 && hashes[at + 1] === h1 && hashes[at + 2] === h2 && hashes[at + 3] === h3;
      if (isSame) return place;
    }
  }
}
