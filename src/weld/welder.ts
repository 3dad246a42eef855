/**
 * Turns coordinates into vertex ids: equal positions share an id; ids are dense from 0 in order of first appearance.
 *
 * Two tables of at most half the budget each precede the unique constraint. New positions go to the young one. When it
 * is full, it becomes the old one, and the content of the old one is forgotten. Until then the welder is exact and
 * passes rows straight on. Afterwards a position may come again under a second id, so rows wait in spill files until
 * the end. {@link WeldOverflow} then makes the ids what they would have been with enough memory. From then on, the size
 * of the tables depends on where hits are found. The result depends neither on that nor on the budget.
 */

import { type HashKey, makeHashKey, PositionHash } from '../collections/position-hash.js';
import type { SavedSpills } from '../collections/spill-file.js';
import type { SoupBatch } from '../mesh.js';
import { BATCH_CORNERS, BatchPositions } from './batch-positions.js';
import type { RowSink } from './sinks.js';
import { WeldOverflow } from './weld-overflow.js';
import { type Positions, positionsOf, TOUCH_ROWS, tableCapacity, WeldTable, wordsOf } from './weld-table.js';
import { allocateArena, tableBytes, usedBytes, type WelderOptions } from './welder-options.js';

/** Generations shrink if a smaller share of the hits is in the old table, and grow if a larger one is. */
const OLD_SHARE_MIN = 1 / 8;
const OLD_SHARE_MAX = 1 / 2;
/** If full tables answer a smaller share of the lookups, they cost more than they save. */
const HITS_MIN = 1 / 2;
/** Then as many positions as they hold times this pass by, before they are tried again. */
const PASSED_TABLES = 16;

/** The saved state of a welder between two batches, as plain data. */
export interface SavedWelder {
  readonly vertices: number;
  /** Ids below this are final; null if all are. */
  readonly exact: number | null;
  readonly files: SavedSpills;
  /** The hash key of the partitions. */
  readonly hashKey: HashKey;
}

export class Welder {
  private readonly arena: ArrayBuffer;
  private readonly words: 3 | 6;
  private readonly hashKey: HashKey;
  private readonly hash: PositionHash;
  private young: WeldTable;
  private old: WeldTable | undefined;
  private spare: WeldTable;
  /** The number of positions after which the young table becomes the old one. */
  private generation: number;
  /** The lookups of this generation, and those that only the old table answered. */
  private lookUps = 0;
  private oldHits = 0;
  private youngBase = 0;
  private oldBase = 0;
  private overflow: WeldOverflow | undefined;
  /** Positions that pass by the tables from here on: each gets a provisional id. */
  private passing = 0;
  private remembered = 0;
  private hashes = new Int32Array(0);
  private readonly batch = new BatchPositions();
  /** Words of the positions that a slice adds. */
  private readonly newBits: Int32Array;
  /** Ids of the distinct positions of a slice, and of its corners. */
  private readonly distinctIds = new Float64Array(BATCH_CORNERS);
  private readonly ids = new Float64Array(BATCH_CORNERS);

  /** Resumes a saved welder, if given; see {@link remember}. */
  constructor(
    private readonly sink: RowSink,
    private readonly options: WelderOptions,
    saved?: SavedWelder,
  ) {
    const { bytesPerValue } = options;
    const budgetBytes = usedBytes(options);
    const half = tableBytes(budgetBytes);
    this.arena = allocateArena(budgetBytes);
    this.words = wordsOf(bytesPerValue);
    this.hashKey = saved?.hashKey ?? makeHashKey();
    this.hash = new PositionHash(this.words, this.hashKey);
    this.newBits = new Int32Array(this.words * BATCH_CORNERS);
    this.young = new WeldTable(this.arena, 0, half, this.hash);
    this.young.clear(options.expectedVertices);
    this.spare = new WeldTable(this.arena, half, half, this.hash);
    this.generation = this.young.capacity;
    if (this.generation < 3) throw new RangeError(`${budgetBytes} bytes do not hold one triangle`);
    const { known = 0 } = options;
    const fits = known <= Welder.capacityOf(budgetBytes, bytesPerValue);
    const exact = saved === undefined && !fits ? known : (saved?.exact ?? null);
    if (exact === null) return;
    // All positions so far are on disk; those that come again will be matched there.
    const first = exact === known ? 0 : exact;
    this.overflow = new WeldOverflow(exact, options, this.hash, saved?.files, saved?.vertices, first);
    this.youngBase = saved?.vertices ?? known;
  }

