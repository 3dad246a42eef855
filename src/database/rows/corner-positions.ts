/**
 * The positions of a scan's triangle corners: from a cache of pages or, if the triangles are in no spatial order and
 * memory does not hold all vertices, from sequential lookups. These need disk: 24 bytes a vertex and 4 a corner, or 32
 * a corner if the vertices do not fit their memory.
 */

import type { IdSet } from '../../collections/id-set.js';
import { NumberFile } from '../../collections/number-file.js';
import type { RowCache } from '../../collections/row-cache.js';
import { RowLookup } from '../../collections/row-lookup.js';
import { type SpillFiles, STREAM_WORDS, WORD_BYTES } from '../../collections/spill-file.js';
import type { TriangleBatch, VertexBatch } from '../../mesh.js';
import type { Rows } from '../pages/leaf-decoder.js';

/**
 * Cache misses per triangle above which positions are looked up in sequence: a miss reads a page and takes about 25 us,
 * a lookup of three corners 2 us.
 */
export const MISSES_MAX = 0.05;

/** Words of a position. */
const WIDTH = 6;
/** Corners looked up at a time. */
const BATCH_CORNERS = 3 * 4096;

/** The rows of a mesh, as far as lookups need them. */
export interface LookedUpRows {
  readonly vertexRange: number;
  readonly triangleRange: number;
  positionsOf(): Iterable<VertexBatch & Rows>;
  cornersOf(set?: IdSet): Iterable<TriangleBatch & Rows>;
}

export interface CornerPositions {
  /** Copies the nine coordinates of the next triangle, whose corners are these vertices. */
  copyNext(a: number, b: number, c: number, target: Float64Array): void;
}

/** Positions of any triangles in any order, from a cache; a miss reads a page. */
export class CachedPositions implements CornerPositions {
  constructor(readonly cache: RowCache) {}

  copyNext(a: number, b: number, c: number, target: Float64Array): void {
    this.copy(a, target, 0);
    this.copy(b, target, 3);
    this.copy(c, target, 6);
  }

  private copy(vertex: number, target: Float64Array, to: number): void {
    const from = this.cache.locate(vertex);
    const { values } = this.cache;
    target[to] = values[from]!;
    target[to + 1] = values[from + 1]!;
    target[to + 2] = values[from + 2]!;
  }
}

/** Positions of the triangles of a set, or of all, one after another. */
export class SequentialPositions implements CornerPositions {
  private readonly positions = new Float64Array(3 * BATCH_CORNERS);
  private readonly words = new Int32Array(this.positions.buffer);
  /** Corners of the batch that have been used. */
  private used = BATCH_CORNERS;
  private left: number;

  private constructor(
    private readonly lookup: RowLookup,
    private readonly corners: NumberFile,
  ) {
    this.left = corners.length;
  }

  /** Returns the bytes of disk for looking up the corners of this many triangles with an arena of `arenaBytes`. */
  static bytesOf(
    { vertexRange }: Pick<LookedUpRows, 'vertexRange'>,
    triangles: number,
    arenaBytes: number,
  ): number {
    const rows = { width: WIDTH, count: vertexRange };
    return (
      WORD_BYTES * WIDTH * vertexRange +
      WORD_BYTES * 3 * triangles +
      RowLookup.bytesOf(rows, 3 * triangles, arenaBytes)
    );
  }

  /**
   * Looks up all positions. `arena` is in use until the last is read. `batches` are the triangles if their corners are not
   * those of the database. Yields the progress, from 0 to 1.
   */
  static *gather(
    rows: LookedUpRows,
    asked: IdSet | undefined,
    arena: ArrayBuffer,
    files: SpillFiles,
    batches: Iterable<TriangleBatch> = onlyAsked(rows, asked),
  ): Generator<number, SequentialPositions> {
    const vertices = files.create('positions', STREAM_WORDS);
    for (const { count, ids, positions } of rows.positionsOf()) {
      const words = new Int32Array(positions.buffer, positions.byteOffset, WIDTH * count);
      vertices.append(words, 0, words.length);
      yield (0.1 * ids[count - 1]!) / rows.vertexRange;
    }
    const corners = new NumberFile(files.create('corners', STREAM_WORDS));
    const total = asked?.size ?? rows.triangleRange;
    for (const batch of batches) {
      corners.append(batch.corners, 3 * batch.count);
      yield 0.1 + (0.2 * corners.length) / (3 * total);
    }
    const known = { file: vertices, width: WIDTH, count: rows.vertexRange };
    const lookup = new RowLookup(corners, known, arena, Math.floor(arena.byteLength / 4), files);
    for (const share of lookup.prepare()) yield 0.3 + 0.7 * share;
    vertices.remove();
    return new SequentialPositions(lookup, corners);
  }

  /** Removes the spill files. */
  close(): void {
    this.lookup.close();
    this.corners.file.remove();
  }

  copyNext(_a: number, _b: number, _c: number, target: Float64Array): void {
    if (this.used === BATCH_CORNERS) this.readBatch();
    const from = 3 * this.used;
    for (let k = 0; k < 9; k++) target[k] = this.positions[from + k]!;
    this.used += 3;
  }

  private readBatch(): void {
    const count = Math.min(this.left, BATCH_CORNERS);
    this.lookup.read(this.words, count);
    this.left -= count;
    this.used = 0;
  }
}

/** Yields the requested triangles. */
function* onlyAsked(rows: LookedUpRows, asked: IdSet | undefined): Generator<TriangleBatch> {
  for (const batch of rows.cornersOf(asked)) {
    yield { count: keepAsked(batch, batch.corners, asked), corners: batch.corners };
  }
}

/** Compacts the corners of the requested triangles; returns the number of these triangles. */
function keepAsked({ count, ids }: Rows, corners: Float64Array, asked: IdSet | undefined): number {
  if (asked === undefined) return count;
  let kept = 0;
  for (let k = 0; k < count; k++) {
    if (!asked.has(ids[k]!)) continue;
    for (let d = 0; d < 3; d++) corners[3 * kept + d] = corners[3 * k + d]!;
    kept++;
  }
  return kept;
}
