/**
 * When to give up a cache of positions: where triangles stand in no order of place and the memory does not hold all
 * vertices, nearly each corner reads a page.
 */

/**
 * Misses of the cache for each triangle beyond which positions are looked up in sequence: a miss reads a page and takes
 * some 25 us, and a look-up of three corners 2.
 */
const MISSES_MAX = 0.05;
/** Triangles between two looks at how many misses there were. */
const WATCH_TRIANGLES = 2 ** 16;
/** To read all vertices in sequence takes as long as a miss for one in so many. */
const VERTICES_A_MISS = 500;

/** Tells when positions are missed too often. */
export class MissWatch {
  private rows = 0;
  private misses = 0;
  private readonly isUsed: boolean;

  /** It never tells unless so many triangles of a mesh are asked about that another way would be quicker. */
  constructor(triangles: number, vertices: number) {
    this.isUsed = triangles * VERTICES_A_MISS > vertices;
  }

  /** Takes what the next triangles have come to. */
  isTooMuch(rows: number, misses: number): boolean {
    this.rows += rows;
    this.misses += misses;
    if (this.rows < WATCH_TRIANGLES) return false;
    const isTooMuch = this.isUsed && this.misses > MISSES_MAX * this.rows;
    this.rows = 0;
    this.misses = 0;
    return isTooMuch;
  }
}