  /** Passes everything to the system; returns the state for resuming from here. */
  save(): SavedWelder {
    const { vertices, overflow, hashKey } = this;
    return { vertices, exact: overflow?.exact ?? null, files: overflow?.save() ?? {}, hashKey };
  }

  /**
   * Restores the positions of vertices that the sink already has, in id order. A new welder needs all known ones first, a
   * resumed one all so far, as long as it {@link isExact}.
   */
  remember(positions: Positions, count: number): void {
    const { words } = this;
    const bits = new Int32Array(positions.buffer, positions.byteOffset, words * count);
    const first = this.remembered;
    this.remembered += count;
    if (this.overflow !== undefined) {
      this.overflow.addKnown(bits, count, first);
      return;
    }
    for (let done = 0, some = 0; done < count; done += some) {
      // Filled to the last slot: what fitted once fits again.
      if (this.young.count === this.generation) this.changeGeneration();
      some = Math.min(count - done, BATCH_CORNERS, this.generation - this.young.count);
      const own = bits.subarray(words * done, words * (done + some));
      if (this.hashes.length < some) this.hashes = new Int32Array(some);
      this.hash.hashAll(own, some, this.hashes);
      for (let k = 0, touched = 0; k < some; k++) {
        if (k === touched) {
          touched = Math.min(some, k + TOUCH_ROWS);
          this.young.touch(this.hashes, k, touched);
        }
        this.young.find(this.hashes[k]!, own, words * k);
        this.young.insert(own, words * k);
      }
    }
  }

  /** Returns how many vertices fit a budget; a mesh with more needs disk for spill files. */
  static capacityOf(budgetBytes: number, bytesPerValue: 4 | 8): number {
    return 2 * tableCapacity(tableBytes(budgetBytes), bytesPerValue);
  }

  /** Whether no position has been forgotten, so that rows go straight to the sink. */
  get isExact(): boolean {
    return this.overflow === undefined;
  }

  /** Welds the corners of a batch. Changes -0 to 0 in its positions. */
  add(batch: SoupBatch): void {
    const { positions, count } = batch;
    const bits = new Int32Array(positions.buffer, positions.byteOffset, 3 * this.words * count);
    if (this.hashes.length < 3 * count) this.hashes = new Int32Array(3 * count);
    this.hash.hashAll(bits, 3 * count, this.hashes);

    // A slice fits the young table, so the generation does not change within it.
    const slice = Math.floor(Math.min(this.generation, BATCH_CORNERS) / 3);
    for (let done = 0; done < count; done += slice) {
      this.addSlice(positions, bits, done, Math.min(slice, count - done));
    }
  }

  /** The number of vertices so far; after an overflow, some may turn out to be repetitions. */
  get vertices(): number {
    return this.youngBase + this.young.count;
  }

  /**
   * Emits everything that waits; afterwards the sink has all rows. Occasionally yields the progress, from 0 to 1, so
   * that the caller can report it and stop.
   */
  *finish(): Generator<number> {
    if (this.overflow !== undefined) yield* this.overflow.resolve(this.sink, this.arena);
  }

  /** Closes the spill files, and removes them unless they are kept. Must always be called. */
  close(): void {
    this.overflow?.close();
  }

