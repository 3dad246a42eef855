/**
 * Decides when to abandon a cache of positions. If triangles are not in spatial order and the memory does not hold all
 * vertices, nearly every corner reads a page.
 */

/**
 * Cache misses per triangle above which positions are looked up in sequence: a miss reads a page and takes about 25 us,
 * a lookup of three corners 2 us.
 */
const MISSES_MAX = 0.05;
/** Triangles between two checks of the misses. */
const WATCH_TRIANGLES = 2 ** 16;
/** Reading this many vertices in sequence takes as long as one miss. */
const VERTICES_A_MISS = 500;

/** Detects that positions are missed too often. */
export class MissWatch {
  private rows = 0;
  private misses = 0;
  private readonly isUsed: boolean;

  /** Watches the lookups for `triangles` triangles. It never triggers if, for so few, sequential lookups are slower. */
  constructor(triangles: number, vertices: number) {
    this.isUsed = triangles * VERTICES_A_MISS > vertices;
  }

  /** Adds the counts of the next triangles; returns whether there are too many misses. */
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
