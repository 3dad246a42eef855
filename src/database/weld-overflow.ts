/**
 * What a welder does with more vertices than fit its tables: it writes down, and puts the ids right at the end.
 *
 * A position that was forgotten and comes again gets a second, provisional id. Everything here is sequential:
 *
 * 1. Forgotten positions go, with their ids, to one of PARTITIONS files by hash; triangles with provisional ids
 *    and new positions wait in two more files.
 * 2. Each partition fits the tables (or is read in several passes) and is welded again. Every id that
 *    turns out to be a repetition gives a pair (repeated, first), ascending by the former.
 * 3. A first id's final number is itself less the repetitions before it: one merge of the pairs with a ranked set
 *    turns (repeated, first) into (repeated, final).
 * 4. Triangles are read again beside the pairs and the positions. A corner can only name an id that was in the two
 *    tables at its time, so a window of that many final numbers answers all of them, and rows go to the sink.
 *
 * Disk: 16 bytes a provisional vertex (28 in float64), 12 (24) more for its position, 12 a triangle, 16 a
 * repetition, twice.
 */
import { SpillFile, SpillReader } from '../io/spill-file.js';
import { RankSet } from './rank-set.js';
import { appendPair, type Run, RunMerge } from './run-merge.js';
import { hashPositions, type Positions, WeldTable } from './weld-table.js';
import type { RowSink, WelderOptions } from './welder.js';

const PARTITIONS = 64;
const PARTITION_SHIFT = 26;
const PASS_MASK = 2 ** PARTITION_SHIFT - 1;
/** Buffers, in words: of one partition, of the other files, and of all runs in a merge. */
const PARTITION_WORDS = 8192;
const STREAM_WORDS = 3 * 65_536;
const MERGE_WORDS = 2 ** 20;
/** How much of the work at the end the partitions are, about. */
const PARTITIONS_SHARE = 0.3;
/** Rows handed to the sink at a time. */
const BATCH_ROWS = 16_384;
/** Attempts to split a partition into enough passes before its hashes are called hopeless. */
const PASSES_MAX = 2 ** 16;

export class WeldOverflow {
  private readonly partitions: SpillFile[] = [];
  private readonly triangles: SpillFile;
  private readonly positions: SpillFile;
  private readonly pairs: SpillFile;
  private readonly finals: SpillFile;
  private readonly files: SpillFile[] = [];
  private readonly words: number;
  private readonly scratch = new Int32Array(8);
  private readonly hashes = new Int32Array(BATCH_ROWS);
  private corners = new Int32Array(0);
  /** Provisional ids given so far. */
  private ids: number;

