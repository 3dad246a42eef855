/** Memory for finding and judging shells, which is lent from one step to the next. */

/** Parts of what there is. */
const STARS_SHARE = 0.4;
const LINKS_SHARE = 0.3;
const NESTING_SHARE = 0.3;

/** Triangles looked at between two chances for others. */
export const TURN_TRIANGLES = 2 ** 20;

export class ShellMemory {
  /** For the stars of vertices, then for positions. */
  readonly stars: ArrayBuffer;
  /** For links between ids, then for the table of shells. */
  readonly links: ArrayBuffer;
  /** Bytes for which shell lies in which. */
  readonly nestingBytes: number;

  constructor(freeBytes: number) {
    this.stars = new ArrayBuffer(8 * Math.floor((STARS_SHARE * freeBytes) / 8));
    this.links = new ArrayBuffer(8 * Math.floor((LINKS_SHARE * freeBytes) / 8));
    this.nestingBytes = NESTING_SHARE * freeBytes;
  }
}
