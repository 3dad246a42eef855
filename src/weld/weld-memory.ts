/**
 * The memory of a welder: an arena, in which its tables are, and what kernels need to fill them. Rows are staged here for
 * the kernels, a step at a time.
 */
import type { HashKey } from '../collections/position-hash.js';
import { KERNEL_BYTES_MAX, KernelMemory, type Kernels } from '../kernels/kernels.js';
import { BATCH_TRIANGLES } from '../memory.js';

/** The most rows of a step: the corners of a batch. */
export const STEP_ROWS = 3 * BATCH_TRIANGLES;

/** Memory lent for a time: the first `bytes` of a buffer. */
export interface Arena {
  readonly buffer: ArrayBuffer;
  readonly bytes: number;
}

/** Bytes of the state of a weld, as `weldBytes` of the kernels returns it. */
const STATE_BYTES = 534_112;
/** Words from one number of the key to the next kind: low and high halves, see `weld` of the kernels. */
const KEY_LOW = 4;
const KEY_HIGH = 12;
/** Words of a staged row at most: a position in float64, and an id. */
const ROW_WORDS_MAX = 7;

const SIZES = {
  state: STATE_BYTES,
  rows: 4 * ROW_WORDS_MAX * STEP_ROWS,
  hashes: 4 * STEP_ROWS,
  ids: 8 * STEP_ROWS,
  added: 24 * STEP_ROWS,
  tally: 8,
};

/** The largest arena. */
export const ARENA_BYTES_MAX = KERNEL_BYTES_MAX - 2 ** 23;

export class WeldMemory implements Arena {
  readonly buffer: ArrayBuffer;
  readonly kernels: Kernels;
  /** Addresses of what kernels use. */
  readonly at: Readonly<Record<keyof typeof SIZES, number>>;
  /** The staged rows, and their hashes and numbers. */
  readonly rows: Int32Array;
  readonly hashes: Int32Array;
  readonly numbers: Int32Array;
  /** The ids of corners and the words of new positions, as a kernel has written them. */
  readonly ids: Float64Array;
  readonly added: Int32Array;
  /** Lookups in a young table, and those that only the old one answered. */
  readonly tally: Int32Array;

  /** Creates an arena of `bytes`, and a weld of positions of `words` words that hashes under a key. */
  constructor(
    readonly bytes: number,
    readonly words: 3 | 6,
    readonly hashKey: HashKey,
  ) {
    const memory = new KernelMemory([bytes, ...Object.values(SIZES)]);
    this.buffer = memory.buffer;
    this.kernels = memory.kernels;
    memory.allocate(bytes);
    const addresses = Object.entries(SIZES).map(([name, size]) => [name, memory.allocate(size)]);
    this.at = Object.fromEntries(addresses);
    const { at, buffer } = this;
    this.rows = new Int32Array(buffer, at.rows, SIZES.rows / 4);
    this.hashes = new Int32Array(buffer, at.hashes, STEP_ROWS);
    this.numbers = new Int32Array(buffer, at.ids, STEP_ROWS);
    this.ids = new Float64Array(buffer, at.ids, STEP_ROWS);
    this.added = new Int32Array(buffer, at.added, SIZES.added / 4);
    this.tally = new Int32Array(buffer, at.tally, 2);
    const state = new Int32Array(buffer, at.state, STATE_BYTES / 4);
    state[0] = hashKey[0]!;
    for (let w = 0; w < words; w++) {
      state[KEY_LOW + w] = hashKey[1 + 2 * w]!;
      state[KEY_HIGH + w] = hashKey[2 + 2 * w]!;
    }
  }

  /** Hashes the staged rows of `stride` words, and changes -0 to 0 in them. */
  hashRows(count: number, stride: number = this.words): void {
    const { kernels, at, words } = this;
    const hash = words === 3 ? kernels.hashRows32 : kernels.hashRows64;
    hash(at.state, at.rows, 4 * stride, count, at.hashes);
  }

  /** Stages positions that begin at word `from` of `bits`, and hashes them. */
  stage(bits: Int32Array, from: number, count: number): void {
    this.rows.set(bits.subarray(from, from + this.words * count));
    this.hashRows(count);
  }
}
