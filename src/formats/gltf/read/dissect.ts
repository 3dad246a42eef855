/** Names the bytes of a vertex or a triangle. */
import type { BinaryField } from '../../format.js';
import type { Buffers } from '../buffers.js';
import type { RecordRows } from './records.js';
import { readComponent } from './row-reader.js';

/** Names the numbers in the rows of a record; none if the bytes are base64. */
export function dissectRows(
  { rows, isPlain }: RecordRows,
  buffers: Buffers,
  bytes: Uint8Array,
): readonly BinaryField[] {
  if (rows === undefined || !isPlain(buffers)) return [];
  const { components, rowBytes, stride, type } = rows;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fields: BinaryField[] = [];
  for (let from = 0; from + rowBytes <= bytes.length; from += stride) {
    const width = rowBytes / components;
    const values = Array.from({ length: components }, (_, k) => readComponent(view, from + k * width, type));
    const name = components === 1 ? 'vertex' : 'position';
    fields.push({ name: `${name} ${fields.length}`, from, to: from + rowBytes, values });
  }
  return fields;
}
