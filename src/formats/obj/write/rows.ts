/** Writes the rows of OBJ: `v` and `vn` of a vertex, `f` of a triangle, with numbers from 1. */
import { NUMBER_TEXT_MAX, type NumberWriter, writeInteger } from '../../../io/number-text.js';
import type { TriangleBatch, VertexBatch } from '../../../mesh.js';
import { writeTriple } from '../../shared/digits.js';
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
  at: number,
): number {
  for (let k = from; k < to; k++) {
    target[at++] = LETTER_V;
    target[at++] = BLANK;
    at = writeTriple(positions, 3 * k, write.position, target, at);
    if (colors !== undefined) {
      target[at++] = BLANK;
      at = writeTriple(colors, 4 * k, write.color, target, at);
    }
    target[at++] = LF;
    if (normals === undefined) continue;
    target[at++] = LETTER_V;
    target[at++] = LETTER_N;
    target[at++] = BLANK;
    at = writeTriple(normals, 3 * k, write.normal, target, at);
    target[at++] = LF;
  }
  return at;
}

/** Writes triangles `[from, to)`; each corner has the normal of its vertex if there are normals. */
export function writeTriangles(
  { corners }: TriangleBatch,
  from: number,
  to: number,
  hasNormals: boolean,
  target: Uint8Array,
  at: number,
): number {
  for (let k = 3 * from; k < 3 * to; k += 3) {
    target[at++] = LETTER_F;
    for (let d = k; d < k + 3; d++) {
      target[at++] = BLANK;
      at = writeInteger(corners[d]! + 1, target, at);
      if (!hasNormals) continue;
      target[at++] = SLASH;
      target[at++] = SLASH;
      at = writeInteger(corners[d]! + 1, target, at);
    }
    target[at++] = LF;
  }
  return at;
}
