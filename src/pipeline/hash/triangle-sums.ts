/** Sums the hashes of the triangles of two meshes, in one thread or in several whose sums are added. */
import type { Precision } from '../../mesh.js';
import { BucketSums } from './bucket-sums.js';
import { Checksum, type SavedChecksum } from './checksum.js';
import { TriangleHash } from './triangle-hash.js';

/** The two meshes that are compared. */
export type Which = 'mesh' | 'source';

/** The sums of a thread, as plain data. */
export interface SavedSums {
  readonly mesh: SavedChecksum;
  readonly source: SavedChecksum;
  readonly buckets: Int32Array;
}

export class TriangleSums {
  readonly mesh = new Checksum();
  readonly source = new Checksum();
  /** The sums of the mesh minus those of the source. */
  readonly buckets = new BucketSums();
  private readonly hash: TriangleHash;

  constructor(precision: Precision) {
    this.hash = new TriangleHash(precision);
  }

  /** Adds triangles of a mesh, nine coordinates each. */
  add(which: Which, positions: Float64Array, count: number): void {
    const { hash, buckets } = this;
    const checksum = this[which];
    const isMesh = which === 'mesh';
    for (let at = 0; at < 9 * count; at += 9) {
      hash.take(positions, at);
      checksum.add(hash);
      if (isMesh) buckets.add(hash);
      else buckets.subtract(hash);
    }
  }

  save(): SavedSums {
    return { mesh: this.mesh.save(), source: this.source.save(), buckets: this.buckets.sums };
  }

  /** Adds the sums of another thread. */
  merge({ mesh, source, buckets }: SavedSums): void {
    this.mesh.merge(mesh);
    this.source.merge(source);
    this.buckets.merge(buckets);
  }
}
