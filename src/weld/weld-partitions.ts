/**
 * Welds more positions than fit in memory. Each goes with its id to one of PARTITIONS files by hash; the positions of
 * each file are welded at the end, when the memory is free.
 *
 * Ids are provisional: dense, in order of first appearance, but a position may have several. The result is the repeated
 * ids, ascending, each with the final id of its position:
 *
 * 1. Each partition fits the tables (or is read in several passes). Its first ids get numbers in the order of a run, and
 *    every repeated id gives a pair (repeated id, number of its first id), ascending by the former.
 * 2. The final id of a first id follows from the number of first ids before it, which a ranked set of all of them counts.
 *    Then the final ids of each run are a short list, and its pairs become (repeated id, final id).
 *
 * Only lists and tables of one run are read in random order, and most of them stay in the processor's caches. When all
 * 75 M pairs of a mesh asked the ranked set itself, that took 6.7 s instead of 2. Lost: 256 partitions, which took a tenth
 * less time, but whose files made each checkpoint three times as slow.
 *
 * Disk: 16 bytes a provisional id (28 in float64), twice 8 a repetition, and 4 a first id (16 or 28 with its position).
 */

import { RankSet } from '../collections/rank-set.js';
import { numberAt, RecordMerge, type Run, RunMerge } from '../collections/run-merge.js';
import { HIGH, type SpillFile, type SpillFiles } from '../collections/spill-file.js';
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
/** The next partition may have this many times as many distinct positions, before its table must grow. */
const DISTINCT_MARGIN = 1.1;
/** The table's share of the memory; 8-byte ids take the rest. */
const TABLE_SHARE = 2 / 3;
/** The most passes for one partition before its hashes are considered unusable. */
const PASSES_MAX = 2 ** 16;

/** Marks a first id of another range. */
const NONE = -1;

/** One pass over a partition: its first ids, where those from `exact` on begin, and its repetitions. */
interface WeldedRun {
  readonly firsts: Run;
  readonly fresh: number;
  readonly pairs: Run;
}

export class WeldPartitions {
  private readonly partitions: SpillFile[] = [];
  private readonly firsts: SpillFile;
  private readonly pairs: SpillFile;
  private readonly finals: SpillFile;
  private readonly runs: WeldedRun[] = [];
  private readonly words: 3 | 6;
  /** Words of an id at the end: 1 unless there are more than 2^32 ids. */
  private numberWords: 1 | 2 = 1;
  private readonly block = new Int32Array(PAIRS_WORDS);
  /** The expected share of distinct positions among the records of a partition. */
  private distinctShare = 1;

  /**
   * Ids below `exact` are final: their positions are distinct. `ids` have been added to a saved welder. The first ids are
   * near `first`. {@link firstPositions} are available if `holdsPositions`.
   */
  constructor(
    private readonly exact: number,
    private readonly memory: WeldMemory,
    files: SpillFiles,
    private ids = 0,
    private readonly first = exact,
    private readonly holdsPositions = false,
  ) {
    this.words = memory.words;
    this.firsts = files.create('firsts', PAIRS_WORDS);
    this.pairs = files.create('pairs', PAIRS_WORDS);
    this.finals = files.create('finals', PAIRS_WORDS);
    for (let p = 0; p < PARTITIONS; p++) this.partitions.push(files.create('partition', PARTITION_WORDS));
  }

  /** Adds the content of a table; its ids begin with `base`. */
  addTable(table: WeldTable, base: number): void {
    const bits = new Int32Array(BATCH_ROWS * this.words);
    const numbers = new Int32Array(BATCH_ROWS);
    for (let batch = table.copy(0, bits, numbers); batch.count > 0; ) {
      this.memory.stage(bits, 0, batch.count);
      for (let k = 0; k < batch.count; k++) this.appendStaged(k, base + numbers[k]!);
      batch = table.copy(batch.next, bits, numbers);
    }
    this.ids = base + table.count;
  }

