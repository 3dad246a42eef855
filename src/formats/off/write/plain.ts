/**
 * Writes plain OFF: `OFF`, counts, vertices, triangles, each on a line of its own. Every OFF reader accepts this form.
 * There are no colors and no normals here, so kernels write the lines.
 */

import type { NumberWriter } from '../../../io/number-text.js';
import { idLines, LINE_BYTES, positionLines } from '../../shared/line-writer.js';
import type { RowWriter, SelectionFacts } from '../../writer.js';

/** Plain OFF row by row; `writeCoordinate` writes at most NUMBER_TEXT_MAX bytes. */
export function plainRows(
  { vertexCount, triangleCount }: SelectionFacts,
  writeCoordinate: NumberWriter,
): RowWriter {
  const writeVertices = positionLines('', writeCoordinate);
  const writeTriangles = idLines('3 ', 0);
  return {
    header: Buffer.from(`OFF\n${vertexCount} ${triangleCount} 0\n`, 'latin1'),
    rowBytes: LINE_BYTES,
    vertices: ({ positions }, from, to, target, at) => writeVertices(positions, from, to, target, at),
    triangles: ({ corners }, from, to, target, at) => writeTriangles(corners, from, to, target, at),
  };
}