  /** Ids below `exact` are final and their rows are with the sink. */
  constructor(
    private readonly exact: number,
    private readonly options: WelderOptions,
  ) {
    this.ids = exact;
    this.words = 3 * (options.bytesPerValue / 4);
    try {
      this.triangles = this.openFile('triangles', STREAM_WORDS);
      this.positions = this.openFile('positions', STREAM_WORDS);
      this.pairs = this.openFile('pairs', STREAM_WORDS);
      this.finals = this.openFile('finals', STREAM_WORDS);
      for (let p = 0; p < PARTITIONS; p++) this.partitions.push(this.openFile(`part-${p}`, PARTITION_WORDS));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Takes triangles of provisional ids. An id is written modulo 2^32: {@link emit} knows about where it is. */
  addTriangles(ids: Float64Array, count: number): void {
    if (this.corners.length < 3 * count) this.corners = new Int32Array(3 * count);
    for (let k = 0; k < 3 * count; k++) this.corners[k] = ids[k]!;
    this.triangles.append(this.corners, 0, 3 * count);
  }

  /** Writes down what a table holds, before it is cleared. Tables come in the order of their ids. */
  forget(table: WeldTable, base: number): void {
    const { bits, count } = table;
    const { words, scratch, hashes, partitions } = this;
    if (base >= this.exact) {
      this.positions.append(bits, 0, words * count);
      this.ids = base + count;
    }
    for (let done = 0; done < count; done += BATCH_ROWS) {
      const rows = Math.min(BATCH_ROWS, count - done);
      hashPositions(bits.subarray(words * done), words / 3, rows, hashes);
      for (let k = 0, at = words * done; k < rows; k++, at += words) {
        for (let w = 0; w < words; w++) scratch[w] = bits[at + w]!;
        scratch[words] = base + done + k;
        partitions[spread(hashes[k]!) >>> PARTITION_SHIFT]!.append(scratch, 0, words + 1);
      }
    }
  }

  /**
   * Puts all ids right and hands the rows on. `arena` is the memory of the welder's tables, free now. Yields the
   * share that is done, a partition or some batches at a time.
   */
  *resolve(sink: RowSink, arena: ArrayBuffer): Generator<number> {
    const pairRuns: Run[] = [];
    for (const [k, partition] of this.partitions.entries()) {
      yield (PARTITIONS_SHARE * k) / PARTITIONS;
      this.weldPartition(partition, arena, pairRuns);
    }
    const finalRuns = this.findFinals(pairRuns, arena);
    const finals = new RunMerge(this.finals, finalRuns, MERGE_WORDS);
    for (const corners of this.emit(sink, arena, finals)) {
      yield PARTITIONS_SHARE + (1 - PARTITIONS_SHARE) * (corners / this.triangles.length);
    }
  }

  /** Closes and removes all files. */
  close(): void {
    for (const file of this.files.splice(0)) file.remove();
  }

  private openFile(name: string, bufferWords: number): SpillFile {
    const file = new SpillFile(`${this.options.spillPath}.${name}`, bufferWords);
    this.files.push(file);
    return file;
  }

  /**
   * Welds one partition: one pass over it, or several that each take the positions of some hashes. Ids ascend
   * within a pass, so the pairs of a pass are one run.
   */
  private weldPartition(partition: SpillFile, arena: ArrayBuffer, runs: Run[]): void {
    const half = 8 * Math.floor(arena.byteLength / 16);
    const table = new WeldTable(arena, 0, half, this.options.bytesPerValue);
    const firstIds = new Float64Array(arena, half, Math.floor((arena.byteLength - half) / 8));
    const room = Math.min(table.capacity, firstIds.length);
    const records = partition.length / (this.words + 1);
    const passes = Math.ceil(records / room);
    const left = Array.from({ length: passes }, (_, pass) => ({ passes, pass }));
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const start = this.pairs.length;
      table.clear();
      if (this.weldPass(partition, table, firstIds, room, next.passes, next.pass)) {
        if (this.pairs.length > start) runs.push({ start, stop: this.pairs.length });
      } else {
        // More positions than fit: take them in two passes instead. What this one wrote belongs to no run.
        const { passes, pass } = next;
        if (passes > PASSES_MAX) throw new Error('too many positions share one hash');
        left.push({ passes: 2 * passes, pass }, { passes: 2 * passes, pass: pass + passes });
      }
    }
  }

  /** Returns false when the table is full before the end. */
  private weldPass(
    partition: SpillFile,
    table: WeldTable,
    firstIds: Float64Array,
    room: number,
    passes: number,
    pass: number,
  ): boolean {
    const { words, hashes, scratch } = this;
    const records = new Int32Array(BATCH_ROWS * (words + 1));
    const keyBits = new Int32Array(BATCH_ROWS * words);
    const keys = this.valuesOf(keyBits);
    let id = 0;
    for (let position = 0, got = 0; ; position += got) {
      got = partition.read(records, position);
      const rows = got / (words + 1);
      if (rows === 0) return true;
      for (let k = 0, from = 0, to = 0; k < rows; k++, from++) {
        for (let w = 0; w < words; w++) keyBits[to++] = records[from++]!;
      }
      hashPositions(keyBits, words / 3, rows, hashes);
      for (let k = 0; k < rows; k++) {
        id += (records[(words + 1) * k + words]! - id) >>> 0;
        const hash = hashes[k]!;
        if (passes > 1 && (spread(hash) & PASS_MASK) % passes !== pass) continue;
        const x = keys[3 * k]!;
        const y = keys[3 * k + 1]!;
        const z = keys[3 * k + 2]!;
        const number = table.find(hash, x, y, z);
        if (number >= 0) {
          appendPair(this.pairs, scratch, id, firstIds[number]!);
        } else {
          if (table.count === room) return false;
          firstIds[table.insert(hash, x, y, z)] = id;
        }
      }
    }
  }

  /**
   * Pairs (repeated, first) to pairs (repeated, final). First ids are dealt with range by range, as wide as a
   * ranked set in the arena; one range serves nearly all meshes.
   */
  private findFinals(runs: readonly Run[], arena: ArrayBuffer): Run[] {
    const { exact, ids, pairs, finals, scratch } = this;
    const range = RankSet.rangeOf(arena.byteLength);
    const finalRuns: Run[] = [];
    let below = 0;
    for (let low = exact; low < ids && runs.length > 0; low += range) {
      const high = Math.min(low + range, ids);
      const repeated = new RankSet(arena, low, high - low);
      const start = finals.length;
      const lowest = low === exact ? 0 : low;
      for (const merge = new RunMerge(pairs, runs, MERGE_WORDS); merge.key < ids; merge.next()) {
        const { key, value } = merge;
        if (key >= low && key < high) repeated.add(key);
        if (value < lowest || value >= high) continue;
        const final = value < exact ? value : value - below - repeated.rank(value);
        appendPair(finals, scratch, key, final);
      }
      below += repeated.size;
      finalRuns.push({ start, stop: finals.length });
    }
    return finalRuns;
  }

  /**
   * Reads triangles and positions again, in order, and hands them on under their final numbers. Yields the number
   * of corners handed on, after each batch.
   */
  private *emit(sink: RowSink, arena: ArrayBuffer, finals: RunMerge): Generator<number> {
    const { exact, words } = this;
    // Final numbers of the latest provisional ids; the tables held fewer than fit here.
    const window = new Float64Array(arena);
    const triangles = new SpillReader(this.triangles, STREAM_WORDS);
    const positions = new SpillReader(this.positions, STREAM_WORDS);
    const vertexBits = new Int32Array(BATCH_ROWS * words);
    const vertices = this.valuesOf(vertexBits);
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

  /** The same memory as coordinates. */
  private valuesOf(bits: Int32Array): Positions {
    return this.options.bytesPerValue === 4 ? new Float32Array(bits.buffer) : new Float64Array(bits.buffer);
  }
}

/** A second hash: its high bits choose the partition, the others the pass, so that a table's own stay spread. */
function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 16), 0x9e3779b1);
}
