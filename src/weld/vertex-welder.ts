/**
 * Welds the vertices of an indexed source: each gets the id of the first vertex at its position.
 *
 * One table in memory is exact until it is full. From then on positions go to {@link WeldPartitions}, with a vertex's
 * own number as its provisional id, and ids are corrected at the end. As long as no position is repeated, numbers are
 * ids, and only the positions are written, which polygons may need later.
 *
 * Disk: 12 bytes a vertex (24 in float64), 8 more if positions repeat, and the partitions.
 */

import type { HashKey } from '../collections/position-hash.js';
import type { RowFile } from '../collections/row-lookup.js';
import { type SpillFile, type SpillFiles, SpillReader, STREAM_WORDS } from '../collections/spill-file.js';
import { bitsOf, type Positions, positionsOf } from './positions.js';
import type { VertexSink } from './sinks.js';
import { STEP_ROWS, type WeldMemory } from './weld-memory.js';
import { BATCH_ROWS, WeldPartitions } from './weld-partitions.js';
import { WeldTable } from './weld-table.js';
import type { WelderOptions } from './welder-options.js';

/** Words of an id in {@link VertexMap.ids}: low and high. */
export const ID_WORDS = 2;

/** The number of distinct vertices from one reported appearance to the next. */
export const APPEARANCE_VERTICES = 1024;

/** The result of welding the vertices of a source. */
export interface VertexMap {
  /** The number of vertices of the source. */
  readonly count: number;
  /** The number of distinct vertices; ids are below this. */
  readonly distinct: number;
  /** The id of each vertex; absent if it equals its number. */
  readonly ids: RowFile | undefined;
  /** The position of each vertex. */
  readonly positions: RowFile;
}

/** The saved state of a vertex welder between two batches, as plain data. */
export interface SavedVertexWelder {
  readonly count: number;
  /** The numbers of vertices, and of distinct ones, when the table was full; null until then. */
  readonly exact: { readonly count: number; readonly distinct: number } | null;
  /** The hash key of the partitions. */
  readonly hashKey: HashKey;
}

export class VertexWelder {
  /** The number of vertices added so far. */
  count = 0;
  private readonly words: 3 | 6;
  private readonly table: WeldTable;
  private readonly positions: SpillFile;
  private ids: SpillFile | undefined;
  private partitions: WeldPartitions | undefined;
  /** The numbers of vertices, and of distinct ones, when the table was full. */
  private exact = { count: 0, distinct: 0 };
  private distinct = 0;
  private remembered = 0;
  private pairs = new Int32Array(0);

  /** Resumes a saved welder with its files, if given; see {@link remember}. */
  constructor(
    private readonly sink: VertexSink,
    private readonly memory: WeldMemory,
    private readonly options: Pick<
      WelderOptions,
      'bytesPerValue' | 'expectedVertices' | 'keepsFiles' | 'known'
    >,
    private readonly files: SpillFiles,
    saved?: SavedVertexWelder,
  ) {
    this.words = memory.words;
    this.table = new WeldTable(memory, 0, memory.bytes, true);
    this.table.clear(options.expectedVertices);
    this.positions = files.create('positions', STREAM_WORDS);
    const { known = 0 } = options;
    // Ids of new vertices never equal their numbers if others come before.
    if (known > 0 || files.has('ids')) this.ids = files.create('ids', STREAM_WORDS);
    this.count = saved?.count ?? 0;
    if (saved?.exact) this.exact = saved.exact;
    else if (saved === undefined && known > this.table.capacity) this.exact = { count: 0, distinct: known };
    else return;
    const first = this.exact.distinct === known ? 0 : this.exact.distinct;
    this.partitions = new WeldPartitions(this.exact.distinct, memory, files, this.provisional, first);
  }

  /** Returns the state that resumes the welder with its files as they are. */
  save(): SavedVertexWelder {
    const { count, partitions, exact, memory } = this;
    return { count, exact: partitions === undefined ? null : exact, hashKey: memory.hashKey };
  }

  /**
   * Restores the positions of distinct vertices that the sink already has, in id order. A new welder needs all known ones
   * first, a resumed one all so far, as long as it {@link isExact}.
   */
  remember(positions: Positions, count: number): void {
    const { words, table, memory, partitions } = this;
    const bits = bitsOf(positions);
    if (partitions !== undefined) {
      partitions.add(bits, count, this.remembered);
      this.remembered += count;
      return;
    }
    for (let done = 0, some = 0; done < count; done += some) {
      some = Math.min(STEP_ROWS, count - done);
      memory.stage(bits, words * done, some);
      table.numberRows(some, words);
    }
    this.remembered += count;
  }

