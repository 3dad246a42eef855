/** Allocates the memory for finding and judging shells, which successive steps reuse. */

/** Shares of the free memory. */
const STARS_SHARE = 0.4;
const LINKS_SHARE = 0.3;
const NESTING_SHARE = 0.3;

export class ShellMemory {
  /** For the stars of vertices, then for positions. */
  readonly stars: ArrayBuffer;
  /** For links between ids, then for the table of shells. */
  readonly links: ArrayBuffer;
  /** Bytes for the nesting of shells. */
  readonly nestingBytes: number;

  constructor(freeBytes: number) {
    this.stars = new ArrayBuffer(8 * Math.floor((STARS_SHARE * freeBytes) / 8));
    this.links = new ArrayBuffer(8 * Math.floor((LINKS_SHARE * freeBytes) / 8));
    this.nestingBytes = NESTING_SHARE * freeBytes;
  }
}
