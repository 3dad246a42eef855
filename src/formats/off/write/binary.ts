/**
 * Writes binary OFF as Geomview's manual defines it: a line with the keyword and ` BINARY`, then only 32-bit big-endian
 * integers and floats. The content is chosen in write.ts.
 */

import { UsageError } from '../../../errors.js';
import { formatCount } from '../../../wording.js';
import type { ContentFillers } from '../../shared/content.js';
import { viewOf } from '../../shared/output.js';
import type { RowWriter, SelectionFacts } from '../../writer.js';
import { hasColor } from './color.js';

/** The maximum count and id. */
const BINARY_COUNT_MAX = 2 ** 31 - 1;

/** Bytes of a vertex with position, normal and color; faces take fewer. */
const RECORD_BYTES = 4 * (3 + 3 + 4);

/**
 * Binary OFF row by row: the filled normals and colors of vertices, and the colors of faces that have one. Positions that
 * do not fit in 32 bits are rounded; the tally of the fillers counts such vertices as `rounded`. Throws UsageError if they are too large for that, or if there are more vertices or
 * triangles than {@link BINARY_COUNT_MAX}.
 */
export function binaryRows(
  { vertexCount, triangleCount }: SelectionFacts,
  keyword: string,
  fillers: ContentFillers,
  hasFaceColors: boolean,
): RowWriter {
  // The largest id is below the number of vertices.
  checkCount(vertexCount, 'vertices');
  checkCount(triangleCount, 'triangles');
  const { tally } = fillers;
  tally.rounded = 0;
  return {
    header: headerOf(keyword, [vertexCount, triangleCount, 0]),
    rowBytes: RECORD_BYTES,

    vertices(batch, from, to, target, at) {
      const { positions, first = 0 } = batch;
      const normals = fillers.normals?.fill(batch.normals, from, to);
      const colors = fillers.colors?.fill(batch.colors, from, to);
      const view = viewOf(target);
      for (let k = from; k < to; k++) {
        if (isRounded(positions, 3 * k, first + k)) tally.rounded!++;
        at = writeFloats(positions, 3 * k, 3, view, at);
        if (normals !== undefined) at = writeFloats(normals, 3 * k, 3, view, at);
        if (colors !== undefined) at = writeFloats(colors, 4 * k, 4, view, at);
      }
      return at;
    },

    triangles({ corners, colors }, from, to, target, at) {
      const view = viewOf(target);
      for (let k = from; k < to; k++) {
        view.setInt32(at, 3);
        view.setInt32(at + 4, corners[3 * k]!);
        view.setInt32(at + 8, corners[3 * k + 1]!);
        view.setInt32(at + 12, corners[3 * k + 2]!);
        const isColored = hasFaceColors && colors !== undefined && hasColor(colors, 4 * k);
        view.setInt32(at + 16, isColored ? 4 : 0);
        at += 20;
        if (isColored) at = writeFloats(colors, 4 * k, 4, view, at);
      }
      return at;
    },
  };
}

function headerOf(keyword: string, counts: readonly number[]): Uint8Array {
  const line = `${keyword} BINARY\n`;
  const header = Buffer.alloc(line.length + 4 * counts.length);
  let at = header.write(line, 'latin1');
  for (const count of counts) at = header.writeInt32BE(count, at);
  return header;
}

function writeFloats(values: Float64Array, k: number, count: number, view: DataView, at: number): number {
  for (let d = 0; d < count; d++) view.setFloat32(at + 4 * d, values[k + d]!);
  return at + 4 * count;
}

/** Whether the position that begins at `positions[k]` does not fit in 32 bits. */
function isRounded(positions: Float64Array, k: number, id: number): boolean {
  let isExact = true;
  for (let d = k; d < k + 3; d++) {
    const value = positions[d]!;
    const float = Math.fround(value);
    if (float === value) continue;
    isExact = false;
    if (Number.isFinite(float)) continue;
    throw new UsageError(
      `vertex ${id} has the coordinate ${value}; expected at most 3.4028235e38, the largest number in binary OFF`,
      { hint: 'omit `off.binary`' },
    );
  }
  return !isExact;
}

function checkCount(count: number, what: string): void {
  if (count <= BINARY_COUNT_MAX) return;
  throw new UsageError(
    `${formatCount(count)} ${what}; expected at most ${formatCount(BINARY_COUNT_MAX)}, the limit of binary OFF`,
    { hint: 'omit `off.binary`' },
  );
}
