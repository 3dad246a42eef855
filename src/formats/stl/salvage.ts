/**
 * How many facets of a damaged binary STL are taken: those before the first that is out of step. What is told of them in
 * the head is what the others are held against.
 */
import { compareNormal, ExponentTally } from '../plausible.js';
import { CORNERS_AT, FACET_BYTES, HEADER_BYTES } from './layout.js';

/** The share of facets in the sample, of those that have an area, that must have a normal of theirs, or zeros. */
const PLACED_MIN = 1 / 3;
/** How many facets at the beginning say what the others are like. */
const SAMPLE = 64;
const FIRST = 8;

export class SalvageLimit {
  /** Whether so many normals are those of other triangles that nothing is sure to stand in its place. */
  private readonly isHopeless: boolean;
  private readonly isNear: (bits: number) => boolean;
  private readonly isTiny: (bits: number) => boolean;
  /** What normals no facet of the sample has, unless it has some of each: then nothing follows from them. */
  private readonly odd: ReadonlySet<ReturnType<typeof compareNormal>>;

  /** `announced` facets are to be held against each other, where the count is known. */
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
      // The first ones alone: what is out of step further on must not speak for itself.
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
   * How many of the `count` facets in `bytes[start, end)` are to be taken: those before the first that is out of step, and
   * not the last one before it with a normal either, in which the bytes may have gone wrong, nor what follows that.
   */
  countInStep(bytes: Uint8Array, start: number, end: number, count: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    // One more, if it is there.
    const looked = Math.min(count + 1, Math.floor((end - start) / FACET_BYTES));
    let proved = 0;
    for (let facet = 0; facet < looked; facet++) {
      const at = start + FACET_BYTES * facet;
      if (this.isOdd(view, at)) return proved;
      // No facet after the last one shows that it is in step, so its own numbers have to.
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
