/**
 * Finds where two sets of triangles differ, in fixed memory. Triangles are assigned to buckets by their hashes; a bucket
 * whose sums differ holds a triangle that only one set has.
 */
import type { TriangleHash } from './triangle-hash.js';

/**
 * One word per bucket, so that all fit the processor caches. With 10 M triangles a side, 2^20 buckets took a quarter
 * longer, and 2^22 two thirds.
 */
const BUCKET_BITS = 18;
const BUCKETS = 2 ** BUCKET_BITS;

export class BucketSums {
  static readonly count = BUCKETS;
  /**
   * The sum of hashes of one set minus that of the other. Differences that cancel out, once in 2^32 buckets, are only
   * hidden.
   */
  readonly sums = new Int32Array(BUCKETS);

  /** Adds a triangle of the first set. */
  add({ h0, h3 }: TriangleHash): void {
    this.sums[h3 >>> (32 - BUCKET_BITS)]! += h0;
  }

  /** Adds a triangle of the second set. */
  subtract({ h0, h3 }: TriangleHash): void {
    this.sums[h3 >>> (32 - BUCKET_BITS)]! -= h0;
  }

  /** Adds the differences of other triangles of both sets. */
  merge(sums: Int32Array): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) this.sums[bucket]! += sums[bucket]!;
  }

  /** Whether the sets differ in the bucket of a triangle. */
  isOpen({ h3 }: TriangleHash): boolean {
    return this.sums[h3 >>> (32 - BUCKET_BITS)] !== 0;
  }

  /** Counts the buckets in which the sets differ. */
  countOpen(): number {
    let open = 0;
    for (const sum of this.sums) if (sum !== 0) open++;
    return open;
  }

  /** Closes all but the first `limit` differing buckets; by the hash, these are as representative as any others. */
  closeBehind(limit: number): void {
    let open = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (this.sums[bucket] !== 0 && ++open > limit) this.sums[bucket] = 0;
    }
  }
}
