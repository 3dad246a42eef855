/** Allocates the memory for finding and judging shells, which successive steps reuse. */
import type { ShellsPlan } from '../../memory/plans.js';

/** Triangles processed between two yields to the event loop. */
export const TURN_TRIANGLES = 2 ** 20;

export class ShellMemory {
  /** For the stars of vertices, then for positions. */
  readonly stars: ArrayBuffer;
  /** For links between ids, then for the table of shells. */
  readonly links: ArrayBuffer;
  /** Bytes for the nesting of shells. */
  readonly nestingBytes: number;

  constructor(plan: ShellsPlan) {
    this.stars = new ArrayBuffer(plan.starsBytes);
    this.links = new ArrayBuffer(plan.linksBytes);
    this.nestingBytes = plan.nestingBytes;
  }
}
