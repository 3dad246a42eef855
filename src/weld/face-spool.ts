/**
 * The faces of an indexed source, kept on disk until all its vertices have their ids, then emitted as triangles.
 *
 * A face may come before its vertices. Only ids, and the positions for cutting polygons, are looked up later; triangles
 * are numbered at once.
 *
 * Disk: 4 bytes a corner, 32 a face if faces have colors, and the needs of {@link RowLookup}.
 */

import { NumberFile, NumberReader, type SavedNumbers } from '../collections/number-file.js';
import { type RowFile, RowLookup } from '../collections/row-lookup.js';
import { type SpillFiles, SpillReader, STREAM_WORDS } from '../collections/spill-file.js';
import { cutConcave, cutFan } from '../geometry/polygon.js';
import { FACE_CORNERS_MAX } from '../memory.js';
import type { IndexedFaces } from '../mesh.js';
import { AttributeFile, AttributeReader } from './attribute-file.js';
import { ScaleSequence } from './color-scales.js';
import { KnownVertices } from './known-vertices.js';
import { positionsOf } from './positions.js';
import type { TriangleSink } from './sinks.js';
import { ID_WORDS, type VertexMap } from './vertex-welder.js';
import type { Arena } from './weld-memory.js';

/** Corners processed at a time; a single face may have more. */
const BATCH_CORNERS = 3 * 16_384;
/** The share of memory that tracks used vertices; the rest is for lookups. */
const USED_SHARE = 1 / 8;

/** The saved state of a spool between two batches, as plain data. */
export interface SavedSpool {
  readonly faces: number;
  readonly triangles: number;
  readonly corners: SavedNumbers;
  readonly sizes: SavedNumbers;
  readonly run: readonly [size: number, count: number];
  readonly hasPolygons: boolean;
  readonly firstColor: number;
}

export class FaceSpool {
  /** The number of faces, and of the triangles that they will give. */
  faces = 0;
  triangles = 0;
  private readonly corners: NumberFile;
  /** Runs of faces with the same number of corners, as pairs: corners, faces. */
  private readonly sizes: NumberFile;
  private run: [size: number, count: number] = [0, 0];
  private hasPolygons = false;
  private readonly colors: AttributeFile;

  /** Resumes a saved spool with its files, if `saved` is given. */
  constructor(
    private readonly files: SpillFiles,
    saved?: SavedSpool,
  ) {
    this.corners = new NumberFile(files.create('corners', STREAM_WORDS));
    this.sizes = new NumberFile(files.create('sizes', STREAM_WORDS));
    this.colors = new AttributeFile(4, 'face-colors', files, saved?.firstColor);
    if (saved === undefined) return;
    this.faces = saved.faces;
    this.triangles = saved.triangles;
    this.corners.restore(saved.corners);
    this.sizes.restore(saved.sizes);
    this.run = [...saved.run];
    this.hasPolygons = saved.hasPolygons;
  }

  /** Returns the state that resumes the spool with its files as they are. */
  save(): SavedSpool {
    const { faces, triangles, corners, sizes, run, hasPolygons, colors } = this;
    return {
      faces,
      triangles,
      corners: corners.save(),
      sizes: sizes.save(),
      run: [...run],
      hasPolygons,
      firstColor: colors.first,
    };
  }

  /** Adds faces whose corners are vertex numbers. */
  add({ count, corners, sizes, colors }: IndexedFaces): void {
    if (sizes === undefined) {
      this.addRun(3, count);
      this.corners.append(corners, 3 * count);
      this.triangles += count;
    } else {
      let total = 0;
      for (let k = 0; k < count; k++) {
        this.addRun(sizes[k]!, 1);
        total += sizes[k]!;
      }
      this.corners.append(corners, total);
      this.triangles += total - 2 * count;
    }
    this.colors.add(colors, this.faces, count);
    this.faces += count;
  }

