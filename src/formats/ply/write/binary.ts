/** Writes the rows of little-endian binary PLY. Each kind of row has one size. */
import type { ContentFillers } from '../../shared/content.js';
import { toByte, viewOf } from '../../shared/output.js';
import type { RowWriter, SelectionFacts } from '../../writer.js';
import { type PlyContent, plyHeader } from './content.js';

/** Size of a face without a color: the number of corners, then three ids of 32 bits. */
const FACE_BYTES = 1 + 3 * 4;
const COLOR_BYTES = 4;

/** Sizes of the rows of binary PLY, in bytes. */
export function rowSizes({ precision, hasNormals, hasColors, hasFaceColors }: PlyContent) {
  const tripleBytes = precision === 'float32' ? 12 : 24;
  return {
    vertex: tripleBytes * (hasNormals ? 2 : 1) + (hasColors ? COLOR_BYTES : 0),
    face: FACE_BYTES + (hasFaceColors ? COLOR_BYTES : 0),
  };
}

/** Binary PLY row by row. */
export function binaryRows(facts: SelectionFacts, content: PlyContent, fillers: ContentFillers): RowWriter {
  const writeTriple = content.precision === 'float32' ? writeFloats : writeDoubles;
  const sizes = rowSizes(content);
  return {
    header: plyHeader(facts, content, false),
    rowBytes: Math.max(sizes.vertex, sizes.face),

    vertices(batch, from, to, target, start) {
      const { positions } = batch;
      const normals = fillers.normals?.fill(batch.normals, from, to);
      const colors = fillers.colors?.fill(batch.colors, from, to);
      const view = viewOf(target);
      let at = start;
      for (let k = from; k < to; k++) {
        at = writeTriple(positions, 3 * k, view, at);
        if (normals !== undefined) at = writeTriple(normals, 3 * k, view, at);
        if (colors !== undefined) at = writeColor(colors, 4 * k, target, at);
      }
      return at;
    },

    triangles(batch, from, to, target, start) {
      const { corners } = batch;
      const colors = fillers.faceColors?.fill(batch.colors, from, to);
      const view = viewOf(target);
      let at = start;
      for (let k = from; k < to; k++) {
        target[at] = 3;
        view.setUint32(at + 1, corners[3 * k]!, true);
        view.setUint32(at + 5, corners[3 * k + 1]!, true);
        view.setUint32(at + 9, corners[3 * k + 2]!, true);
        at += FACE_BYTES;
        if (colors !== undefined) at = writeColor(colors, 4 * k, target, at);
      }
      return at;
    },
  };
}

function writeFloats(values: Float64Array, k: number, view: DataView, at: number): number {
  for (let d = 0; d < 3; d++) view.setFloat32(at + 4 * d, values[k + d]!, true);
  return at + 12;
}

function writeDoubles(values: Float64Array, k: number, view: DataView, at: number): number {
  for (let d = 0; d < 3; d++) view.setFloat64(at + 8 * d, values[k + d]!, true);
  return at + 24;
}

function writeColor(values: Float64Array, k: number, target: Uint8Array, at: number): number {
  for (let d = 0; d < COLOR_BYTES; d++) target[at + d] = toByte(values[k + d]!);
  return at + COLOR_BYTES;
}
