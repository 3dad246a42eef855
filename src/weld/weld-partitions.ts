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

import { RankSet } from '../collections/rank-set.js';
import { appendPair, type Run, RunMerge } from '../collections/run-merge.js';
import type { SpillFile, SpillFiles } from '../collections/spill-file.js';
import type { WeldMemory } from './weld-memory.js';
import { WeldTable } from './weld-table.js';

const PARTITIONS = 64;
const PARTITION_SHIFT = 26;
const PASS_MASK = 2 ** PARTITION_SHIFT - 1;
/** Buffer words of one partition, of the pairs, and of all runs in a merge. */
const PARTITION_WORDS = 8192;
const PAIRS_WORDS = 2 ** 16;
const MERGE_WORDS = 2 ** 20;
/** Positions processed, and rows passed to the sink, at a time. */
export const BATCH_ROWS = 16_384;
/** The table's share of the memory; 8-byte ids take the rest. */
const TABLE_SHARE = 2 / 3;
/** The most passes for one partition before its hashes are considered unusable. */
const PASSES_MAX = 2 ** 16;

export class WeldPartitions {
  private readonly partitions: SpillFile[] = [];
  private readonly pairs: SpillFile;
  private readonly finals: SpillFile;
  private readonly words: 3 | 6;
  private readonly scratch = new Int32Array(8);

  /**
   * Ids below `exact` are final: their positions are distinct. `ids` have been added to a saved welder. The first ids are
   * near `first`.
   */
  constructor(
    private readonly exact: number,
    private readonly memory: WeldMemory,
    files: SpillFiles,
    private ids = 0,
    private readonly first = exact,
  ) {
    this.words = memory.words;
    this.pairs = files.create('pairs', PAIRS_WORDS);
    this.finals = files.create('finals', PAIRS_WORDS);
    for (let p = 0; p < PARTITIONS; p++) this.partitions.push(files.create('partition', PARTITION_WORDS));
  }

  /** Adds the content of a table; its ids begin with `base`. */
  addTable(table: WeldTable, base: number): void {
    const bits = new Int32Array(BATCH_ROWS * this.words);
    const numbers = new Int32Array(BATCH_ROWS);
    for (let batch = table.copy(0, bits, numbers); batch.count > 0; ) {
      this.append(bits, batch.count, (k) => base + numbers[k]!);
      batch = table.copy(batch.next, bits, numbers);
    }
    this.ids = base + table.count;
  }

  /** Adds `count` positions, without -0, whose ids begin with `firstId`. Calls must be in id order. */
  add(bits: Int32Array, count: number, firstId: number): void {
    for (let done = 0; done < count; done += BATCH_ROWS) {
      const rows = Math.min(BATCH_ROWS, count - done);
      const first = firstId + done;
      this.append(bits.subarray(this.words * done), rows, (k) => first + k);
    }
    this.ids = firstId + count;
  }

  private append(bits: Int32Array, count: number, idOf: (k: number) => number): void {
    const { memory, words, scratch, partitions } = this;
    const { hashes } = memory;
    memory.stage(bits, 0, count);
    for (let k = 0, at = 0; k < count; k++, at += words) {
      for (let w = 0; w < words; w++) scratch[w] = bits[at + w]!;
      scratch[words] = idOf(k);
      partitions[spread(hashes[k]!) >>> PARTITION_SHIFT]!.append(scratch, 0, words + 1);
    }
  }

  /**
   * Welds all partitions, in the arena, which is free now, and returns the repeated ids with their final ids. Yields the
   * progress after each partition. Files are removed as soon as they are no longer needed, unless `keepsFiles`.
   */
  *findRepeats(keepsFiles = false): Generator<number, RunMerge> {
    const runs: Run[] = [];
    for (const [k, partition] of this.partitions.entries()) {
      yield k / PARTITIONS;
      this.weldPartition(partition, runs);
      if (!keepsFiles) partition.remove();
    }
    return new RunMerge(this.finals, this.findFinals(runs), MERGE_WORDS);
  }

  /**
   * Welds one partition in one pass, or in several that each take the positions of some hashes. Tables repeat nothing,
   * and after their ids, ids ascend within a pass, so its pairs are one run.
   */
  private weldPartition(partition: SpillFile, runs: Run[]): void {
    const { memory } = this;
    const tableBytes = 8 * Math.floor((TABLE_SHARE * memory.bytes) / 8);
    const table = new WeldTable(memory, 0, tableBytes);
    const firstIds = new Float64Array(memory.buffer, tableBytes, Math.floor((memory.bytes - tableBytes) / 8));
    const room = Math.min(table.capacity, firstIds.length);
    const records = partition.length / (this.words + 1);
    const passes = Math.ceil(records / room);
    const left = Array.from({ length: passes }, (_, pass) => ({ passes, pass }));
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const start = this.pairs.length;
      // As large as it may need to be: a table's content comes in the order of the hashes, and would crowd a small one.
      table.clear(records / next.passes);
      if (this.weldPass(partition, table, firstIds, room, next.passes, next.pass)) {
        if (this.pairs.length > start) runs.push({ start, stop: this.pairs.length });
      } else {
        // More positions than fit: take them in two passes instead. The pairs written so far belong to no run.
        const { passes, pass } = next;
        if (passes > PASSES_MAX) throw new Error('too many positions share one hash');
        left.push({ passes: 2 * passes, pass }, { passes: 2 * passes, pass: pass + passes });
      }
    }
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
    const { words, scratch, memory } = this;
    const { hashes, numbers } = memory;
    const stride = words + 1;
    const records = memory.rows.subarray(0, stride * BATCH_ROWS);
    // Written modulo 2^32; the first ids come from tables that became full for the first time, or begin with 0.
    let id = this.first;
    for (let position = 0, got = 0; ; position += got) {
      got = partition.read(records, position);
      const rows = got / stride;
      if (rows === 0) return true;
      memory.hashRows(rows, stride);
      // Rows of other passes are left out; ids ascend, so each says by how much its id is larger.
      let some = 0;
      for (let k = 0; k < rows; k++) {
        if (passes > 1 && (spread(hashes[k]!) & PASS_MASK) % passes !== pass) continue;
        if (some < k) {
          records.copyWithin(stride * some, stride * k, stride * (k + 1));
          hashes[some] = hashes[k]!;
        }
        some++;
      }
      let next = table.count;
      const numbered = table.numberRows(some, stride, room);
      for (let k = 0; k < numbered; k++) {
        id += (records[stride * k + words]! - id) | 0;
        const number = numbers[k]!;
        if (number === next) firstIds[next++] = id;
        else appendPair(this.pairs, scratch, id, firstIds[number]!);
      }
      if (numbered < some) return false;
    }
  }

  /**
   * Turns pairs (repeated, first) into pairs (repeated, final). First ids are processed by ranges as wide as a ranked
   * set in the arena; one range suffices for nearly all meshes.
   */
  private findFinals(runs: readonly Run[]): Run[] {
    const { exact, ids, pairs, finals, scratch, memory } = this;
    const range = RankSet.rangeOf(memory.bytes);
    const finalRuns: Run[] = [];
    let below = 0;
    for (let low = exact; low < ids && runs.length > 0; low += range) {
      const high = Math.min(low + range, ids);
      const repeated = new RankSet(memory.buffer, low, high - low);
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
}

/** A second hash: its high bits choose the partition, the others the pass, so the hashes within a table stay spread. */
function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 16), 0x9e3779b1);
}
