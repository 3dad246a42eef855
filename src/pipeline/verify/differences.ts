/** Triangles that two meshes have differently often, found by their hashes in those buckets that differ. */

import { makeHashKey, PositionHash } from '../../collections/position-hash.js';
import type { Precision } from '../../mesh.js';
import type { BucketSums } from './bucket-sums.js';
import { TriangleHash } from './triangle-hash.js';

/**
 * Triangles that are remembered, in the mean: buckets are left open for so many. There is room for twice that, and as
 * many places again where to look for them; what is not used of it is never touched.
 */
export const REMEMBERED_MEAN = 2 ** 16;
const ROWS_MAX = 2 * REMEMBERED_MEAN;
const PLACES = 2 * ROWS_MAX;

export type Which = 'mesh' | 'source';

const COLUMN = { mesh: 0, source: 1 } as const;

/** A triangle that is in one mesh more often than in the other. */
export interface Difference {
  /** Number or id of the first of them. */
  readonly number: number;
  /** Its nine coordinates. */
  readonly corners: readonly number[];
  /** Whether the other has it, too, only fewer times. */
  readonly isCopy: boolean;
}

/** How many there are, and the first of them. */
export interface Surplus {
  readonly count: number;
  readonly first: readonly Difference[];
}

/**
 * Remembers each triangle of the buckets that are open, once, in a table of fixed size. These are all triangles of some
 * buckets, so that what both meshes have is known to be the same.
 */
export class Differences {
  private readonly hash: TriangleHash;
  /** Finds places under a key: the hashes of triangles are known to whoever makes a file. */
  private readonly placing = new PositionHash(6, makeHashKey());
  private readonly words = new Int32Array(6);
  private rows = 0;
  /** The row in each place, from 1; 0 where there is none. */
  private readonly places = new Int32Array(PLACES);
  /** Four words a row. */
  private readonly hashes = new Int32Array(4 * ROWS_MAX);
  /** For each row, of the mesh and of the source: how often it was there, its first number, nine coordinates. */
  private readonly counts = new Float64Array(2 * ROWS_MAX);
  private readonly numbers = new Float64Array(2 * ROWS_MAX);
  private readonly corners = new Float64Array(18 * ROWS_MAX);
  /** How many of each row are explained by others that are turned round. */
  private readonly turned = new Float64Array(ROWS_MAX);

  constructor(
    private readonly buckets: BucketSums,
    precision: Precision,
  ) {
    this.hash = new TriangleHash(precision);
  }

  /** Takes a triangle of a mesh; `hash` has taken it. */
  take(which: Which, hash: TriangleHash, number: number, t: Float64Array): void {
    if (!this.buckets.isOpen(hash)) return;
    const place = this.find(hash);
    let row = this.places[place]! - 1;
    if (row < 0) {
      // Hashes deal triangles out too evenly for that.
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

  /** Sets apart what one mesh has turned round; what {@link surplusOf} says is then without it. */
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

  /** What the source has, and the mesh has turned round; the first `max` of it, in the source's order. */
  turnedOf(max: number): Surplus {
    return this.collect('source', max, (row) => (this.excess(row, 'source') > 0 ? this.turned[row]! : 0));
  }

  /** What `which` has more often than the other mesh; the first `max` of it, in its order. */
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

  /** How much more often `which` has the triangle of a row. */
  private excess(row: number, which: Which): number {
    const more = this.counts[2 * row + COLUMN[which]]!;
    return 2 * more - this.counts[2 * row]! - this.counts[2 * row + 1]!;
  }

  private cornersOf(row: number, which: Which): Float64Array {
    const at = 9 * (2 * row + COLUMN[which]);
    return this.corners.subarray(at, at + 9);
  }

  /** Where a triangle stands, or may be put. */
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
