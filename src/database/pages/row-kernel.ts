/** Decodes rows of three numbers by kernels, as long as they have the form that nearly all have. */
import { KernelMemory } from '../../kernels/kernels.js';

/** Kernels by what the numbers are. */
const KERNELS = { positions: 'decodePositions', numbers: 'decodeFloats', ids: 'decodeIds' } as const;

const STATE_BYTES = 24;
/** The largest page, and the most rows in it: they take nine bytes at least. */
const PAGE_BYTES_MAX = 65_536;
const ROWS_MAX = Math.floor(PAGE_BYTES_MAX / 9);

/** What a decoder knows between two rows. */
export interface Decoding {
  /** The next row's required id, or least id. */
  nextId: number;
  /** The largest integer so far; -1 if there is none. */
  largest: number;
  /** Rows so far, and bytes of the cells that were decoded of the current page. */
  count: number;
  bytes: number;
  /** Three values a row, and an id; rows are added after the first `count`. */
  readonly values: Float64Array;
  readonly ids: Float64Array;
}

/**
 * Decodes usual rows. All decoders of a thread share one, because memory of WebAssembly is slow to be collected: 1,500
 * files of a split took four times as long with their own.
 */
export class RowKernel {
  private readonly memory = new KernelMemory([STATE_BYTES, PAGE_BYTES_MAX, 24 * ROWS_MAX, 8 * ROWS_MAX]);
  private readonly state = this.memory.allocate(STATE_BYTES);
  private readonly pageAt = this.memory.allocate(PAGE_BYTES_MAX);
  private readonly valuesAt = this.memory.allocate(24 * ROWS_MAX);
  private readonly idsAt = this.memory.allocate(8 * ROWS_MAX);
  private readonly page = new Uint8Array(this.memory.buffer, this.pageAt, PAGE_BYTES_MAX);
  private readonly values = new Float64Array(this.memory.buffer, this.valuesAt, 3 * ROWS_MAX);
  private readonly ids = new Float64Array(this.memory.buffer, this.idsAt, ROWS_MAX);
  private readonly floats = new Float64Array(this.memory.buffer, this.state, 2);
  private readonly integers = new Int32Array(this.memory.buffer, this.state + 16, 2);

  /** Stages a page for {@link decode}, until the next one is staged. */
  stage(page: Uint8Array): void {
    this.page.set(page);
  }

  /**
   * Decodes cells `[first, stop)` of the staged page, which has `usableBytes`, and adds them to `decoding`. Returns the
   * first cell of another form, or `stop`.
   */
  decode(
    first: number,
    stop: number,
    usableBytes: number,
    holds: keyof typeof KERNELS,
    isDense: boolean,
    decoding: Decoding,
  ): number {
    const { floats, integers, state, pageAt, valuesAt, idsAt } = this;
    floats[0] = decoding.nextId;
    floats[1] = decoding.largest;
    integers[0] = 0;
    integers[1] = decoding.bytes;
    const run = this.memory.kernels[KERNELS[holds]];
    const cell = run(state, pageAt, usableBytes, first, stop, isDense ? 1 : 0, valuesAt, idsAt);
    const rows = integers[0];
    decoding.values.set(this.values.subarray(0, 3 * rows), 3 * decoding.count);
    decoding.ids.set(this.ids.subarray(0, rows), decoding.count);
    decoding.nextId = floats[0];
    decoding.largest = floats[1];
    decoding.count += rows;
    decoding.bytes = integers[1];
    return cell;
  }
}

let shared: RowKernel | undefined;

/** Returns the kernel of this thread. */
export function rowKernel(): RowKernel {
  shared ??= new RowKernel();
  return shared;
}
