/**
 * Writes plain OFF: `OFF`, counts, vertices, triangles, each on a line of its own. Every OFF reader accepts this form.
 * There are no colors and no normals here, which keeps the loops short.
 */

import { NUMBER_TEXT_MAX, type NumberWriter, writeInteger } from '../../../io/number-text.js';
import { BLANK, LF } from '../../shared/text.js';
import type { RowWriter, SelectionFacts } from '../../writer.js';

/** Room for the longest line: three numbers, a count, spaces and the line end. */
const LINE_BYTES = 4 * (NUMBER_TEXT_MAX + 1);
const THREE = 0x33;

/** Plain OFF row by row; `writeCoordinate` writes at most NUMBER_TEXT_MAX bytes. */
export function plainRows(
  { vertexCount, triangleCount }: Pick<SelectionFacts, 'vertexCount' | 'triangleCount'>,
  writeCoordinate: NumberWriter,
): RowWriter {
  return {
    header: Buffer.from(`OFF\n${vertexCount} ${triangleCount} 0\n`, 'latin1'),
    rowBytes: LINE_BYTES,
    vertices: ({ positions }, from, to, target, at) =>
      writeVertexLines(positions, from, to, writeCoordinate, target, at),
    triangles: ({ corners }, from, to, target, at) => writeTriangleLines(corners, from, to, target, at),
  };
}

/** Writes vertices `[from, to)`, a line each, to `buffer` from `at` on; returns where they end. */
function writeVertexLines(
  positions: Float64Array,
  from: number,
  to: number,
  writeCoordinate: NumberWriter,
  buffer: Uint8Array,
  at: number,
): number {
  for (let k = 3 * from; k < 3 * to; k += 3) {
    at = writeCoordinate(positions[k]!, buffer, at);
    buffer[at++] = BLANK;
    at = writeCoordinate(positions[k + 1]!, buffer, at);
    buffer[at++] = BLANK;
    at = writeCoordinate(positions[k + 2]!, buffer, at);
    buffer[at++] = LF;
  }
  return at;
}

/** Writes triangles `[from, to)`, a line each, to `buffer` from `at` on; returns where they end. */
function writeTriangleLines(
  corners: Float64Array,
  from: number,
  to: number,
  buffer: Uint8Array,
  at: number,
): number {
  for (let k = 3 * from; k < 3 * to; k += 3) {
    buffer[at++] = THREE;
    buffer[at++] = BLANK;
    at = writeInteger(corners[k]!, buffer, at);
    buffer[at++] = BLANK;
    at = writeInteger(corners[k + 1]!, buffer, at);
    buffer[at++] = BLANK;
    at = writeInteger(corners[k + 2]!, buffer, at);
    buffer[at++] = LF;
  }
  return at;
}
