/**
 * Collects the star of each vertex: the corners of all triangles at it. A star answers everything local, since it has
 * all triangles along each edge of its vertex.
 *
 * Triangles are distributed to files by ranges of vertices: each to the files of its corners, mostly a single one. A file
 * is read to count the corners of each vertex, and again to arrange them by counting sort: once, or for each part of its
 * vertices whose corners fit in memory. Everything is sequential. Disk: 16 to 48 bytes a triangle, twice as much if ids
 * exceed 2^32.
 *
 * Lost: a record for each corner, with which a complete check took 1.14 times as long.
 */

import { HIGH, type SharedSpill, type SpillFile, type SpillFiles } from '../collections/spill-file.js';
import type { Rows } from '../database/pages/leaf-decoder.js';
import { UsageError } from '../errors.js';
import type { TriangleBatch } from '../mesh.js';
import { formatCount } from '../wording.js';
import { type DealPlan, RECORD_IDS, recordWords, StarDealer } from './star-dealer.js';

/** Buffer words for the files of all ranges together, and at most for one. */
const RANGES_WORDS = 2 ** 20;
const RANGE_WORDS_MAX = 2 ** 14;
/** Triangles read at a time. */
const READ_TRIANGLES = 4096;
/** The planned fill of the memory with corners, averaged over all ranges. */
const FILL = 0.6;
/** The share of memory for the counts of a range's vertices; a vertex of a closed surface has six corners. */
const COUNTS_SHARE = 0.125;
/** Vertices yielded at a time, and pieces of a file between two empty yields, which let others run. */
const TURN_VERTICES = 8192;
const TURN_PIECES = 16;
/** The largest share of the corners in memory for one star: its consumer needs as much memory. */
const STAR_SHARE = 0.25;

/** Ids, as many as fit in memory. */
type Ids = Uint32Array | Float64Array;

/** The corners of stars, one star after another. */
interface Lists {
  /** For each corner, the vertex at the next corner in the direction of its triangle. */
  readonly nexts: Ids;
  /** For each corner, the vertex at the previous corner. */
  readonly previous: Ids;
  /** For each corner, three times the id of its triangle, plus 0, 1 or 2 for corner a, b or c. */
  readonly corners: Ids;
}

/** The stars of consecutive vertices, occasionally of none. Valid until the next are requested. */
export interface Stars extends Lists {
  /** The first vertex; `ends` has one entry for each vertex. */
  readonly first: number;
  /** The index in the lists where the first star begins. */
  readonly from: number;
  /** The index in the lists where each vertex's star ends and the next begins. */
  readonly ends: Int32Array;
}

/** The exclusive upper bounds of the ids of a mesh. */
interface StarRange {
  readonly vertices: number;
  readonly triangles: number;
}

/** A piece of a file: for each triangle, the number of its first corner and its vertices. */
interface Piece {
  readonly ids: Ids;
  readonly count: number;
  readonly isTurn: boolean;
}

export class StarSpool {
  private readonly isWide: boolean;
  private readonly words: number;
  private readonly idBytes: number;
  /** Memory for the counts of a range's vertices; the lists have the rest. */
  private readonly countBytes: number;
  /** The number of vertices in a range. */
  private readonly rangeVertices: number;
  /** The number of corners that fit the arena besides the counts of a range. */
  private readonly capacity: number;
  private readonly starMax: number;
  private readonly dealt: readonly SpillFile[];
  private readonly plan: DealPlan;
  private readonly dealer: StarDealer;

  /** Returns the most bytes of disk for all triangles of a mesh: each in three files. */
  static bytesOf(range: StarRange): number {
    return 3 * 4 * recordWords(isWide(range)) * range.triangles;
  }

  /** Ids of vertices and triangles must be below `range`. The arena is in use from the first star to the last. */
  constructor(
    private readonly range: StarRange,
    private readonly arena: ArrayBuffer,
    files: SpillFiles,
  ) {
    this.isWide = isWide(range);
    this.words = recordWords(this.isWide);
    this.countBytes = 8 * Math.floor((COUNTS_SHARE * arena.byteLength) / 8);
    this.idBytes = this.isWide ? 8 : 4;
    this.capacity = Math.floor((arena.byteLength - this.countBytes) / (3 * this.idBytes));
    this.starMax = Math.floor(STAR_SHARE * this.capacity);
    const ranges = Math.max(
      1,
      Math.ceil((3 * range.triangles) / (FILL * this.capacity)),
      Math.ceil((4 * range.vertices) / this.countBytes),
    );
    this.rangeVertices = Math.max(1, Math.ceil(range.vertices / ranges));
    const bufferWords = Math.max(64, Math.min(RANGE_WORDS_MAX, Math.floor(RANGES_WORDS / ranges)));
    this.dealt = Array.from({ length: ranges }, () => files.create('stars', bufferWords));
    this.plan = { rangeVertices: this.rangeVertices, isWide: this.isWide };
    this.dealer = new StarDealer(this.plan, this.dealt);
  }

  /** Adds triangles like {@link StarDealer}. */
  add(batch: TriangleBatch & Rows): void {
    this.dealer.add(batch);
  }

  /** Returns what a thread needs to add the triangles in place of this object; then call {@link adopt}. */
  share(): { readonly plan: DealPlan; readonly spills: readonly SharedSpill[] } {
    return { plan: this.plan, spills: this.dealt.map((file) => file.share()) };
  }

