/** Decodes rows of three numbers by kernels, as long as they have the form that nearly all have. */
import { KernelMemory } from '../../kernels/kernels.js';

/** Kernels by what the numbers are. */
const KERNELS = { positions: 'decodePositions', numbers: 'decodeFloats', ids: 'decodeIds' } as const;

const STATE_BYTES = 24;

/** What a decoder knows between two rows. */
export interface Decoding {
  /** The next row's required id, or least id. */
  nextId: number;
  /** The largest integer so far; -1 if there is none. */
  largest: number;
  /** Rows so far, and bytes of the cells that were decoded of the current page. */
  count: number;
  bytes: number;
}

export class RowKernel {
  /** Three values a row, and an id. */
  readonly values: Float64Array;
  readonly ids: Float64Array;
  private readonly memory: KernelMemory;
  private readonly at: { readonly state: number; readonly page: number; values: number; ids: number };
  private readonly page: Uint8Array;
  private readonly floats: Float64Array;
  private readonly integers: Int32Array;

  /** Makes room for `rows` rows, and for a page; its last `reservedBytes` have no cells. */
  constructor(
    rows: number,
    private readonly pageBytes: number,
    private readonly reservedBytes: number,
    private readonly holds: keyof typeof KERNELS,
    private readonly isDense: boolean,
  ) {
    const sizes = { state: STATE_BYTES, page: pageBytes, values: 24 * rows, ids: 8 * rows };
    this.memory = new KernelMemory(Object.values(sizes));
    const { buffer } = this.memory;
    const state = this.memory.allocate(sizes.state);
    const page = this.memory.allocate(sizes.page);
    const values = this.memory.allocate(sizes.values);
    const ids = this.memory.allocate(sizes.ids);
    this.at = { state, page, values, ids };
    this.page = new Uint8Array(buffer, page, pageBytes);
    this.values = new Float64Array(buffer, values, 3 * rows);
    this.ids = new Float64Array(buffer, ids, rows);
    this.floats = new Float64Array(buffer, state, 2);
    this.integers = new Int32Array(buffer, state + 16, 2);
  }

  /** Stages a page for {@link decode}. */
  stage(page: Uint8Array): void {
    this.page.set(page);
  }

  /**
   * Decodes cells `[first, stop)` of the staged page, updates `decoding`, and returns the first cell of another form, or
   * `stop`.
   */
  decode(first: number, stop: number, decoding: Decoding): number {
    const { floats, integers, at, isDense } = this;
    floats[0] = decoding.nextId;
    floats[1] = decoding.largest;
    integers[0] = decoding.count;
    integers[1] = decoding.bytes;
    const usableBytes = this.pageBytes - this.reservedBytes;
    const run = this.memory.kernels[KERNELS[this.holds]];
    const cell = run(at.state, at.page, usableBytes, first, stop, isDense ? 1 : 0, at.values, at.ids);
    decoding.nextId = floats[0]!;
    decoding.largest = floats[1]!;
    decoding.count = integers[0]!;
    decoding.bytes = integers[1]!;
    return cell;
  }
}
