/**
 * Turns coordinates into vertex ids: equal positions share an id; ids are dense from 0 in order of first appearance.
 *
 * Two tables of at most half the budget each precede the unique constraint. New positions go to the young one. When it
 * is full, it becomes the old one, and the content of the old one is forgotten. Until then the welder is exact and
 * passes rows straight on. Afterwards a position may come again under a second id, so rows wait in spill files until
 * the end. {@link WeldOverflow} then makes the ids what they would have been with enough memory. From then on, the size
 * of the tables depends on where hits are found. The result depends neither on that nor on the budget.
 */

import { type HashKey, makeHashKey } from '../collections/position-hash.js';
import type { SavedSpills } from '../collections/spill-file.js';
import type { SoupBatch } from '../mesh.js';
import { bitsOf, type Positions, positionsOf, wordsOf } from './positions.js';
import type { RowSink } from './sinks.js';
import { STEP_ROWS, WeldMemory } from './weld-memory.js';
import { WeldOverflow } from './weld-overflow.js';
import { tableCapacity, WeldTable } from './weld-table.js';
import { arenaBytes, tableBytes, usedBytes, type WelderOptions } from './welder-options.js';

/** Generations shrink if a smaller share of the hits is in the old table, and grow if a larger one is. */
const OLD_SHARE_MIN = 1 / 8;
const OLD_SHARE_MAX = 1 / 2;
/** If a smaller share of the corners repeats a position of the tables, these cost more than they save. */
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
  private readonly memory: WeldMemory;
  private readonly words: 3 | 6;
  private young: WeldTable;
  private old: WeldTable | undefined;
  private spare: WeldTable;
  /** The number of positions after which the young table becomes the old one. */
  private generation: number;
  private youngBase = 0;
  private oldBase = 0;
  private overflow: WeldOverflow | undefined;
  /** Positions that pass by the tables from here on: each gets a provisional id. */
  private passing = 0;
  /** Corners of this generation. */
  private corners = 0;
  private remembered = 0;
  /** The positions that a slice adds. */
  private readonly added: Positions;

  /** Resumes a saved welder, if given; see {@link remember}. */
  constructor(
    private readonly sink: RowSink,
    private readonly options: WelderOptions,
    saved?: SavedWelder,
  ) {
    const { bytesPerValue } = options;
    const budgetBytes = usedBytes(options);
    const half = tableBytes(budgetBytes);
    this.words = wordsOf(bytesPerValue);
    this.memory = new WeldMemory(arenaBytes(budgetBytes), this.words, saved?.hashKey ?? makeHashKey());
    this.added = positionsOf(this.memory.added, bytesPerValue);
    this.young = new WeldTable(this.memory, 0, half, true);
    this.young.clear(options.expectedVertices);
    this.spare = new WeldTable(this.memory, half, half, true);
    this.generation = this.young.capacity;
    if (this.generation < 3) throw new RangeError(`${budgetBytes} bytes do not hold one triangle`);
    const { known = 0 } = options;
    const fits = known <= Welder.capacityOf(budgetBytes, bytesPerValue);
    const exact = saved === undefined && !fits ? known : (saved?.exact ?? null);
    if (exact === null) return;
    // All positions so far are on disk; those that come again will be matched there.
    const first = exact === known ? 0 : exact;
    this.overflow = new WeldOverflow(exact, options, this.memory, saved?.files, saved?.vertices, first);
    this.youngBase = saved?.vertices ?? known;
  }

  /** Passes everything to the system; returns the state for resuming from here. */
  save(): SavedWelder {
    const { vertices, overflow, memory } = this;
    const { hashKey } = memory;
    return { vertices, exact: overflow?.exact ?? null, files: overflow?.save() ?? {}, hashKey };
  }

  /**
   * Restores the positions of vertices that the sink already has, in id order. A new welder needs all known ones first, a
   * resumed one all so far, as long as it {@link isExact}.
   */
  remember(positions: Positions, count: number): void {
    const { words, memory } = this;
    const bits = bitsOf(positions);
    const first = this.remembered;
    this.remembered += count;
    if (this.overflow !== undefined) {
      this.overflow.addKnown(bits, count, first);
      return;
    }
    for (let done = 0, some = 0; done < count; done += some) {
      // Filled to the last slot: what fitted once fits again.
      if (this.young.count === this.generation) this.changeGeneration();
      some = Math.min(count - done, STEP_ROWS, this.generation - this.young.count);
      memory.stage(bits, words * done, some);
      this.young.numberRows(some, words);
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

  /** Welds the corners of a batch. */
  add({ positions, count }: SoupBatch): void {
    // A slice fits the young table, so the generation does not change within it.
    const slice = Math.floor(Math.min(this.generation, STEP_ROWS) / 3);
    for (let done = 0; done < count; done += slice) {
      this.addSlice(positions, done, Math.min(slice, count - done));
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
    if (this.overflow !== undefined) yield* this.overflow.resolve(this.sink);
  }

  /** Closes the spill files, and removes them unless they are kept. Must always be called. */
  close(): void {
    this.overflow?.close();
  }

  private addSlice(positions: Positions, first: number, count: number): void {
    if (this.passing > 0) this.passBy(3 * count);
    else if (this.young.count + 3 * count > this.generation) this.changeGeneration();
    const { young, old, youngBase, memory, words } = this;
    const { kernels, at, ids } = memory;
    const before = young.count;
    this.corners += 3 * count;
    young.reserve(3 * count);
    memory.rows.set(bitsOf(positions.subarray(9 * first, 9 * (first + count))));
    const weld = words === 3 ? kernels.weldCorners32 : kernels.weldCorners64;
    const base = old === undefined ? youngBase : this.oldBase;
    const other = old ?? this.spare;
    weld(
      at.state,
      young.address,
      other.address,
      base,
      youngBase - base,
      at.rows,
      3 * count,
      at.ids,
      at.added,
      at.tally,
    );
    const added = young.count - before;
    if (this.overflow !== undefined) {
      this.overflow.addPositions(memory.added, added, youngBase + before);
      this.overflow.addTriangles(ids, count);
      return;
    }
    if (added > 0) this.sink.addVertices(this.added, added);
    this.sink.addTriangles(ids, count);
  }

  /** Forgets the previous slice, so that each distinct position of the next one, of `corners`, gets a new id. */
  private passBy(corners: number): void {
    const { young, memory } = this;
    this.youngBase += young.count;
    this.passing -= young.count;
    young.clear(this.passing > 0 ? corners : this.generation);
    memory.kernels.forgetRecent(memory.at.state);
  }

  private changeGeneration(): void {
    const { young, old, spare } = this;
    const next = this.youngBase + young.count;
    if (old !== undefined && this.overflow === undefined) {
      this.overflow = new WeldOverflow(next, this.options, this.memory);
      this.overflow.addTable(old, this.oldBase);
      this.overflow.addTable(young, this.youngBase);
    }
    if (this.overflow !== undefined) {
      this.adaptGeneration();
      if (this.generation === young.capacity && this.corners - young.count < HITS_MIN * this.corners) {
        this.passing = PASSED_TABLES * young.capacity;
      }
    }
    this.corners = 0;
    this.memory.tally.fill(0);
    this.memory.kernels.forgetRecent(this.memory.at.state);
    this.oldBase = this.youngBase;
    // Ids of passing positions come between the tables, so that nothing older is named any more.
    this.old = this.passing > 0 ? undefined : young;
    this.youngBase = next;
    this.young = spare;
    this.spare = young;
    // An old table must be empty if there is none.
    if (this.passing > 0) young.clear();
    // It will become as full as the previous one.
    this.young.clear(this.generation);
  }

  /**
   * Adapts the size of generations. If triangles are in scan order, nearly all hits are in the young table; smaller
   * tables find as much and stay in the processor's caches. In random order, only the full size finds anything. The
   * corners of 100 M triangles of a scan took 24 s in tables fixed at 116 MiB, 12 s in these.
   */
  private adaptGeneration(): void {
    const { young, memory } = this;
    const [lookUps, oldHits] = memory.tally as unknown as [number, number];
    const oldShare = oldHits / (lookUps - young.count);
    if (oldShare < OLD_SHARE_MIN) this.generation = Math.max(this.generation / 4, STEP_ROWS);
    if (oldShare > OLD_SHARE_MAX) this.generation *= 4;
    this.generation = Math.min(this.generation, young.capacity);
  }
}
