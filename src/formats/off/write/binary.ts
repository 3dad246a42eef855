/**
 * Writes binary OFF as Geomview's manual defines it: a line with the keyword and ` BINARY`, then only 32-bit big-endian
 * integers and floats. The content is chosen in write.ts.
 */

import { UsageError } from '../../../errors.js';
import { CHUNK_BYTES } from '../../../memory.js';
import type { MeshSelection, Warning } from '../../../mesh.js';
import { countOf, formatCount } from '../../../wording.js';
import { ChunkBuffers, type GapFiller } from '../../shared/output.js';
import type { OutputChunk } from '../../writer.js';
import { hasColor } from './color.js';

/** The maximum count and id. */
const BINARY_COUNT_MAX = 2 ** 31 - 1;

/** Bytes of a vertex with position, normal and color; faces take fewer. */
const RECORD_BYTES = 4 * (3 + 3 + 4);

interface BinaryLayout {
  /** The first line of the header, without its line end. */
  readonly keyword: string;
  /** Undefined if vertices are written without normals. */
  readonly normals: GapFiller | undefined;
  readonly colors: GapFiller | undefined;
  readonly hasFaceColors: boolean;
}

/**
 * Formats the selection as binary OFF with the given layout, chunk by chunk. Positions that do not fit in 32 bits are
 * rounded, with a warning after the vertices. Throws UsageError if they are too large for that, or if there are more
 * vertices or triangles than {@link BINARY_COUNT_MAX}.
 */
export function* formatBinary(
  selection: MeshSelection,
  layout: BinaryLayout,
  warn: (warning: Warning) => void,
): Generator<OutputChunk> {
  const { vertexCount, triangleCount } = selection;
  // The largest id is below the number of vertices.
  checkCount(vertexCount, 'vertices');
  checkCount(triangleCount, 'triangles');
  const buffers = new ChunkBuffers();
  let buffer = buffers.next();
  let view = new DataView(buffer.buffer);
  let at = Buffer.from(buffer.buffer).write(`${layout.keyword} BINARY\n`, 'latin1');
  for (const count of [vertexCount, triangleCount, 0]) {
    view.setInt32(at, count);
    at += 4;
  }
  let rows = 0;
  let rounded = 0;

  for (const batch of selection.vertices()) {
    const { count, positions } = batch;
    const normals = layout.normals?.fill(batch.normals, count);
    const colors = layout.colors?.fill(batch.colors, count);
    for (let k = 0; k < count; k++) {
      if (at > CHUNK_BYTES - RECORD_BYTES) {
        yield { bytes: buffer.subarray(0, at), rows: rows + k };
        buffer = buffers.next();
        view = new DataView(buffer.buffer);
        at = 0;
      }
      if (isRounded(positions, 3 * k, rows + k)) rounded++;
      at = writeFloats(positions, 3 * k, 3, view, at);
      if (normals !== undefined) at = writeFloats(normals, 3 * k, 3, view, at);
      if (colors !== undefined) at = writeFloats(colors, 4 * k, 4, view, at);
    }
    rows += count;
  }
  if (rounded > 0) {
    const share = `${formatCount(rounded)} of ${countOf(vertexCount, 'vertex', 'vertices')}`;
    warn({ kind: 'off-rounded', message: `${share} are rounded to the 32 bits of binary OFF` });
  }
  for (const { count, corners, colors } of selection.triangles()) {
    const faceColors = layout.hasFaceColors ? colors : undefined;
    for (let k = 0; k < count; k++) {
      if (at > CHUNK_BYTES - RECORD_BYTES) {
        yield { bytes: buffer.subarray(0, at), rows: rows + k };
        buffer = buffers.next();
        view = new DataView(buffer.buffer);
        at = 0;
      }
      view.setInt32(at, 3);
      view.setInt32(at + 4, corners[3 * k]!);
      view.setInt32(at + 8, corners[3 * k + 1]!);
      view.setInt32(at + 12, corners[3 * k + 2]!);
      const isColored = faceColors !== undefined && hasColor(faceColors, 4 * k);
      view.setInt32(at + 16, isColored ? 4 : 0);
      at += 20;
      if (isColored) at = writeFloats(faceColors, 4 * k, 4, view, at);
    }
    rows += count;
  }
  yield { bytes: buffer.subarray(0, at), rows };
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
