/** Reads rows of an accessor as numbers, in any order, from a buffer of fixed size. */
import { FormatError } from '../../../errors.js';
import { CHUNK_BYTES } from '../../../memory.js';
import { formatCount } from '../../../wording.js';
import { type Accessor, FLOAT, type Rows, type Sparse } from '../accessor.js';
import type { Buffers } from '../buffers.js';

type Values = Float32Array | Float64Array;

/** Sparse rows handled at a time. */
const SPARSE_ROWS = 1024;

export class RowReader {
  private readonly base: Window | undefined;
  private readonly sparse: SparseRows | undefined;

  constructor(
    buffers: Buffers,
    readonly accessor: Accessor,
  ) {
    const { base, sparse, id, count } = accessor;
    this.base = base && new Window(buffers, base);
    this.sparse = sparse && new SparseRows(buffers, sparse, id, count);
  }

  /** Checks that sparse rows ascend; reads all their numbers. Throws FormatError. */
  async check(): Promise<void> {
    await this.sparse?.check();
  }

  /** Reads rows `[from, from + count)` into `target`, row after row from its start. Throws FormatError. */
  async read(from: number, count: number, target: Values): Promise<void> {
    if (this.base === undefined) target.fill(0, 0, count * this.accessor.components);
    else await this.base.read(from, count, target);
    await this.sparse?.replace(from, count, target);
  }
}

/** The bytes of some rows. */
class Window {
  private bytes = new Uint8Array(0);
  private view = new DataView(this.bytes.buffer);
  /** The rows in the window. */
  private first = 0;
  private end = 0;

  constructor(
    private readonly buffers: Buffers,
    private readonly rows: Rows,
  ) {}

  async read(from: number, count: number, target: Values): Promise<void> {
    const { stride } = this.rows;
    const most = Math.max(1, Math.floor(CHUNK_BYTES / stride));
    for (let row = from, at = 0; row < from + count; ) {
      if (row < this.first || row >= this.end) await this.fill(row, Math.min(most, from + count - row));
      const some = Math.min(this.end, from + count) - row;
      at = decodeRows(this.view, (row - this.first) * stride, some, this.rows, target, at);
      row += some;
    }
  }

  private async fill(row: number, some: number): Promise<void> {
    const { stride, rowBytes, buffer, offset } = this.rows;
    const bytes = (some - 1) * stride + rowBytes;
    if (this.bytes.length < bytes) {
      this.bytes = new Uint8Array(bytes);
      this.view = new DataView(this.bytes.buffer);
    }
    this.end = this.first;
    await this.buffers.readAt(buffer, this.bytes.subarray(0, bytes), offset + row * stride);
    this.first = row;
    this.end = row + some;
  }
}

/** Decodes `count` rows into `target` from index `to` on; returns the next index. */
function decodeRows(
  view: DataView,
  from: number,
  count: number,
  { stride, components, rowBytes, type, normalized }: Rows,
  target: Values,
  to: number,
): number {
  const width = rowBytes / components;
  const read = READERS[type]!;
  const scale = normalized ? SCALES[type] : undefined;
  if (type === FLOAT) {
    // Most data is of this type; this spares a call for each number.
    for (let row = 0, at = from; row < count; row++, at += stride) {
      for (let k = 0; k < components; k++) target[to++] = view.getFloat32(at + 4 * k, true);
    }
    return to;
  }
  for (let row = 0, at = from; row < count; row++, at += stride) {
    for (let k = 0; k < components; k++) {
      const value = read(view, at + k * width);
      target[to++] = scale === undefined ? value : Math.max(value / scale, -1);
    }
  }
  return to;
}

/** Reads a component of a type as glTF numbers it. */
export function readComponent(view: DataView, at: number, type: number): number {
  return READERS[type]!(view, at);
}

const READERS: Readonly<Record<number, (view: DataView, at: number) => number>> = {
  5120: (view, at) => view.getInt8(at),
  5121: (view, at) => view.getUint8(at),
  5122: (view, at) => view.getInt16(at, true),
  5123: (view, at) => view.getUint16(at, true),
  5125: (view, at) => view.getUint32(at, true),
  5126: (view, at) => view.getFloat32(at, true),
};

/** The divisors of normalized integers. */
const SCALES: Readonly<Record<number, number>> = { 5120: 127, 5121: 255, 5122: 32_767, 5123: 65_535 };

/** Rows that replace others. Their numbers ascend, so those of a range are found by bisection. */
class SparseRows {
  private readonly indices: Window;
  private readonly values: Window;
  private readonly numbers = new Float64Array(SPARSE_ROWS);
  private readonly replaced: Float64Array;

  constructor(
    private readonly buffers: Buffers,
    private readonly sparse: Sparse,
    private readonly id: number,
    private readonly count: number,
  ) {
    this.indices = new Window(buffers, sparse.indices);
    this.values = new Window(buffers, sparse.values);
    this.replaced = new Float64Array(SPARSE_ROWS * sparse.values.components);
  }

  async check(): Promise<void> {
    const { indices, numbers } = this;
    const { count } = this.sparse.indices;
    let last = -1;
    for (let at = 0; at < count; at += SPARSE_ROWS) {
      const some = Math.min(SPARSE_ROWS, count - at);
      await indices.read(at, some, numbers);
      for (let k = 0; k < some; k++) {
        const number = numbers[k]!;
        if (number <= last || number >= this.count) throw this.refuse(at + k, number);
        last = number;
      }
    }
  }

  async replace(from: number, count: number, target: Values): Promise<void> {
    const { numbers, replaced, indices, values } = this;
    const { components } = this.sparse.values;
    const end = this.sparse.indices.count;
    for (let at = await this.find(from); at < end; at += SPARSE_ROWS) {
      const some = Math.min(SPARSE_ROWS, end - at);
      await indices.read(at, some, numbers);
      let used = 0;
      while (used < some && numbers[used]! < from + count) used++;
      if (used > 0) await values.read(at, used, replaced);
      for (let k = 0; k < used; k++) {
        const row = numbers[k]! - from;
        target.set(replaced.subarray(components * k, components * (k + 1)), components * row);
      }
      if (used < some) return;
    }
  }

  /** Finds the first sparse row whose number is at least `number`. */
  private async find(number: number): Promise<number> {
    let [low, high] = [0, this.sparse.indices.count];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      await this.indices.read(middle, 1, this.numbers);
      if (this.numbers[0]! < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private refuse(at: number, number: number): FormatError {
    const { buffer, offset, stride, rowBytes } = this.sparse.indices;
    const from = offset + at * stride;
    const place = this.buffers.placeOf(buffer, from, from + rowBytes);
    const expected = `numbers that ascend and are less than ${formatCount(this.count)}`;
    return new FormatError(
      `a sparse row of accessors[${this.id}] replaces row ${number}; expected ${expected}`,
      {
        place: place && { offset: place.offset },
      },
    );
  }
}