  /** Whether the table holds every position. */
  get isExact(): boolean {
    return this.partitions === undefined;
  }

  /** Adds the next `count` vertices. */
  add(positions: Positions, count: number): void {
    const bits = bitsOf(positions);
    for (let done = 0; done < count; done += STEP_ROWS) {
      this.memory.stage(bits, this.words * done, Math.min(STEP_ROWS, count - done));
      this.addStaged(Math.min(STEP_ROWS, count - done));
    }
  }

  private addStaged(count: number): void {
    const { words, table, memory } = this;
    this.positions.append(memory.rows, 0, words * count);
    if (this.partitions === undefined && table.count + count > table.capacity) {
      this.exact = { count: this.count, distinct: table.count };
      this.partitions = new WeldPartitions(table.count, memory, this.files);
      const bits = memory.rows.slice(0, words * count);
      this.partitions.addTable(table, 0);
      memory.rows.set(bits);
    }
    if (this.partitions === undefined) this.weld(count);
    else this.partitions.add(memory.rows.slice(0, words * count), count, this.provisional);
    this.count += count;
  }

  /** The provisional id of the next vertex: once the table is full, each vertex has its own. */
  private get provisional(): number {
    return this.exact.distinct + this.count - this.exact.count;
  }

  /** Emits the vertices that wait, and frees the memory. Occasionally yields the progress, from 0 to 1. */
  *finish(): Generator<number, VertexMap> {
    if (this.partitions !== undefined) yield* this.resolve(this.partitions);
    else this.distinct = this.table.count;
    const { count, ids, positions, words } = this;
    return {
      count,
      distinct: this.distinct,
      ids: ids && { file: ids, width: ID_WORDS, count },
      positions: { file: positions, width: words, count },
    };
  }

  /** Welds the staged vertices. */
  private weld(count: number): void {
    const { table, words, memory, sink } = this;
    const { rows, numbers, added } = memory;
    if (this.pairs.length < ID_WORDS * count) this.pairs = new Int32Array(ID_WORDS * count);
    const { pairs } = this;
    const before = table.count;
    let next = before;
    table.numberRows(count, words);
    for (let k = 0; k < count; k++) {
      const number = numbers[k]!;
      pairs[ID_WORDS * k] = number;
      if (number < next) continue;
      if (number % APPEARANCE_VERTICES === 0) sink.addAppearance?.(number, this.count + k);
      const to = words * (next - before);
      for (let w = 0; w < words; w++) added[to + w] = rows[words * k + w]!;
      next++;
    }
    const fresh = next - before;
    if (fresh > 0) sink.addVertices(positionsOf(added, this.options.bytesPerValue), fresh);
    if (fresh < count) this.openIds(this.count);
    this.ids?.append(pairs, 0, ID_WORDS * count);
  }

  /** Starts to store ids, since they differ from numbers from here on; the first `count` are equal. */
  private openIds(count: number): void {
    if (this.ids !== undefined) return;
    this.ids = this.files.create('ids', STREAM_WORDS);
    const pair = new Int32Array(ID_WORDS);
    for (let number = 0; number < count; number++) this.appendId(pair, number);
  }

  private appendId(pair: Int32Array, id: number): void {
    pair[0] = id;
    pair[1] = Math.floor(id / 2 ** 32);
    this.ids?.append(pair, 0, ID_WORDS);
  }

  /** Resolves the ids of all vertices after the full table, and emits the new ones. */
  private *resolve(partitions: WeldPartitions): Generator<number> {
    const { words, sink, exact, options } = this;
    const repeats = yield* partitions.findRepeats(options.keepsFiles);
    const reader = new SpillReader(this.positions, STREAM_WORDS, words * exact.count);
    const bits = new Int32Array(words * BATCH_ROWS);
    const values = positionsOf(bits, options.bytesPerValue);
    const pair = new Int32Array(ID_WORDS);
    let id = exact.distinct;
    let filled = 0;
    for (let number = exact.count; number < this.count; number++) {
      const provisional = exact.distinct + number - exact.count;
      for (let w = 0; w < words; w++) bits[words * filled + w] = reader.next();
      if (repeats.key === provisional) {
        this.openIds(number);
        this.appendId(pair, repeats.value);
        repeats.next();
        continue;
      }
      if (id % APPEARANCE_VERTICES === 0) sink.addAppearance?.(id, number);
      this.appendId(pair, id++);
      if (++filled < BATCH_ROWS) continue;
      sink.addVertices(values, filled);
      filled = 0;
      yield 1;
    }
    if (filled > 0) sink.addVertices(values, filled);
    this.distinct = id;
  }
}