  /** Adds `count` positions, whose ids begin with `firstId`. Calls must be in id order. */
  add(bits: Int32Array, count: number, firstId: number): void {
    for (let done = 0; done < count; done += BATCH_ROWS) {
      const rows = Math.min(BATCH_ROWS, count - done);
      this.memory.stage(bits, this.words * done, rows);
      for (let k = 0; k < rows; k++) this.appendStaged(k, firstId + done + k);
    }
    this.ids = firstId + count;
  }

  private appendStaged(row: number, id: number): void {
    const { words, memory } = this;
    const { rows } = memory;
    const partition = this.partitions[spread(memory.hashes[row]!) >>> PARTITION_SHIFT]!;
    const to = partition.reserve(words + 1);
    const { buffer } = partition;
    const from = words * row;
    for (let w = 0; w < words; w++) buffer[to + w] = rows[from + w]!;
    buffer[to + words] = id;
  }

  /**
   * Welds all partitions, in the arena, which is free now, and returns the repeated ids with their final ids. Yields the
   * progress after each partition. Files are removed as soon as they are no longer needed, unless `keepsFiles`.
   */
  *findRepeats(keepsFiles = false): Generator<number, RunMerge> {
    const { memory } = this;
    if (this.ids > HIGH) this.numberWords = 2;
    const tableBytes = 8 * Math.floor((TABLE_SHARE * memory.bytes) / 8);
    const table = new WeldTable(memory, 0, tableBytes);
    for (const [k, partition] of this.partitions.entries()) {
      yield k / PARTITIONS;
      this.weldPartition(partition, table, Math.floor((memory.bytes - tableBytes) / 8));
      if (!keepsFiles) partition.remove();
    }
    const runs = this.findFinals(tableBytes);
    return new RunMerge(this.finals, runs, MERGE_WORDS, 2 * this.numberWords);
  }

  /** Returns the positions of the first ids from `exact` on, once all repeats have been found. */
  firstPositions(): RecordMerge {
    const runs = this.runs.map(({ fresh, firsts }) => ({ start: fresh, stop: firsts.stop }));
    return new RecordMerge(this.firsts, runs, MERGE_WORDS, this.numberWords, this.words);
  }

