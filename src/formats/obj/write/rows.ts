/** Writes the rows of OBJ: `v` and `vn` of a vertex, `f` of a triangle, with numbers from 1. */
import { NUMBER_TEXT_MAX, type NumberWriter, writeWhole } from '../../../io/number-text.js';
import type { VertexBatch } from '../../../mesh.js';
import { writeTriple } from '../../shared/digits.js';
import { viewOf } from '../../shared/output.js';
import { BLANK, LF } from '../../shared/text.js';

/** Room for the longest row: position, color and normal, with keywords, spaces and line ends. */
export const ROW_BYTES = 9 * (NUMBER_TEXT_MAX + 1) + 6;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_V = 0x76;
const SLASH = 0x2f;

/** How the numbers of a vertex are written. */
export interface VertexWriters {
  readonly position: NumberWriter;
  readonly normal: NumberWriter;
  readonly color: NumberWriter;
}

/** Writes vertices `[from, to)` with the colors and normals that the batch has; returns where they end. */
export function writeVertices(
  { positions, colors, normals }: Omit<VertexBatch, 'count'>,
  from: number,
  to: number,
  write: VertexWriters,
  target: Uint8Array,
  start: number,
): number {
  const view = viewOf(target);
  let at = start;
  for (let k = from; k < to; k++) {
    view.setUint8(at++, LETTER_V);
    view.setUint8(at++, BLANK);
    at = writeTriple(positions, 3 * k, write.position, view, at);
    if (colors !== undefined) {
      view.setUint8(at++, BLANK);
      at = writeTriple(colors, 4 * k, write.color, view, at);
    }
    view.setUint8(at++, LF);
    if (normals === undefined) continue;
    view.setUint8(at++, LETTER_V);
    view.setUint8(at++, LETTER_N);
    view.setUint8(at++, BLANK);
    at = writeTriple(normals, 3 * k, write.normal, view, at);
    view.setUint8(at++, LF);
  }
  return at;
}

/** Writes triangles `[from, to)`; each corner has the normal of its vertex. */
export function writeTriangles(
  corners: Float64Array,
  from: number,
  to: number,
  target: Uint8Array,
  start: number,
): number {
  const view = viewOf(target);
  let at = start;
  for (let k = 3 * from; k < 3 * to; k += 3) {
    view.setUint8(at++, LETTER_F);
    for (let d = k; d < k + 3; d++) {
      view.setUint8(at++, BLANK);
      at = writeWhole(corners[d]! + 1, view, at);
      view.setUint8(at++, SLASH);
      view.setUint8(at++, SLASH);
      at = writeWhole(corners[d]! + 1, view, at);
    }
    view.setUint8(at++, LF);
  }
  return at;
}
