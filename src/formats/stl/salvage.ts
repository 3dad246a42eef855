/**
 * Limits how many facets of a damaged binary STL are recovered: those before the first misaligned one. Facets in the head
 * are the reference for the others.
 */
import { compareNormal, ExponentTally } from '../plausible.js';
import { CORNERS_AT, FACET_BYTES, HEADER_BYTES } from './layout.js';

/** The share of sampled facets with an area whose normal must fit or be zero. */
const PLACED_MIN = 1 / 3;
/** The number of facets at the beginning that serve as the reference. */
const SAMPLE = 64;
const FIRST = 8;

export class SalvageLimit {
  /** Whether too few normals fit for any facet to be certainly aligned. */
  private readonly isHopeless: boolean;
  private readonly isNear: (bits: number) => boolean;
  private readonly isTiny: (bits: number) => boolean;
  /** Kinds of normals that no facet of the sample has; empty if some differ, since then normals prove nothing. */
  private readonly odd: ReadonlySet<ReturnType<typeof compareNormal>>;

  /** Compares at most the `announced` facets, if the count is known. */
  constructor(head: Uint8Array, announced: number) {
    const view = new DataView(head.buffer, head.byteOffset, head.length);
    const tally = new ExponentTally();
    const most = announced > 0 ? announced : SAMPLE;
    const facets = Math.min(SAMPLE, most, Math.floor((head.length - HEADER_BYTES) / FACET_BYTES));
    const seen = new Set<ReturnType<typeof compareNormal>>();
    let placed = 0;
    let told = 0;
    for (let facet = 0; facet < facets; facet++) {
      const at = HEADER_BYTES + FACET_BYTES * facet;
      for (let k = CORNERS_AT; k < CORNERS_AT + 36; k += 4) {
        const bits = view.getInt32(at + k, true);
        if (bits << 1 !== 0) tally.add(bits);
      }
      const normal = compareNormal(view, at);
      // Only the first facets: misaligned data further on must not count as reference.
      if (facet < FIRST) seen.add(normal);
      if (normal !== 'open') told++;
      if (normal === 'zero' || normal === 'fits') placed++;
    }
    this.isHopeless = placed < PLACED_MIN * told;
    this.isNear = tally.createLimit();
    this.isTiny = tally.createFloor();
    const kinds = ['zero', 'fits', 'differs'] as const;
    this.odd = new Set(seen.has('differs') ? [] : kinds.filter((kind) => !seen.has(kind)));
  }

  /**
   * Returns how many of the `count` facets in `bytes[start, end)` to recover: those before the first misaligned one. The
   * last one with a normal before it is excluded too, with all after it, because the bytes may have gone wrong there.
   */
  countInStep(bytes: Uint8Array, start: number, end: number, count: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    // One more, if present.
    const looked = Math.min(count + 1, Math.floor((end - start) / FACET_BYTES));
    let proved = 0;
    for (let facet = 0; facet < looked; facet++) {
      const at = start + FACET_BYTES * facet;
      if (this.isOdd(view, at)) return proved;
      // No facet after the last one proves its alignment, so its own numbers must.
      if (looked <= count && facet === looked - 1 && this.hasTiny(view, at)) return proved;
      if (this.odd.size === 0 || compareNormal(view, at) !== 'open') proved = facet;
    }
    return count;
  }

  private hasTiny(view: DataView, at: number): boolean {
    for (let k = CORNERS_AT; k < CORNERS_AT + 36; k += 4)
      if (this.isTiny(view.getInt32(at + k, true))) return true;
    return false;
  }

  private isOdd(view: DataView, at: number): boolean {
    if (this.isHopeless) return true;
    if (this.odd.has(compareNormal(view, at))) return true;
    let far = 0;
    for (let k = CORNERS_AT; k < CORNERS_AT + 36; k += 4)
      if (!this.isNear(view.getInt32(at + k, true))) far++;
    return far > 0;
  }
}
