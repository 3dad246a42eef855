/** Kernels: hot loops in WebAssembly, and the memory that they work in. Their sources are in the folder `kernels`. */
import { readPackageBytes } from '../io/package/package-file.js';

/** What is used of WebAssembly; the types of Node lack it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: {
    readonly initial: number;
    readonly maximum: number;
  }) => {
    readonly buffer: ArrayBuffer;
  };
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** The kernels. Sources document them under the same names; an address is an offset in the memory. */
export interface Kernels {
  weldBytes(): number;
  forgetRecent(state: number): void;
  readonly hashRows32: HashRows;
  readonly hashRows64: HashRows;
  readonly numberRows32: NumberRows;
  readonly numberRows64: NumberRows;
  readonly weldCorners32: WeldCorners;
  readonly weldCorners64: WeldCorners;
  readonly growTable32: GrowTable;
  readonly growTable64: GrowTable;
  textBytes(): number;
  prepareText(state: number): void;
  writeFloats32(
    state: number,
    values: number,
    count: number,
    prefix: number,
    prefixBytes: number,
    target: number,
  ): number;
  writeIds(
    state: number,
    values: number,
    count: number,
    base: number,
    prefix: number,
    prefixBytes: number,
    target: number,
  ): number;
  readonly appendTriangles: AppendRows;
  readonly appendVertices32: AppendRows;
  readonly appendVertices64: AppendRows;
  readonly appendEntries: AppendRows;
  sortBytes(): number;
  sortPositions(rows: number, count: number, order: number, spare: number, counts: number): void;
  gatherPositions(rows: number, order: number, count: number, firstId: number, target: number): void;
  countAscending(rows: number, count: number): number;
  readonly decodePositions: DecodeRows;
  readonly decodeFloats: DecodeRows;
  readonly decodeIds: DecodeRows;
  decodeFacets(
    facets: number,
    count: number,
    first: number,
    positions: number,
    words: number,
    anyWord: number,
    tally: number,
  ): number;
}

type HashRows = (state: number, rows: number, stride: number, count: number, hashes: number) => void;
type NumberRows = (
  state: number,
  table: number,
  room: number,
  rows: number,
  stride: number,
  count: number,
  hashes: number,
  numbers: number,
) => number;
type WeldCorners = (
  state: number,
  young: number,
  old: number,
  base: number,
  shift: number,
  corners: number,
  count: number,
  ids: number,
  added: number,
  tally: number,
) => void;
type GrowTable = (state: number, table: number, before: number, scratch: number, scratchEnd: number) => void;

type DecodeRows = (
  decoder: number,
  page: number,
  usableBytes: number,
  first: number,
  stop: number,
  isDense: 0 | 1,
  values: number,
  ids: number,
) => number;

export type AppendRows = (table: number, rows: number, count: number) => number;

/** The most bytes of a memory. */
export const KERNEL_BYTES_MAX = 2 ** 32;

const PAGE_BYTES = 65_536;
/** Addresses are multiples of this. */
const ALIGNMENT = 16;
/** Kernels read up to this many bytes beyond what they use. */
const SLACK_BYTES = 16;

/** Compiled when it is needed for the first time, and the same in all memories. */
let compiled: object | undefined;

/** Memory of a fixed size, and the kernels that work in it. */
export class KernelMemory {
  readonly buffer: ArrayBuffer;
  readonly kernels: Kernels;
  private used = 0;

  /**
   * Creates memory for what the given sizes add up to, in bytes, each to be allocated in one piece. Pages that are never
   * touched cost nothing. Throws RangeError if the system
   * refuses to reserve it; Node 22 reserves 10 GB of addresses for any memory.
   */
  constructor(sizes: readonly number[]) {
    const bytes = sizes.reduce((sum, size) => sum + roundUp(size), 0);
    const pages = Math.ceil(bytes / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    compiled ??= new WebAssembly.Module(readPackageBytes('dist/kernels.wasm'));
    this.kernels = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Kernels;
    this.buffer = memory.buffer;
  }

  /** Returns the address of the next `bytes`, which are 0 at first. */
  allocate(bytes: number): number {
    const address = this.used;
    this.used += roundUp(bytes);
    if (this.used > this.buffer.byteLength)
      throw new RangeError(`${this.used} bytes of ${this.buffer.byteLength}`);
    return address;
  }
}

function roundUp(bytes: number): number {
  return ALIGNMENT * Math.ceil((bytes + SLACK_BYTES) / ALIGNMENT);
}
