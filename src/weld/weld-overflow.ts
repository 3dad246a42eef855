/**
 * Handles more vertices than fit the welder's tables: it writes them to disk, and corrects the ids at the end.
 *
 * A forgotten position that comes again gets a second, provisional id. All positions go to {@link WeldPartitions};
 * triangles with provisional ids wait in one more file. At the end they are read again together with the new positions
 * and the repeated ids. A corner can only name an id that was in the two tables at its time, or that its batch brought,
 * so a window of that many final ids resolves all corners, and rows go to the sink. Everything is sequential.
 *
 * Disk besides the partitions: 12 bytes a triangle.
 */

import type { RunMerge } from '../collections/run-merge.js';
import { type SavedSpills, type SpillFile, SpillFiles, STREAM_WORDS } from '../collections/spill-file.js';
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
      this.partitions = new WeldPartitions(exact, memory, this.files, ids, first, true);
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
    // Final ids of the latest provisional ids. The tables held fewer than half as many, and a batch adds no more.
    const window = new Float64Array(memory.buffer, 0, Math.floor(memory.bytes / 8));
    const batch = new Int32Array(Math.min(3 * BATCH_ROWS, 3 * Math.floor(window.length / 6)));
    const corners = new Float64Array(batch.length);
    const bits = new Int32Array(BATCH_ROWS * words);
    const vertices = positionsOf(bits, this.options.bytesPerValue);
    const positions = this.partitions.firstPositions();
    let newest = exact - 1;
    let newestSlot = -1;
    let final = exact;
    let low = exact;
    let high = exact;

    /** Finds the final ids of the next `count` provisional ids, and emits those that are new. */
    const advance = (count: number) => {
      let fresh = 0;
      for (let k = 0; k < count; k++) {
        newest++;
        newestSlot = newestSlot + 1 === window.length ? 0 : newestSlot + 1;
        if (finals.key === newest) {
          window[newestSlot] = finals.value;
          finals.next();
          continue;
        }
        window[newestSlot] = final++;
        const from = words * (newest - low);
        for (let w = 0; w < words; w++) bits[words * fresh + w] = positions.words[from + w]!;
        fresh++;
      }
      if (fresh > 0) sink.addVertices(vertices, fresh);
    };

    for (let done = 0, got = 0; done < this.triangles.length; done += got) {
      got = this.triangles.read(batch, done);
      let last = newest;
      for (let k = 0; k < got; k++) last = Math.max(last, last + ((batch[k]! - last) | 0));
      while (newest < last) {
        if (newest + 1 === high) {
          low = high;
          high = positions.fill(low);
        }
        advance(Math.min(BATCH_ROWS, Math.min(last, high - 1) - newest));
      }
      for (let k = 0; k < got; k++) {
        const age = (newest - batch[k]!) | 0;
        const id = newest - age;
        const slot = newestSlot - age;
        corners[k] = id < exact ? id : window[slot < 0 ? slot + window.length : slot]!;
      }
      sink.addTriangles(corners, got / 3);
      yield done + got;
    }
  }
}