  /**
   * Welds one partition in one pass, or in several that each take the positions of some hashes. Tables repeat nothing,
   * and after their ids, ids ascend within a pass.
   */
  private weldPartition(partition: SpillFile, table: WeldTable, idsMax: number): void {
    const room = Math.min(table.capacity, idsMax);
    const records = partition.length / (this.words + 1);
    // Partitions are samples of one mesh, so as many records repeat as in the previous one.
    const passes = Math.ceil((records * this.distinctShare) / room);
    let distinct = 0;
    const left = Array.from({ length: passes }, (_, pass) => ({ passes, pass }));
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const begin = { firsts: this.firsts.length, pairs: this.pairs.length };
      // As large as it will be: a table's content comes in the order of the hashes, and would crowd a small one.
      table.clear((records * this.distinctShare) / next.passes);
      const old = this.weldPass(partition, table, room, next.passes, next.pass);
      if (old === undefined) {
        // More positions than fit: take them in two passes instead. What has been written belongs to no run.
        const { passes, pass } = next;
        if (passes > PASSES_MAX) throw new Error('too many positions share one hash');
        left.push({ passes: 2 * passes, pass }, { passes: 2 * passes, pass: pass + passes });
        continue;
      }
      distinct += table.count;
      this.runs.push({
        firsts: { start: begin.firsts, stop: this.firsts.length },
        fresh: begin.firsts + this.firstWords * old,
        pairs: { start: begin.pairs, stop: this.pairs.length },
      });
    }
    if (records > 0) this.distinctShare = Math.min(1, (DISTINCT_MARGIN * distinct) / records);
  }

  /**
   * Runs one pass. Returns the number of first ids before `exact`, or undefined if the table becomes full before the
   * end.
   */
  private weldPass(
    partition: SpillFile,
    table: WeldTable,
    room: number,
    passes: number,
    pass: number,
  ): number | undefined {
    const { words, memory, exact } = this;
    const { hashes, numbers } = memory;
    const stride = words + 1;
    const records = memory.rows.subarray(0, stride * BATCH_ROWS);
    let old = 0;
    // Written modulo 2^32; the first ids come from tables that became full for the first time, or begin with 0.
    let id = this.first;
    for (let position = 0, got = 0; ; position += got) {
      got = partition.read(records, position);
      const rows = got / stride;
      if (rows === 0) return old;
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
        if (number < next) {
          this.addPair(this.pairs, id, number);
          continue;
        }
        next++;
        this.addFirst(id, records, stride * k);
        if (id < exact) old++;
      }
      if (numbered < some) return undefined;
    }
  }

  private addPair(file: SpillFile, id: number, value: number): void {
    const { numberWords } = this;
    const at = file.reserve(2 * numberWords);
    const { buffer } = file;
    setNumber(buffer, at, id, numberWords);
    setNumber(buffer, at + numberWords, value, numberWords);
  }

  /** Adds a first id and, if they are wanted, the words of its position. */
  private addFirst(id: number, bits: Int32Array, from: number): void {
    const { numberWords, firsts, firstWords } = this;
    const at = firsts.reserve(firstWords);
    const { buffer } = firsts;
    setNumber(buffer, at, id, numberWords);
    for (let w = numberWords; w < firstWords; w++) buffer[at + w] = bits[from + w - numberWords]!;
  }

  private get firstWords(): number {
    return this.numberWords + (this.holdsPositions ? this.words : 0);
  }

  /**
   * Turns pairs (repeated id, number of its first id in the run) into pairs (repeated id, final id). First ids are
   * processed by ranges as wide as a ranked set in the memory of the tables; one range suffices for nearly all meshes.
   */
  private findFinals(tableBytes: number): Run[] {
    const { exact, ids, finals, numberWords, firstWords } = this;
    const { buffer, bytes } = this.memory;
    const finalIds = new Float64Array(buffer, tableBytes, Math.floor((bytes - tableBytes) / 8));
    const range = RankSet.rangeOf(tableBytes);
    const finalRuns: Run[] = [];
    let final = exact;
    for (let low = exact; low < ids && this.pairs.length > 0; low += range) {
      const high = Math.min(low + range, ids);
      const set = new RankSet(buffer, low, high - low);
      for (const { fresh, firsts } of this.runs) {
        this.read(this.firsts, { start: fresh, stop: firsts.stop }, firstWords, (block, at) => {
          const id = numberAt(block, at, numberWords);
          if (id >= low && id < high) set.add(id);
        });
      }
      set.seal();
      for (const { firsts, pairs } of this.runs) {
        if (pairs.start === pairs.stop) continue;
        let count = 0;
        finalIds.fill(NONE, 0, (firsts.stop - firsts.start) / firstWords);
        this.read(this.firsts, firsts, firstWords, (block, at) => {
          const id = numberAt(block, at, numberWords);
          if (id < exact) {
            if (low === exact) finalIds[count] = id;
          } else if (id >= low && id < high) finalIds[count] = final + set.rank(id);
          count++;
        });
        const start = finals.length;
        this.read(this.pairs, pairs, 2 * numberWords, (block, at) => {
          const value = finalIds[numberAt(block, at + numberWords, numberWords)]!;
          if (value !== NONE) this.addPair(finals, numberAt(block, at, numberWords), value);
        });
        if (finals.length > start) finalRuns.push({ start, stop: finals.length });
      }
      final += set.size;
    }
    return finalRuns;
  }

  /** Calls `use` with each record of `width` words in a run, as a block of words and an index in it. */
  private read(
    file: SpillFile,
    { start, stop }: Run,
    width: number,
    use: (block: Int32Array, at: number) => void,
  ): void {
    const { block } = this;
    const most = width * Math.floor(block.length / width);
    for (let position = start, got = 0; position < stop; position += got) {
      got = file.read(block.subarray(0, Math.min(most, stop - position)), position);
      for (let at = 0; at < got; at += width) use(block, at);
    }
  }
}

function setNumber(words: Int32Array, at: number, value: number, width: number): void {
  words[at] = value;
  if (width === 2) words[at + 1] = Math.floor(value / HIGH);
}

/** A second hash: its high bits choose the partition, the others the pass, so the hashes within a table stay spread. */
function spread(hash: number): number {
  return Math.imul(hash ^ (hash >>> 16), 0x9e3779b1);
}