  private addSlice(positions: Positions, bits: Int32Array, first: number, count: number): void {
    if (this.young.count + 3 * count > this.generation) this.changeGeneration();
    if (this.passing > 0) {
      this.passSlice(positions, bits, first, count);
      return;
    }
    const { young, old, youngBase, oldBase, batch, distinctIds, ids, words, newBits } = this;
    const before = young.count;
    batch.collect(positions, this.hashes, 3 * first, 3 * (first + count));
    const { hashes, corners, numbers } = batch;
    let filled = 0;
    for (let k = 0, touched = 0; k < batch.count; k++) {
      if (k === touched) {
        touched = Math.min(batch.count, k + TOUCH_ROWS);
        young.touch(hashes, k, touched);
        old?.touch(hashes, k, touched);
      }
      const hash = hashes[k]!;
      const from = words * corners[k]!;
      let id = youngBase + young.find(hash, bits, from);
      if (id < youngBase) {
        const number = old === undefined ? -1 : old.find(hash, bits, from);
        if (number >= 0) {
          this.oldHits++;
          id = oldBase + number;
        } else {
          id = youngBase + young.insert(bits, from);
          for (let w = 0; w < words; w++) newBits[filled++] = bits[from + w]!;
        }
      }
      distinctIds[k] = id;
    }
    for (let k = 0; k < 3 * count; k++) ids[k] = distinctIds[numbers[k]!]!;
    this.lookUps += batch.count;
    const added = young.count - before;
    if (this.overflow !== undefined) {
      this.overflow.addPositions(newBits, added, youngBase + before);
      this.overflow.addTriangles(ids, count);
      return;
    }
    if (added > 0) this.sink.addVertices(positionsOf(newBits, this.options.bytesPerValue), added);
    this.sink.addTriangles(ids, count);
  }

  /** Gives each distinct position of a slice a new provisional id. Both tables are empty. */
  private passSlice(positions: Positions, bits: Int32Array, first: number, count: number): void {
    const { batch, ids, words, newBits, youngBase } = this;
    batch.collect(positions, this.hashes, 3 * first, 3 * (first + count));
    const { hashes, corners, numbers } = batch;
    for (let k = 0, to = 0; k < batch.count; k++) {
      const from = words * corners[k]!;
      for (let w = 0; w < words; w++) newBits[to++] = bits[from + w]!;
    }
    for (let k = 0; k < 3 * count; k++) ids[k] = youngBase + numbers[k]!;
    this.overflow?.addPositions(newBits, batch.count, youngBase, hashes);
    this.overflow?.addTriangles(ids, count);
    this.youngBase += batch.count;
    this.passing -= batch.count;
  }

  private changeGeneration(): void {
    const { young, old, spare } = this;
    const next = this.youngBase + young.count;
    if (old !== undefined && this.overflow === undefined) {
      this.overflow = new WeldOverflow(next, this.options, this.hash);
      this.overflow.addTable(old, this.oldBase);
      this.overflow.addTable(young, this.youngBase);
    }
    if (this.overflow !== undefined) {
      this.adaptGeneration();
      if (this.generation === young.capacity && this.lookUps - young.count < HITS_MIN * this.lookUps) {
        this.passing = PASSED_TABLES * young.capacity;
      }
    }
    this.lookUps = 0;
    this.oldHits = 0;
    this.oldBase = this.youngBase;
    // Ids of passing positions come between the tables, so that nothing older is named any more.
    this.old = this.passing > 0 ? undefined : young;
    this.youngBase = next;
    this.young = spare;
    this.spare = young;
    // It will become as full as the previous one.
    this.young.clear(this.generation);
  }

  /**
   * Adapts the size of generations. If triangles are in scan order, nearly all hits are in the young table; smaller
   * tables find as much and stay in the processor's caches. In random order, only the full size finds anything. The
   * corners of 100 M triangles of a scan took 24 s in tables fixed at 116 MiB, 12 s in these.
   */
  private adaptGeneration(): void {
    const { young, lookUps, oldHits } = this;
    const oldShare = oldHits / (lookUps - young.count);
    if (oldShare < OLD_SHARE_MIN) this.generation = Math.max(this.generation / 4, BATCH_CORNERS);
    if (oldShare > OLD_SHARE_MAX) this.generation *= 4;
    this.generation = Math.min(this.generation, young.capacity);
  }
}