  /**
   * Emits all triangles with the ids of `map`, and returns how many of its vertices no triangle uses. Occasionally
   * yields the progress, from 0 to 1. `colorScales` are the divisors of colors. Other triangles use all `known` vertices but
   * those that are noted as unused.
   */
  *emit(
    map: VertexMap,
    sink: TriangleSink,
    arena: Arena,
    bytesPerValue: 4 | 8,
    colorScales: ScaleSequence,
    known: KnownVertices,
  ): Generator<number, number> {
    this.endRun();
    const words = arena.bytes / 4;
    const usedWords = Math.min(Math.ceil(map.distinct / 32), Math.floor(words * USED_SHARE));
    const used = new UsedVertices(arena.buffer, words - usedWords, usedWords);
    used.addKnown(known);
    const corners = new CornerReader(
      this.corners,
      this.rowsFor(map),
      map.ids !== undefined,
      arena.buffer,
      words - usedWords,
      this.files,
    );
    for (const share of corners.prepare()) yield 0.5 * share;
    for (const done of this.cut(corners, used, sink, bytesPerValue, colorScales)) {
      yield 0.5 + (0.5 * done) / Math.max(1, this.corners.length);
    }
    // One range of ids after another, each as large as fits; usually there is only one.
    for (let total = used.size; ; total += used.size) {
      if (!used.moveOn(map.distinct)) return map.distinct - total;
      used.addKnown(known);
      corners.restart();
      for (let done = 0; done < this.corners.length; ) {
        const count = Math.min(BATCH_CORNERS, this.corners.length - done);
        corners.read(count);
        used.add(corners.ids, count);
        done += count;
        yield 1;
      }
    }
  }

  /**
   * Cuts the faces into triangles without welding: returns the vertex numbers of their corners. Like {@link emit}, which
   * cannot be called as well.
   */
  *triangulate(
    positions: RowFile,
    arena: () => ArrayBuffer,
    bytesPerValue: 4 | 8,
  ): Generator<number, NumberFile> {
    if (!this.hasPolygons) return this.corners;
    const cut = new NumberFile(this.files.create('cut', STREAM_WORDS));
    const sink: TriangleSink = {
      addTriangles: (corners, count) => cut.append(corners, 3 * count),
      addTriangleColor: () => undefined,
    };
    const { count } = positions;
    const map = { count, distinct: count, ids: undefined, positions };
    // The faces have no colors, and no vertex comes before them.
    const scales = new ScaleSequence([], 'face');
    const buffer = arena();
    const lent = { buffer, bytes: buffer.byteLength };
    yield* this.emit(map, sink, lent, bytesPerValue, scales, new KnownVertices(0, this.files));
    this.corners.file.remove();
    return cut;
  }

  private addRun(size: number, count: number): void {
    if (size !== this.run[0]) {
      this.endRun();
      this.run[0] = size;
    }
    this.run[1] += count;
    if (size > 3 && count > 0) this.hasPolygons = true;
  }

  private endRun(): void {
    if (this.run[1] > 0) this.sizes.append(this.run, 2);
    this.run[1] = 0;
  }

  /** Returns what to look up for each corner, if anything: ids unless they are numbers, positions for cutting. */
  private rowsFor({ ids, positions, count }: VertexMap): RowFile | undefined {
    if (!this.hasPolygons) return ids;
    if (ids === undefined) return positions;
    const file = this.files.create('rows', STREAM_WORDS);
    const width = ids.width + positions.width;
    const row = new Int32Array(width);
    const idWords = new SpillReader(ids.file, STREAM_WORDS);
    const positionWords = new SpillReader(positions.file, STREAM_WORDS);
    for (let k = 0; k < count; k++) {
      for (let w = 0; w < width; w++) row[w] = (w < ids.width ? idWords : positionWords).next();
      file.append(row, 0, width);
    }
    return { file, width, count };
  }

  /** Cuts faces into triangles; yields the number of corners processed. */
  private *cut(
    corners: CornerReader,
    used: UsedVertices,
    sink: TriangleSink,
    bytesPerValue: 4 | 8,
    colorScales: ScaleSequence,
  ): Generator<number> {
    const sizes = new NumberReader(this.sizes, STREAM_WORDS);
    const colors = AttributeReader.open(this.colors, colorScales);
    const positionBits = new Int32Array(3 * (bytesPerValue / 4) * CORNERS_MAX);
    const positions = positionsOf(positionBits, bytesPerValue);
    const run = new Float64Array(2);
    const cut = new Int32Array(3 * FACE_CORNERS_MAX);
    const rows = new Float64Array(3 * CORNERS_MAX);
    let waiting = 0;
    let triangle = 0;
    let done = 0;
    for (let pairs = 0; pairs < this.sizes.length; pairs += 2) {
      sizes.read(run, 2);
      const size = run[0]!;
      const atOnce = Math.max(1, Math.floor(BATCH_CORNERS / size));
      for (let left = run[1]!, count = 0; left > 0; left -= count) {
        count = Math.min(left, atOnce);
        corners.read(count * size);
        used.add(corners.ids, count * size);
        if (size > 3) corners.copyPositions(positionBits, count * size);
        for (let face = 0; colors !== undefined && face < count; face++) {
          const color = colors.next();
          for (let k = 0; color !== undefined && k < size - 2; k++) {
            sink.addTriangleColor(triangle + face * (size - 2) + k, color);
          }
        }
        triangle += count * (size - 2);
        if (size === 3) {
          rows.set(corners.ids.subarray(0, 3 * count), 3 * waiting);
          waiting += count;
        } else {
          for (let face = 0; face < count; face++) {
            const first = face * size;
            if (!cutFan(positions, first, size, cut)) {
              for (const _ of cutConcave(positions, first, size, cut)) yield done;
            }
            for (let k = 0, to = 3 * waiting; k < 3 * (size - 2); k++)
              rows[to++] = corners.ids[first + cut[k]!]!;
            waiting += size - 2;
          }
        }
        done += count * size;
        if (waiting < BATCH_CORNERS / 3) continue;
        sink.addTriangles(rows, waiting);
        waiting = 0;
        yield done;
      }
    }
    if (waiting > 0) sink.addTriangles(rows, waiting);
  }
}

