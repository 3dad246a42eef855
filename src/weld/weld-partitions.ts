/**
 * Welds more positions than fit in memory. Each goes with its id to one of PARTITIONS files by hash; the positions of
 * each file are welded at the end, when the memory is free.
 *
 * Ids are provisional: dense, in order of first appearance, but a position may have several. The result is the repeated
 * ids, ascending, each with the final id of its position:
 *
 * 1. Each partition fits the tables (or is read in several passes). Every repeated id gives a pair (repeated, first),
 *    ascending by the former.
 * 2. The final id of a first id is that id less the number of repeated ids before it. One merge of the pairs with a
 *    ranked set turns (repeated, first) into (repeated, final).
 *
 * Disk: 16 bytes a provisional id (28 in float64), and twice 16 a repetition.
 */

import type { PositionHash } from '../collections/position-hash.js';
import { RankSet } from '../collections/rank-set.js';
import {
  appendPair,
  NARROW_PAIR_WORDS,
  numberAt,
  PAIR_WORDS,
  type Run,
  RunMerge,
} from '../collections/run-merge.js';
import { HIGH, type SpillFile, type SpillFiles } from '../collections/spill-file.js';
import { TOUCH_ROWS, WeldTable } from './weld-table.js';

const PARTITIONS = 64;
const PARTITION_SHIFT = 26;
const PASS_MASK = 2 ** PARTITION_SHIFT - 1;
/** Buffer words of one partition, of the pairs, and of all runs in a merge. */
const PARTITION_WORDS = 8192;
const PAIRS_WORDS = 2 ** 16;
const MERGE_WORDS = 2 ** 20;
/** Positions processed, and rows passed to the sink, at a time. */
export const BATCH_ROWS = 16_384;
/** The next partition may have this many times as many distinct positions, before its table must grow. */
const DISTINCT_MARGIN = 1.1;
/** The table's share of the memory; 8-byte ids take the rest. */
const TABLE_SHARE = 2 / 3;
/** The most passes for one partition before its hashes are considered unusable. */
const PASSES_MAX = 2 ** 16;

export class WeldPartitions {
  private readonly partitions: SpillFile[] = [];
  private readonly pairs: SpillFile;
  private readonly finals: SpillFile;
  private readonly words: 3 | 6;
  private readonly scratch = new Int32Array(PAIR_WORDS);
  /** Words of a pair: it is narrow unless there are more than 2^32 ids. */
  private pairWords = NARROW_PAIR_WORDS;
  private readonly block = new Int32Array(PAIRS_WORDS);
  /** The expected share of distinct positions among the records of a partition. */
  private distinctShare = 1;
  private readonly hashes = new Int32Array(BATCH_ROWS);
  /** Allocated once: one for each pass would leave half a megabyte of garbage each time. */
  private readonly records: Int32Array;

  /**
   * Ids below `exact` are final: their positions are distinct. `ids` have been added to a saved welder. The first ids are
   * near `first`.
   */
  constructor(
    private readonly exact: number,
    private readonly hash: PositionHash,
    files: SpillFiles,
    private ids = 0,
    private readonly first = exact,
  ) {
    this.words = hash.words;
    this.records = new Int32Array(BATCH_ROWS * (this.words + 1));
    this.pairs = files.create('pairs', PAIRS_WORDS);
    this.finals = files.create('finals', PAIRS_WORDS);
    for (let p = 0; p < PARTITIONS; p++) this.partitions.push(files.create('partition', PARTITION_WORDS));
  }

  /** Adds the content of a table; its ids begin with `base`. */
  addTable(table: WeldTable, base: number): void {
    const bits = new Int32Array(BATCH_ROWS * this.words);
    const numbers = new Int32Array(BATCH_ROWS);
    const { hashes } = this;
    for (let batch = table.copy(0, bits, numbers); batch.count > 0; ) {
      this.hash.hashAll(bits, batch.count, hashes);
      for (let k = 0; k < batch.count; k++) this.append(hashes[k]!, bits, this.words * k, base + numbers[k]!);
      batch = table.copy(batch.next, bits, numbers);
    }
    this.ids = base + table.count;
  }

  /**
   * Adds `count` positions, without -0, whose ids begin with `firstId`. Calls must be in id order. `known` are the hashes
   * of the positions, if the caller has them.
   */
  add(bits: Int32Array, count: number, firstId: number, known?: Int32Array): void {
    const { words, hashes } = this;
    for (let done = 0; done < count; done += BATCH_ROWS) {
      const rows = Math.min(BATCH_ROWS, count - done);
      if (known === undefined) this.hash.hashAll(bits.subarray(words * done), rows, hashes);
      const from = known === undefined ? 0 : done;
      const all = known ?? hashes;
      for (let k = 0; k < rows; k++)
        this.append(all[from + k]!, bits, words * (done + k), firstId + done + k);
    }
    this.ids = firstId + count;
  }

  private append(hash: number, bits: Int32Array, from: number, id: number): void {
    const { words } = this;
    const partition = this.partitions[spread(hash) >>> PARTITION_SHIFT]!;
    const to = partition.reserve(words + 1);
    const { buffer } = partition;
    for (let w = 0; w < words; w++) buffer[to + w] = bits[from + w]!;
    buffer[to + words] = id;
  }

