/**
 * The ids that the vertices of a shard have in the joined mesh, in a fixed amount of memory.
 *
 * Seams bring an id from an earlier shard, less than the base. All other vertices are new and get consecutive ids from the
 * base on. If the ids of all vertices fit in memory, they stay there. Otherwise seams are divided among ranges of vertices
 * that fit, the ids go to a spill file range by range, and corners are looked up in sequence.
 */
import { FormatError } from '../errors.js';
import type { TriangleBatch } from '../mesh.js';
import { NumberFile } from './number-file.js';
import { RowLookup } from './row-lookup.js';
import { appendPair, PAIR_WORDS, readPairs } from './run-merge.js';
import { type SpillFile, type SpillFiles, STREAM_WORDS, WORD_BYTES } from './spill-file.js';

/** Bytes and words of an id, a float64. */
const ID_BYTES = 8;
const ID_WORDS = 2;
/** No id yet. */
const NONE = -1;
/** Buffer words for the seams of all ranges together, and of one at most. */
const SEAMS_WORDS = 2 ** 20;
const RANGE_WORDS_MAX = 16_384;
/** Triangles translated at a time if their corners are on disk. */
const BATCH_TRIANGLES = 4096;

export class JoinedIds {
  /** The number of vertices so far that are new in this shard. */
  fresh = 0;
  /** Vertices of a range, and how many ranges there are. */
  private readonly rangeRows: number;
  private readonly ranges: number;
  /** The ids of the current range. */
  private readonly ids: Float64Array;
  /** The seams of each range, as pairs of a vertex counted within the range and its id; empty for a single range. */
  private readonly dealt: readonly SpillFile[];
  private readonly bufferWords: number;
  /** The ids of all ranges so far, if there are several. */
  private readonly stored: SpillFile | undefined;
  private readonly scratch = new Int32Array(PAIR_WORDS);
  /** The next vertex, and where the current range ends. */
  private at = 0;
  private end = 0;
  private lookup: RowLookup | undefined;

  /** `arena` is in use until the last triangle is translated. It holds at least one id. */
  constructor(
    private readonly vertices: number,
    private readonly base: number,
    private readonly arena: ArrayBuffer,
    private readonly files: SpillFiles,
  ) {
    this.rangeRows = Math.min(vertices, Math.floor(arena.byteLength / ID_BYTES));
    this.ranges = vertices === 0 ? 0 : Math.ceil(vertices / this.rangeRows);
    this.ids = new Float64Array(arena, 0, this.rangeRows);
    this.ids.fill(NONE);
    this.bufferWords = Math.max(64, Math.min(RANGE_WORDS_MAX, Math.floor(SEAMS_WORDS / this.ranges)));
    const isSpilled = this.ranges > 1;
    const count = isSpilled ? this.ranges : 0;
    this.dealt = Array.from({ length: count }, () => files.create('seams', this.bufferWords));
    this.stored = isSpilled ? files.create('ids', STREAM_WORDS) : undefined;
  }

  /** Returns the bytes of an arena that holds all ids, or of the largest one within `mostBytes`. */
  static arenaBytes(vertices: number, mostBytes: number): number {
    return Math.max(ID_BYTES, Math.min(ID_BYTES * vertices, ID_BYTES * Math.floor(mostBytes / ID_BYTES)));
  }

  /** Returns the bytes of disk with an arena of `arenaBytes`, if a share of 0 to 1 of the vertices are seams. */
  static spillBytes(vertices: number, triangles: number, arenaBytes: number, seamsShare = 1): number {
    if (ID_BYTES * vertices <= arenaBytes) return 0;
    const seamBytes = WORD_BYTES * PAIR_WORDS * seamsShare;
    const corners = 3 * triangles;
    const rows = { width: ID_WORDS, count: vertices };
    return (
      (seamBytes + ID_BYTES) * vertices + WORD_BYTES * corners + RowLookup.bytesOf(rows, corners, arenaBytes)
    );
  }

  /** Notes the id of a seam; all of them come before the first call of {@link next}. Throws FormatError for a repeated one. */
  add(vertex: number, id: number): void {
    if (this.stored === undefined) {
      this.put(vertex, vertex, id);
      return;
    }
    const range = Math.floor(vertex / this.rangeRows);
    appendPair(this.dealt[range]!, this.scratch, vertex - range * this.rangeRows, id);
  }

  /** Returns the ids of all vertices one by one, from vertex 0 on. Throws FormatError for a repeated seam. */
  next(): number {
    if (this.at === this.end) this.number();
    return this.ids[this.at++ % this.rangeRows]!;
  }

  /** Whether an id that {@link next} returned is new in this shard, and not that of a seam. */
  isFresh(id: number): boolean {
    return id >= this.base;
  }

  /** Prepares for the translation of these triangles, after the last vertex. Occasionally yields the progress, from 0 to 1. */
  *prepare(triangles: Iterable<TriangleBatch>, count: number): Generator<number> {
    const { stored, arena, vertices, files } = this;
    if (stored === undefined) return;
    const corners = new NumberFile(files.create('corners', STREAM_WORDS));
    for (const batch of triangles) {
      corners.append(batch.corners, 3 * batch.count);
      yield (0.3 * corners.length) / (3 * count);
    }
    const rows = { file: stored, width: ID_WORDS, count: vertices };
    this.lookup = new RowLookup(corners, rows, arena, ID_WORDS * this.rangeRows, files);
    for (const share of this.lookup.prepare()) yield 0.3 + 0.7 * share;
  }

  /** Yields `count` triangles with ids of the joined mesh, in the memory of the batches or in its own. */
  *translate(triangles: Iterable<TriangleBatch>, count: number): Generator<TriangleBatch> {
    const { lookup, ids } = this;
    if (lookup === undefined) {
      for (const batch of triangles) {
        const { corners } = batch;
        for (let k = 0; k < 3 * batch.count; k++) corners[k] = ids[corners[k]!]!;
        yield { count: batch.count, corners };
      }
      return;
    }
    const corners = new Float64Array(3 * BATCH_TRIANGLES);
    const words = new Int32Array(corners.buffer);
    for (let done = 0; done < count; done += BATCH_TRIANGLES) {
      const some = Math.min(BATCH_TRIANGLES, count - done);
      lookup.read(words, 3 * some);
      yield { count: some, corners };
    }
  }

  /** Makes the next range current and gives its new vertices their ids. */
  private number(): void {
    const { ids, rangeRows, vertices, stored, dealt, bufferWords } = this;
    const first = this.end;
    const count = Math.min(rangeRows, vertices - first);
    this.end = first + count;
    if (stored !== undefined) {
      ids.fill(NONE);
      const seams = dealt[first / rangeRows]!;
      for (const [row, id] of readPairs(seams, bufferWords)) this.put(row, first + row, id);
      seams.remove();
    }
    for (let row = 0; row < count; row++) if (ids[row] === NONE) ids[row] = this.base + this.fresh++;
    stored?.append(new Int32Array(this.arena, 0, ID_WORDS * count), 0, ID_WORDS * count);
  }

  private put(row: number, vertex: number, id: number): void {
    if (this.ids[row] !== NONE) {
      throw new FormatError(`vertex ${vertex} is repeated; expected each seam once`);
    }
    this.ids[row] = id;
  }
}