/** The most corners processed at a time. */
const CORNERS_MAX = BATCH_CORNERS + FACE_CORNERS_MAX;

/** Reads the corners of the spool, in order, with the ids and positions looked up. */
class CornerReader {
  /** Ids of the corners read last. */
  readonly ids = new Float64Array(CORNERS_MAX);
  private readonly lookup: RowLookup | undefined;
  private readonly words: Int32Array;
  private readonly width: number;
  private reader: NumberReader;

  constructor(
    private readonly numbers: NumberFile,
    rows: RowFile | undefined,
    private readonly hasIds: boolean,
    arena: ArrayBuffer,
    words: number,
    files: SpillFiles,
  ) {
    this.width = rows?.width ?? 0;
    this.lookup = rows && new RowLookup(numbers, rows, arena, words, files);
    this.words = new Int32Array(this.width * CORNERS_MAX);
    this.reader = new NumberReader(numbers, STREAM_WORDS);
  }

  *prepare(): Generator<number> {
    if (this.lookup !== undefined) yield* this.lookup.prepare();
  }

  /** Starts again with the first corner. */
  restart(): void {
    this.lookup?.restart();
    this.reader = new NumberReader(this.numbers, STREAM_WORDS);
  }

  read(count: number): void {
    const { ids, words, width } = this;
    this.lookup?.read(words, count);
    if (!this.hasIds) {
      this.reader.read(ids, count);
      return;
    }
    for (let k = 0, at = 0; k < count; k++, at += width) {
      ids[k] = (words[at]! >>> 0) + words[at + 1]! * 2 ** 32;
    }
  }

  /** Copies the positions of the corners read last, which must have been looked up. */
  copyPositions(target: Int32Array, count: number): void {
    const { words, width } = this;
    const skipped = this.hasIds ? ID_WORDS : 0;
    for (let k = 0, at = 0, to = 0; k < count; k++) {
      at += skipped;
      for (const end = at + width - skipped; at < end; ) target[to++] = words[at++]!;
    }
  }
}

/** Tracks which vertices of a range of ids are used: a bit for each, in memory lent by the caller. */
class UsedVertices {
  /** The number of used vertices. */
  size = 0;
  private low = 0;
  private readonly bits: Int32Array;
  private readonly range: number;

  constructor(arena: ArrayBuffer, start: number, words: number) {
    this.bits = new Int32Array(arena, 4 * start, words);
    this.bits.fill(0);
    this.range = 32 * words;
  }

  add(ids: Float64Array, count: number): void {
    const { bits, low, range } = this;
    let added = 0;
    for (let k = 0; k < count; k++) {
      const bit = ids[k]! - low;
      if (bit < 0 || bit >= range) continue;
      const word = Math.floor(bit / 32);
      const mask = 1 << (bit % 32);
      if ((bits[word]! & mask) !== 0) continue;
      bits[word]! |= mask;
      added++;
    }
    this.size += added;
  }

  /** Adds the known vertices of the range that other triangles use; the range must be empty. */
  addKnown(known: KnownVertices): void {
    const { bits, low } = this;
    const count = Math.min(known.count - low, this.range);
    if (count <= 0) return;
    const full = Math.floor(count / 32);
    bits.fill(-1, 0, full);
    if (count % 32 > 0) bits[full] = 2 ** (count % 32) - 1;
    this.size = count;
    for (const ids of known.unused()) {
      for (const id of ids) {
        const bit = id - low;
        if (bit < 0 || bit >= count) continue;
        bits[Math.floor(bit / 32)]! &= ~(1 << (bit % 32));
        this.size--;
      }
    }
  }

  /** Moves to the next range and clears the bits; returns false after the last range. */
  moveOn(end: number): boolean {
    this.low += this.range;
    this.size = 0;
    this.bits.fill(0);
    return this.low < end;
  }
}
