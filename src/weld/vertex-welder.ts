/**
 * Welds the vertices of an indexed source: each gets the id of the first vertex at its position.
 *
 * One table in memory is exact until it is full. From then on positions go to {@link WeldPartitions}, with a vertex's
 * own number as its provisional id, and ids are corrected at the end. As long as no position is repeated, numbers are
 * ids, and only the positions are written, which polygons may need later.
 *
 * Disk: 12 bytes a vertex (24 in float64), 8 more if positions repeat, and the partitions.
 */

import { type HashKey, makeHashKey, PositionHash } from '../collections/position-hash.js';
import type { RowFile } from '../collections/row-lookup.js';
import { type SpillFile, type SpillFiles, SpillReader, STREAM_WORDS } from '../collections/spill-file.js';
import type { VertexSink } from './sinks.js';
import { BATCH_ROWS, WeldPartitions } from './weld-partitions.js';
import { type Positions, positionsOf, TOUCH_ROWS, WeldTable, wordsOf } from './weld-table.js';
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
  private readonly hashKey: HashKey;
  private readonly hash: PositionHash;
  private readonly table: WeldTable;
  private readonly positions: SpillFile;
  private ids: SpillFile | undefined;
  private partitions: WeldPartitions | undefined;
  /** The numbers of vertices, and of distinct ones, when the table was full. */
  private exact = { count: 0, distinct: 0 };
  private distinct = 0;
  private remembered = 0;
  private hashes = new Int32Array(0);
  private numbers = new Int32Array(0);
  /** Words of the positions that a batch adds. */
  private newBits = new Int32Array(0);

  /** Resumes a saved welder with its files, if given; see {@link remember}. */
  constructor(
    private readonly sink: VertexSink,
    private readonly arena: ArrayBuffer,
    private readonly options: Pick<
      WelderOptions,
      'bytesPerValue' | 'expectedVertices' | 'keepsFiles' | 'known'
    >,
    private readonly files: SpillFiles,
    saved?: SavedVertexWelder,
  ) {
    const { bytesPerValue, expectedVertices } = options;
    this.words = wordsOf(bytesPerValue);
    this.hashKey = saved?.hashKey ?? makeHashKey();
    this.hash = new PositionHash(this.words, this.hashKey);
    this.table = new WeldTable(arena, 0, arena.byteLength, this.hash);
    this.table.clear(expectedVertices);
    this.positions = files.create('positions', STREAM_WORDS);
    const { known = 0 } = options;
    // Ids of new vertices never equal their numbers if others come before.
    if (known > 0 || files.has('ids')) this.ids = files.create('ids', STREAM_WORDS);
    this.count = saved?.count ?? 0;
    if (saved?.exact) this.exact = saved.exact;
    else if (saved === undefined && known > this.table.capacity) this.exact = { count: 0, distinct: known };
    else return;
    const first = this.exact.distinct === known ? 0 : this.exact.distinct;
    this.partitions = new WeldPartitions(this.exact.distinct, this.hash, files, this.provisional, first);
  }

  /** Returns the state that resumes the welder with its files as they are. */
  save(): SavedVertexWelder {
    const { count, partitions, exact, hashKey } = this;
    return { count, exact: partitions === undefined ? null : exact, hashKey };
  }

  /**
   * Restores the positions of distinct vertices that the sink already has, in id order. A new welder needs all known ones
   * first, a resumed one all so far, as long as it {@link isExact}.
   */
  remember(positions: Positions, count: number): void {
    const { words, table } = this;
    const bits = new Int32Array(positions.buffer, positions.byteOffset, words * count);
    const first = this.remembered;
    this.remembered += count;
    if (this.partitions !== undefined) {
      this.partitions.add(bits, count, first);
      return;
    }
    if (this.hashes.length < count) this.hashes = new Int32Array(count);
    this.hash.hashAll(bits, count, this.hashes);
    for (let k = 0, touched = 0; k < count; k++) {
      if (k === touched) {
        touched = Math.min(count, k + TOUCH_ROWS);
        table.touch(this.hashes, k, touched);
      }
      table.find(this.hashes[k]!, bits, words * k);
      table.insert(bits, words * k);
    }
  }

  /** Whether the table holds every position. */
  get isExact(): boolean {
    return this.partitions === undefined;
  }

  /** Adds the next `count` vertices. Changes -0 to 0 in `positions`. */
  add(positions: Positions, count: number): void {
    const { words, table } = this;
    const bits = new Int32Array(positions.buffer, positions.byteOffset, words * count);
    if (this.hashes.length < count) this.hashes = new Int32Array(count);
    if (this.newBits.length < words * count) {
      this.numbers = new Int32Array(ID_WORDS * count);
      this.newBits = new Int32Array(words * count);
    }
    this.hash.hashAll(bits, count, this.hashes);
    this.positions.append(bits, 0, words * count);
    if (this.partitions === undefined && table.count + count > table.capacity) {
      this.exact = { count: this.count, distinct: table.count };
      this.partitions = new WeldPartitions(table.count, this.hash, this.files);
      this.partitions.addTable(table, 0);
    }
    if (this.partitions === undefined) this.weld(bits, count);
    else this.partitions.add(bits, count, this.provisional);
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

  private weld(bits: Int32Array, count: number): void {
    const { table, hashes, numbers, newBits, words } = this;
    const before = table.count;
    let filled = 0;
    for (let k = 0, touched = 0, from = 0; k < count; k++, from += words) {
      if (k === touched) {
        touched = Math.min(count, k + TOUCH_ROWS);
        table.touch(hashes, k, touched);
      }
      let number = table.find(hashes[k]!, bits, from);
      if (number < 0) {
        number = table.insert(bits, from);
        if (number % APPEARANCE_VERTICES === 0) this.sink.addAppearance?.(number, this.count + k);
        for (let w = 0; w < words; w++) newBits[filled++] = bits[from + w]!;
      }
      numbers[ID_WORDS * k] = number;
    }
    const added = table.count - before;
    if (added > 0) this.sink.addVertices(positionsOf(newBits, this.options.bytesPerValue), added);
    if (added < count) this.openIds(this.count);
    this.ids?.append(numbers, 0, ID_WORDS * count);
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
    const repeats = yield* partitions.findRepeats(this.arena, options.keepsFiles);
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
