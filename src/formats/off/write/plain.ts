/**
 * Writes plain OFF: `OFF`, counts, vertices, triangles, each on a line of its own. Every OFF reader accepts this form.
 * There are no colors and no normals here, which keeps the loops short.
 */

import { NUMBER_TEXT_MAX, type NumberWriter, writeInteger } from '../../../io/number-text.js';
import { writeTriple } from '../../shared/digits.js';
import { viewOf } from '../../shared/output.js';
import { LF } from '../../shared/text.js';
import type { RowWriter, SelectionFacts } from '../../writer.js';

/** Room for the longest line: three numbers, a count, spaces and the line end. */
const LINE_BYTES = 4 * (NUMBER_TEXT_MAX + 1);
const THREE_AND_BLANK = 0x2033;

/** Plain OFF row by row; `writeCoordinate` writes at most NUMBER_TEXT_MAX bytes. */
export function plainRows(
  { vertexCount, triangleCount }: SelectionFacts,
  writeCoordinate: NumberWriter,
): RowWriter {
  return {
    header: Buffer.from(`OFF\n${vertexCount} ${triangleCount} 0\n`, 'latin1'),
    rowBytes: LINE_BYTES,
    vertices: ({ positions }, from, to, target, at) =>
      writeVertexLines(positions, from, to, writeCoordinate, viewOf(target), at),
    triangles: ({ corners }, from, to, target, at) =>
      writeTriangleLines(corners, from, to, viewOf(target), at),
  };
}

/** Writes vertices `[from, to)`, a line each, to `target` from `at` on; returns where they end. */
function writeVertexLines(
  positions: Float64Array,
  from: number,
  to: number,
  writeCoordinate: NumberWriter,
  target: DataView,
  start: number,
): number {
  let at = start;
  for (let k = 3 * from; k < 3 * to; k += 3) {
    at = writeTriple(positions, k, writeCoordinate, target, at);
    target.setUint8(at++, LF);
  }
  return at;
}

/** Writes triangles `[from, to)`, a line each, to `target` from `at` on; returns where they end. */
function writeTriangleLines(
  corners: Float64Array,
  from: number,
  to: number,
  target: DataView,
  start: number,
): number {
  let at = start;
  for (let k = 3 * from; k < 3 * to; k += 3) {
    target.setUint16(at, THREE_AND_BLANK, true);
    at = writeTriple(corners, k, writeInteger, target, at + 2);
    target.setUint8(at++, LF);
  }
  return at;
}