  /**
   * Welds all partitions, in memory lent by the caller, and returns the repeated ids with their final ids. Yields the
   * progress after each partition. Files are removed as soon as they are no longer needed, unless `keepsFiles`.
   */
  *findRepeats(arena: ArrayBuffer, keepsFiles = false): Generator<number, RunMerge> {
    if (this.ids > HIGH) this.pairWords = PAIR_WORDS;
    const runs: Run[] = [];
    for (const [k, partition] of this.partitions.entries()) {
      yield k / PARTITIONS;
      this.weldPartition(partition, arena, runs);
      if (!keepsFiles) partition.remove();
    }
    return new RunMerge(this.finals, this.findFinals(runs, arena), MERGE_WORDS, this.pairWords);
  }

  /**
   * Welds one partition in one pass, or in several that each take the positions of some hashes. Tables repeat nothing,
   * and after their ids, ids ascend within a pass, so its pairs are one run.
   */
  private weldPartition(partition: SpillFile, arena: ArrayBuffer, runs: Run[]): void {
    const tableBytes = 8 * Math.floor((TABLE_SHARE * arena.byteLength) / 8);
    const table = new WeldTable(arena, 0, tableBytes, this.hash);
    const firstIds = new Float64Array(arena, tableBytes, Math.floor((arena.byteLength - tableBytes) / 8));
    const room = Math.min(table.capacity, firstIds.length);
    const records = partition.length / (this.words + 1);
    // Partitions are samples of one mesh, so as many records repeat as in the previous one.
    const passes = Math.ceil((records * this.distinctShare) / room);
    let distinct = 0;
    const left = Array.from({ length: passes }, (_, pass) => ({ passes, pass }));
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const start = this.pairs.length;
      // As large as it will be: a table's content comes in the order of the hashes, and would crowd a small one.
      table.clear((records * this.distinctShare) / next.passes);
      if (this.weldPass(partition, table, firstIds, room, next.passes, next.pass)) {
        if (this.pairs.length > start) runs.push({ start, stop: this.pairs.length });
        distinct += table.count;
      } else {
        // More positions than fit: take them in two passes instead. The pairs written so far belong to no run.
        const { passes, pass } = next;
        if (passes > PASSES_MAX) throw new Error('too many positions share one hash');
        left.push({ passes: 2 * passes, pass }, { passes: 2 * passes, pass: pass + passes });
      }
    }
    if (records > 0) this.distinctShare = Math.min(1, (DISTINCT_MARGIN * distinct) / records);
  }

  /** Runs one pass; returns false if the table becomes full before its end. */
  private weldPass(
    partition: SpillFile,
    table: WeldTable,
    firstIds: Float64Array,
    room: number,
    passes: number,
    pass: number,
  ): boolean {
    const { words, hashes, records } = this;
    const stride = words + 1;
    // Written modulo 2^32; the first ids come from tables that became full for the first time, or begin with 0.
    let id = this.first;
    for (let position = 0, got = 0; ; position += got) {
      got = partition.read(records, position);
      const rows = got / stride;
      if (rows === 0) return true;
      this.hash.hashAll(records, rows, hashes, stride);
      for (let k = 0, touched = 0, from = 0; k < rows; k++, from += stride) {
        if (k === touched) {
          touched = Math.min(rows, k + TOUCH_ROWS);
          table.touch(hashes, k, touched);
        }
        id += (records[from + words]! - id) | 0;
        const hash = hashes[k]!;
        if (passes > 1 && (spread(hash) & PASS_MASK) % passes !== pass) continue;
        const number = table.find(hash, records, from);
        if (number >= 0) {
          this.addPair(this.pairs, id, firstIds[number]!);
        } else {
          if (table.count === room) return false;
          firstIds[table.insert(records, from)] = id;
        }
      }
    }
  }

  private addPair(file: SpillFile, key: number, value: number): void {
    if (this.pairWords === PAIR_WORDS) {
      appendPair(file, this.scratch, key, value);
      return;
    }
    const at = file.reserve(NARROW_PAIR_WORDS);
    file.buffer[at] = key;
    file.buffer[at + 1] = value;
  }

  /**
   * Turns pairs (repeated, first) into pairs (repeated, final). First ids are processed by ranges as wide as a ranked
   * set in the arena; one range suffices for nearly all meshes.
   */
  private findFinals(runs: readonly Run[], arena: ArrayBuffer): Run[] {
    const { exact, ids, finals } = this;
    const range = RankSet.rangeOf(arena.byteLength);
    const finalRuns: Run[] = [];
    let below = 0;
    for (let low = exact; low < ids && runs.length > 0; low += range) {
      const high = Math.min(low + range, ids);
      const repeated = new RankSet(arena, low, high - low);
      for (const run of runs) {
        this.eachPair(run, (key) => {
          if (key >= low && key < high) repeated.add(key);
        });
      }
      repeated.seal();
      const lowest = low === exact ? 0 : low;
      for (const run of runs) {
        const start = finals.length;
        this.eachPair(run, (key, value) => {
          if (value < lowest || value >= high) return;
          this.addPair(finals, key, value < exact ? value : value - below - repeated.rank(value));
        });
        if (finals.length > start) finalRuns.push({ start, stop: finals.length });
      }
      below += repeated.size;
    }
    return finalRuns;
  }

  /** Calls `use` with the pairs of a run. */
  private eachPair({ start, stop }: Run, use: (key: number, value: number) => void): void {
    const { block, pairs, pairWords } = this;
    for (let position = start, got = 0; position < stop; position += got) {
      got = pairs.read(block.subarray(0, Math.min(block.length, stop - position)), position);
      for (let at = 0; at < got; at += pairWords) {
        use(numberAt(block, at, pairWords), numberAt(block, at + pairWords / 2, pairWords));
      }
    }
  }
}

/** A second hash: its high bits choose the partition, the others the pass, so the hashes within a table stay spread. */
function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 16), 0x9e3779b1);
}
