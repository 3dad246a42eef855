/** Names the bytes of a vertex or face of a binary OFF. */
import type { BinaryField, ReadStart } from '../format.js';
import type { BinaryHeader } from './binary-form.js';
import type { OffKeyword } from './header.js';

/** Returns as many fields as there are bytes for; a face may lack the color count. */
export function dissectRecord(
  kind: ReadStart['kind'],
  bytes: Uint8Array,
  { hasNormals, hasColors, hasTexture, colorsFirst }: OffKeyword,
  { isLittleEndian, dimension }: BinaryHeader,
): BinaryField[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fields: BinaryField[] = [];
  let at = 0;
  const read = (name: string, count: number, isFloat: boolean): readonly number[] => {
    const present = Math.min(count, Math.floor((bytes.length - at) / 4));
    const values = Array.from({ length: present }, (_, k) =>
      isFloat ? view.getFloat32(at + 4 * k, isLittleEndian) : view.getInt32(at + 4 * k, isLittleEndian),
    );
    if (present > 0) fields.push({ name, from: at, to: at + 4 * present, values });
    at += 4 * present;
    return values;
  };
  if (kind === 'vertices') {
    read('position', dimension, true);
    if (colorsFirst) read('color', 4, true);
    if (hasNormals) read('normal', 3, true);
    if (hasColors && !colorsFirst) read('color', 4, true);
    if (hasTexture) read('texture', 2, true);
    return fields;
  }
  const [size = 0] = read('number of corners', 1, false);
  read('corners', size, false);
  const [colors = 0] = read('number of colors', 1, false);
  read('color', colors, true);
  return fields;
}
