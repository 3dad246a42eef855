/**
 * Handles more vertices than fit the welder's tables: it writes them to disk, and corrects the ids at the end.
 *
 * A forgotten position that comes again gets a second, provisional id. All positions go to {@link WeldPartitions};
 * triangles with provisional ids and new positions wait in two more files. At the end they are read again together with
 * the repeated ids. A corner can only name an id that was in the two tables at its time, so a window of that many final
 * ids resolves all corners, and rows go to the sink. Everything is sequential.
 *
 * Disk besides the partitions: 12 bytes a provisional vertex (24 in float64), 12 a triangle.
 */

import type { RunMerge } from '../collections/run-merge.js';
import {
  type SavedSpills,
  type SpillFile,
  SpillFiles,
  SpillReader,
  STREAM_WORDS,
} from '../collections/spill-file.js';
import { stepsWithin } from '../collections/steps.js';
import { positionsOf, wordsOf } from './positions.js';
import type { RowSink } from './sinks.js';
import type { WeldMemory } from './weld-memory.js';
import { BATCH_ROWS, WeldPartitions } from './weld-partitions.js';
import type { WeldTable } from './weld-table.js';
import type { WelderOptions } from './welder-options.js';

/** Words of the buffer of one file. */
const BUFFER_WORDS = 3 * STREAM_WORDS;
/** The approximate share of the partitions in the work at the end. */
const PARTITIONS_SHARE = 0.3;

export class WeldOverflow {
  private readonly files: SpillFiles;
  private readonly partitions: WeldPartitions;
  private readonly triangles: SpillFile;
  private readonly positions: SpillFile;
  private readonly words: 3 | 6;
  private corners = new Int32Array(0);

  /**
   * Ids below `exact` are final, and the sink has their rows. If no table held these, they are added with
   * {@link addKnown}, and `first` is 0. Resumes saved files, if given, with `ids` provisional ids so far.
   */
  constructor(
    readonly exact: number,
    private readonly options: WelderOptions,
    private readonly memory: WeldMemory,
    saved?: SavedSpills,
    ids?: number,
    first = exact,
  ) {
    this.words = wordsOf(options.bytesPerValue);
    this.files = new SpillFiles(options.spillPath, saved);
    try {
      this.triangles = this.files.create('triangles', BUFFER_WORDS);
      this.positions = this.files.create('positions', BUFFER_WORDS);
      this.partitions = new WeldPartitions(exact, memory, this.files, ids, first);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Passes everything to the system; returns the state for resuming from here, before {@link resolve}. */
  save(): SavedSpills {
    return this.files.save();
  }

  /** Adds triangles of provisional ids. Ids are written modulo 2^32; {@link emit} knows their approximate value. */
  addTriangles(ids: Float64Array, count: number): void {
    if (this.corners.length < 3 * count) this.corners = new Int32Array(3 * count);
    for (let k = 0; k < 3 * count; k++) this.corners[k] = ids[k]!;
    this.triangles.append(this.corners, 0, 3 * count);
  }

  /** Adds the content of a table whose ids are final; `base` is its first id. */
  addTable(table: WeldTable, base: number): void {
    this.partitions.addTable(table, base);
  }

  /** Adds `count` positions with final ids from `firstId` on, in order. */
  addKnown(bits: Int32Array, count: number, firstId: number): void {
    this.partitions.add(bits, count, firstId);
  }

  /** Adds `count` new positions with the provisional ids from `firstId` on, in order. */
  addPositions(bits: Int32Array, count: number, firstId: number): void {
    this.positions.append(bits, 0, this.words * count);
    this.partitions.add(bits, count, firstId);
  }

  /**
   * Corrects all ids and emits the rows. The memory of the welder's tables is free now. Yields the progress after each
   * partition or several batches.
   */
  *resolve(sink: RowSink): Generator<number> {
    const welding = this.partitions.findRepeats(this.options.keepsFiles);
    const finals = yield* stepsWithin(0, PARTITIONS_SHARE, welding);
    for (const corners of this.emit(sink, finals)) {
      yield PARTITIONS_SHARE + (1 - PARTITIONS_SHARE) * (corners / this.triangles.length);
    }
  }

  /** Closes all files, and removes them unless they are kept. */
  close(): void {
    if (this.options.keepsFiles) this.files.close();
    else this.files.remove();
  }

  /**
   * Reads triangles and positions again, in order, and emits them with their final ids. Yields the number of corners
   * emitted, after each batch.
   */
  private *emit(sink: RowSink, finals: RunMerge): Generator<number> {
    const { exact, words, memory } = this;
    // Final ids of the latest provisional ids; the tables held fewer than fit here.
    const window = new Float64Array(memory.buffer, 0, Math.floor(memory.bytes / 8));
    const triangles = new SpillReader(this.triangles, BUFFER_WORDS);
    const positions = new SpillReader(this.positions, BUFFER_WORDS);
    const vertexBits = new Int32Array(BATCH_ROWS * words);
    const vertices = positionsOf(vertexBits, this.options.bytesPerValue);
    const corners = new Float64Array(3 * BATCH_ROWS);
    let newest = exact - 1;
    let newestSlot = -1;
    let final = exact;
    let vertexCount = 0;
    let cornerCount = 0;
    let done = 0;

    const flushVertices = () => {
      if (vertexCount > 0) sink.addVertices(vertices, vertexCount);
      vertexCount = 0;
    };
    const flushTriangles = () => {
      flushVertices();
      if (cornerCount > 0) sink.addTriangles(corners, cornerCount / 3);
      cornerCount = 0;
    };

    while (!triangles.done) {
      const id = newest + ((triangles.next() - newest) | 0);
      while (newest < id) {
        newest++;
        newestSlot = newestSlot + 1 === window.length ? 0 : newestSlot + 1;
        const isRepeated = finals.key === newest;
        const to = words * vertexCount;
        for (let w = 0; w < words; w++) vertexBits[to + w] = positions.next();
        if (isRepeated) {
          window[newestSlot] = finals.value;
          finals.next();
        } else {
          window[newestSlot] = final++;
          if (++vertexCount === BATCH_ROWS) flushVertices();
        }
      }
      if (id < exact) {
        corners[cornerCount++] = id;
      } else {
        const slot = newestSlot - (newest - id);
        corners[cornerCount++] = window[slot < 0 ? slot + window.length : slot]!;
      }
      if (cornerCount < corners.length) continue;
      flushTriangles();
      done += corners.length;
      yield done;
    }
    flushTriangles();
  }
}
