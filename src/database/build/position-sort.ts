/**
 * Sorts the positions of a mesh, each with its id, in fixed memory: kernels sort as many as fit, and sorted runs go to a
 * spill file and are merged. The order does not depend on it.
 */
import { RunHeap, RunReader } from '../../collections/sort/run-heap.js';
import { type SpillFile, type SpillFiles, STREAM_WORDS, WORD_BYTES } from '../../collections/spill-file.js';
import { KERNEL_BYTES_MAX, KernelMemory } from '../../kernels/kernels.js';

/** Values of a sorted row: a position and its id. */
export const SORTED_VALUES = 4;
/** The most rows in a block of the result. */
export const BLOCK_ROWS = 4096;

const POSITION_BYTES = 24;
/** Bytes of a row's number while it is sorted, as the kernels of `sort` define them. */
const ITEM_BYTES = 8;
const ROW_BYTES = POSITION_BYTES + 2 * ITEM_BYTES;
const SORTED_WORDS = (8 * SORTED_VALUES) / WORD_BYTES;
/** Half of what kernels can reach is room for 50 million positions. */
const MEMORY_MAX = KERNEL_BYTES_MAX / 2;
/** The fewest rows in the buffer of a run. */
const READ_ROWS_MIN = 64;

/** Bytes in which kernels count. */
export const COUNTS_BYTES = 2 ** 14;

/** Sorted rows, {@link SORTED_VALUES} numbers each; valid until the next ones. */
export interface SortedRows {
  readonly values: Float64Array;
  readonly count: number;
}

export class PositionSort {
  private readonly capacity: number;
  private readonly memory: KernelMemory;
  /** Addresses of positions, of their numbers in order, of what else kernels need, and of a block of sorted rows. */
  private readonly at: Readonly<Record<'positions' | 'order' | 'spare' | 'counts' | 'block', number>>;
  private readonly positions: Float64Array;
  private readonly block: Float64Array;
  /** Positions that are held, and the number of those before them. */
  private held = 0;
  private before = 0;
  private file: SpillFile | undefined;
  /** Where each run begins in the file, in words. */
  private readonly starts: number[] = [];

  /** Sorts up to `most` positions with about `bytes` of memory. */
  constructor(
    bytes: number,
    most: number,
    private readonly files: SpillFiles,
  ) {
    const fitting = Math.floor(Math.min(bytes, MEMORY_MAX) / ROW_BYTES);
    this.capacity = Math.max(READ_ROWS_MIN, Math.min(fitting, most));
    const sizes = [
      POSITION_BYTES * this.capacity,
      ITEM_BYTES * this.capacity,
      ITEM_BYTES * this.capacity,
      COUNTS_BYTES,
      8 * SORTED_VALUES * BLOCK_ROWS,
    ] as const;
    this.memory = new KernelMemory(sizes);
    const [positions, order, spare, counts, block] = sizes.map((size) => this.memory.allocate(size)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    this.at = { positions, order, spare, counts, block };
    const { buffer } = this.memory;
    this.positions = new Float64Array(buffer, this.at.positions, 3 * this.capacity);
    this.block = new Float64Array(buffer, this.at.block, SORTED_VALUES * BLOCK_ROWS);
  }

  /** Returns the bytes of disk for sorting `count` positions with `bytes` of memory: 0 if they fit. */
  static bytesOf(bytes: number, count: number): number {
    return ROW_BYTES * count <= Math.min(bytes, MEMORY_MAX) ? 0 : 8 * SORTED_VALUES * count;
  }

  /** Adds `count` positions, whose ids follow those of all before. Throws FileError. */
  add(positions: Float64Array, count: number): void {
    for (let done = 0, some = 0; done < count; done += some) {
      if (this.held === this.capacity) this.endRun();
      some = Math.min(count - done, this.capacity - this.held);
      this.positions.set(positions.subarray(3 * done, 3 * (done + some)), 3 * this.held);
      this.held += some;
    }
  }

  /** Yields all rows in order, once. Throws FileError. */
  *sorted(): Generator<SortedRows> {
    if (this.file === undefined) {
      yield* this.sortHeld();
      return;
    }
    this.endRun();
    yield* this.merge(this.file);
    this.file.remove();
  }

  private *sortHeld(): Generator<SortedRows> {
    const { held, before, block: values } = this;
    const { kernels } = this.memory;
    const { positions, order, spare, counts, block } = this.at;
    kernels.sortPositions(positions, held, order, spare, counts);
    for (let done = 0; done < held; done += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, held - done);
      kernels.gatherPositions(positions, order + ITEM_BYTES * done, count, before, block);
      yield { values, count };
    }
  }

  private endRun(): void {
    if (this.held === 0) return;
    this.file ??= this.files.create('index', STREAM_WORDS);
    this.starts.push(this.file.length);
    for (const { values, count } of this.sortHeld()) {
      this.file.append(wordsOf(values), 0, SORTED_WORDS * count);
    }
    this.before += this.held;
    this.held = 0;
  }

  /** Merges the runs, through buffers in the memory of the positions. */
  private *merge(file: SpillFile): Generator<SortedRows> {
    const { starts, block, capacity } = this;
    const each = Math.max(READ_ROWS_MIN, Math.floor((3 * capacity) / SORTED_VALUES / starts.length));
    const size = SORTED_VALUES * each;
    const all = size * starts.length;
    const room = all > this.positions.length ? new Float64Array(all) : this.positions;
    const readers = starts.map((start, run) => {
      const values = room.subarray(size * run, size * (run + 1));
      return new PositionReader(file, start, starts[run + 1] ?? file.length, values);
    });
    const heads = new RunHeap(readers, comparePositions);
    let count = 0;
    for (let first = heads.first(); first !== undefined; first = heads.first()) {
      const { values } = first;
      const from = first.at / 2;
      const some = heads.countFirst(BLOCK_ROWS - count);
      for (let k = 0, to = SORTED_VALUES * count; k < SORTED_VALUES * some; k++)
        block[to + k] = values[from + k]!;
      count += some;
      heads.advance(some);
      if (count < BLOCK_ROWS) continue;
      yield { values: block, count };
      count = 0;
    }
    if (count > 0) yield { values: block, count };
  }
}

/** Reads a run of sorted rows. */
class PositionReader extends RunReader {
  constructor(
    file: SpillFile,
    start: number,
    stop: number,
    readonly values: Float64Array,
  ) {
    super(file, start, stop, wordsOf(values), SORTED_WORDS);
  }
}

/** Compares positions as SQLite sorts them. They begin at words of the buffers of runs. */
function comparePositions(a: PositionReader, at: number, b: PositionReader, from: number): number {
  for (let k = 0; k < 2; k++) {
    const difference = a.values[at / 2 + k]! - b.values[from / 2 + k]!;
    if (difference !== 0) return difference;
  }
  return a.values[at / 2 + 2]! - b.values[from / 2 + 2]!;
}

function wordsOf(values: Float64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
}
