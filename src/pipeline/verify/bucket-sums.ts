/**
 * Where two sets of triangles part, in a fixed memory: triangles are dealt out to buckets by their hashes, and a bucket
 * whose sums differ holds one that only one of the sets has.
 */
import type { TriangleHash } from './triangle-hash.js';

/**
 * A word for each, all in the processor's caches: at 10 M triangles a side 2^20 buckets took a quarter longer, and 2^22
 * two thirds.
 */
const BUCKET_BITS = 18;
const BUCKETS = 2 ** BUCKET_BITS;

export class BucketSums {
  static readonly count = BUCKETS;
  /** The hashes of one set less those of the other. That some cancel, at 1 to 2^32 a bucket, only hides these. */
  private readonly sums = new Int32Array(BUCKETS);

  /** Takes a triangle of the one set. */
  add({ h0, h3 }: TriangleHash): void {
    this.sums[h3 >>> (32 - BUCKET_BITS)]! += h0;
  }

  /** Takes a triangle of the other set. */
  subtract({ h0, h3 }: TriangleHash): void {
    this.sums[h3 >>> (32 - BUCKET_BITS)]! -= h0;
  }

  /** Whether the sets differ in a triangle's bucket. */
  isOpen({ h3 }: TriangleHash): boolean {
    return this.sums[h3 >>> (32 - BUCKET_BITS)] !== 0;
  }

  /** In how many buckets the sets differ. */
  countOpen(): number {
    let open = 0;
    for (const sum of this.sums) if (sum !== 0) open++;
    return open;
  }

  /** Closes all but the first `limit` buckets in which they differ: as good as any others, by the hash. */
  closeBehind(limit: number): void {
    let open = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (this.sums[bucket] !== 0 && ++open > limit) this.sums[bucket] = 0;
    }
  }
}