  /** Takes over the triangles that a thread has added: so many words in each file. */
  adopt(words: readonly number[]): void {
    for (const [index, file] of this.dealt.entries()) file.adopt(words[index]!);
  }

  /** Yields the stars of all vertices, in id order; may be called again. Throws UsageError if a star does not fit. */
  *stars(): Generator<Stars> {
    for (const [index, file] of this.dealt.entries()) {
      const low = index * this.rangeVertices;
      const size = Math.min(this.rangeVertices, this.range.vertices - low);
      if (file.length > 0) yield* this.starsOf(file, low, size);
    }
  }

  /** Removes the files. */
  close(): void {
    for (const file of this.dealt) file.remove();
  }

  private *starsOf(file: SpillFile, low: number, size: number): Generator<Stars> {
    const { capacity } = this;
    const ends = new Int32Array(this.arena, 0, size);
    ends.fill(0);
    const lists = this.lists();
    const none = { first: low, from: 0, ends: ends.subarray(0, 0), ...lists };
    for (const { ids, count, isTurn } of this.read(file)) {
      for (let at = 0; at < RECORD_IDS * count; at += RECORD_IDS) {
        for (let k = at + 1; k < at + RECORD_IDS; k++) {
          const vertex = ids[k]! - low;
          if (vertex >= 0 && vertex < size) ends[vertex]!++;
        }
      }
      if (isTurn) yield none;
    }
    for (let first = 0, stop = 0; first < size; first = stop) {
      let sum = 0;
      for (; stop < size && sum + ends[stop]! <= capacity; stop++) {
        const corners = ends[stop]!;
        if (corners > this.starMax) throw this.refuse(low + stop, corners);
        ends[stop] = sum;
        sum += corners;
      }
      if (stop === first) throw this.refuse(low + first, ends[first]!);
      if (sum > 0)
        for (const isTurn of this.fill(file, ends, low, first, stop, lists)) if (isTurn) yield none;
      for (let k = first; k < stop; k += TURN_VERTICES) {
        const some = ends.subarray(k, Math.min(stop, k + TURN_VERTICES));
        yield { first: low + k, from: k === first ? 0 : ends[k - 1]!, ends: some, ...lists };
      }
    }
  }

  /**
   * Moves the corners of vertices `[first, stop)` of the range from `low` on to their places; until then, `ends` are their
   * starts.
   * Yields after each piece of the file whether to let others run.
   */
  private *fill(
    file: SpillFile,
    ends: Int32Array,
    low: number,
    first: number,
    stop: number,
    lists: Lists,
  ): Generator<boolean> {
    const { nexts, previous, corners } = lists;
    const place = (vertex: number, next: number, before: number, corner: number) => {
      const own = vertex - low;
      if (own < first || own >= stop) return;
      const to = ends[own]!++;
      nexts[to] = next;
      previous[to] = before;
      corners[to] = corner;
    };
    for (const { ids, count, isTurn } of this.read(file)) {
      for (let at = 0; at < RECORD_IDS * count; at += RECORD_IDS) {
        const corner = ids[at]!;
        const a = ids[at + 1]!;
        const b = ids[at + 2]!;
        const c = ids[at + 3]!;
        place(a, b, c, corner);
        place(b, c, a, corner + 1);
        place(c, a, b, corner + 2);
      }
      yield isTurn;
    }
  }

  private refuse(vertex: number, corners: number): UsageError {
    const found = `${formatCount(corners)} triangles meet at vertex ${vertex}`;
    return new UsageError(`${found}; expected at most ${formatCount(this.starMax)} with this much memory`, {
      code: 'MEMORY_TOO_SMALL',
      hint: 'raise `memoryBytes`',
    });
  }

  private lists(): Lists {
    const { arena, capacity, idBytes } = this;
    const [nexts, previous, corners] = [0, 1, 2].map((list) => {
      const from = this.countBytes + list * idBytes * capacity;
      return this.isWide ? new Float64Array(arena, from, capacity) : new Uint32Array(arena, from, capacity);
    });
    return { nexts: nexts!, previous: previous!, corners: corners! };
  }

  private *read(file: SpillFile): Generator<Piece> {
    const { words, isWide } = this;
    const chunk = new Int32Array(READ_TRIANGLES * words);
    const ids = isWide ? new Float64Array(READ_TRIANGLES * RECORD_IDS) : new Uint32Array(chunk.buffer);
    for (let at = 0, piece = 1; at < file.length; at += chunk.length, piece++) {
      const count = file.read(chunk, at) / words;
      if (isWide) joinIds(chunk, ids, count);
      yield { ids, count, isTurn: piece % TURN_PIECES === 0 };
    }
  }
}

/** Whether ids, or numbers of corners, exceed 32 bits. */
function isWide({ vertices, triangles }: StarRange): boolean {
  return Math.max(vertices, 3 * triangles) > HIGH;
}

/** Joins the lower and upper words of wide records. */
function joinIds(chunk: Int32Array, ids: Ids, count: number): void {
  for (let row = 0; row < count; row++) {
    for (let k = 0; k < RECORD_IDS; k++) {
      const at = row * 2 * RECORD_IDS + k;
      ids[row * RECORD_IDS + k] = (chunk[at]! >>> 0) + HIGH * chunk[at + RECORD_IDS]!;
    }
  }
}
