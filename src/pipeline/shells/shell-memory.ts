/** Memory for finding and judging shells, which is lent from one step to the next. */
import type { ShellsPlan } from '../../memory/plans.js';

/** Triangles looked at between two chances for others. */
export const TURN_TRIANGLES = 2 ** 20;

export class ShellMemory {
  /** For the stars of vertices, then for positions. */
  readonly stars: ArrayBuffer;
  /** For links between ids, then for the table of shells. */
  readonly links: ArrayBuffer;
  /** Bytes for which shell lies in which. */
  readonly nestingBytes: number;

  constructor(plan: ShellsPlan) {
    this.stars = new ArrayBuffer(plan.starsBytes);
    this.links = new ArrayBuffer(plan.linksBytes);
    this.nestingBytes = plan.nestingBytes;
  }
}
