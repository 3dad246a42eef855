/** Reads rows of an accessor as numbers. */
import type { ByteSource } from '../../io/input/byte-source.js';
import type { Accessor } from './document.js';

/** Reads rows `[from, from + count)` into `target`; returns how many are complete before the end of the source. */
export async function readRows(
  source: ByteSource,
  accessor: Accessor,
  from: number,
  count: number,
  target: Float64Array,
): Promise<number> {
  const { stride, components, width, type, normalized, offset } = accessor;
  if (count === 0) return 0;
  const rowBytes = width * components;
  const bytes = new Uint8Array((count - 1) * stride + rowBytes);
  const length = await source.readAt(bytes, offset + from * stride);
  const rows = length < rowBytes ? 0 : Math.floor((length - rowBytes) / stride) + 1;
  const view = new DataView(bytes.buffer);
  const read = READERS[type]!;
  const scale = normalized ? (SCALES[type] ?? 1) : 1;
  for (let row = 0, to = 0; row < rows; row++) {
    for (let k = 0; k < components; k++) {
      const value = read(view, row * stride + k * width);
      target[to++] = scale === 1 ? value : Math.max(value / scale, -1);
    }
  }
  return rows;
}

const READERS: Readonly<Record<number, (view: DataView, at: number) => number>> = {
  5120: (view, at) => view.getInt8(at),
  5121: (view, at) => view.getUint8(at),
  5122: (view, at) => view.getInt16(at, true),
  5123: (view, at) => view.getUint16(at, true),
  5125: (view, at) => view.getUint32(at, true),
  5126: (view, at) => view.getFloat32(at, true),
};

/** What normalized integers are divided by. */
const SCALES: Readonly<Record<number, number>> = { 5120: 127, 5121: 255, 5122: 32_767, 5123: 65_535 };
