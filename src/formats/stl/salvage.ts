/**
 * How many facets of a damaged binary STL are taken: those before the first that is out of step. What is told of them in
 * the head is what the others are held against.
 */
import { compareNormal, ExponentTally } from '../plausible.js';
import { CORNERS_AT, FACET_BYTES, HEADER_BYTES } from './layout.js';

/** How many facets at the beginning say what the others are like. */
const SAMPLE = 64;

export class SalvageLimit {
  private readonly isNear: (bits: number) => boolean;
  /** Whether each facet of the sample has a normal of its own, or zeros. */
  private readonly hasNormals: boolean;

  /** `announced` facets are to be held against each other, where the count is known. */
  constructor(head: Uint8Array, announced: number) {
    const view = new DataView(head.buffer, head.byteOffset, head.length);
    const tally = new ExponentTally();
    const most = announced > 0 ? announced : SAMPLE;
    const facets = Math.min(SAMPLE, most, Math.floor((head.length - HEADER_BYTES) / FACET_BYTES));
    let misfits = 0;
    for (let facet = 0; facet < facets; facet++) {
      const at = HEADER_BYTES + FACET_BYTES * facet;
      for (let k = CORNERS_AT; k < CORNERS_AT + 36; k += 4) {
        const bits = view.getInt32(at + k, true);
        if (bits << 1 !== 0) tally.add(bits);
      }
      if (compareNormal(view, at) === 'differs') misfits++;
    }
    this.isNear = tally.createLimit();
    this.hasNormals = misfits === 0;
  }

  /** How many of the `count` facets from `start` on come before the first that is out of step. */
  countInStep(bytes: Uint8Array, start: number, count: number): number {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let facet = 0; facet < count; facet++) {
      if (this.isOdd(view, start + FACET_BYTES * facet)) return facet;
    }
    return count;
  }

  private isOdd(view: DataView, at: number): boolean {
    if (this.hasNormals && compareNormal(view, at) === 'differs') return true;
    let far = 0;
    for (let k = CORNERS_AT; k < CORNERS_AT + 36; k += 4)
      if (!this.isNear(view.getInt32(at + k, true))) far++;
    return far > 0;
  }
}
