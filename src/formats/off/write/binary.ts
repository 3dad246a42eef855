/**
 * Binary OFF, written as Geomview's manual has it: the keyword and ` BINARY` on a line, then 32-bit big-endian
 * integers and floats alone. It does not choose what is written; see write.ts.
 */

import { UsageError } from '../../../errors.js';
import { CHUNK_BYTES } from '../../../memory.js';
import type { MeshSelection, Warning } from '../../../mesh.js';
import { countOf, formatCount } from '../../../wording.js';
import { ChunkBuffers, type GapFiller } from '../../shared/output.js';
import type { OutputChunk } from '../../writer.js';
import { hasColor } from './color.js';

/** The largest count and the largest id. */
const BINARY_COUNT_MAX = 2 ** 31 - 1;

/** Bytes of a vertex with position, normal and colour; those of a face are fewer. */
const RECORD_BYTES = 4 * (3 + 3 + 4);

interface BinaryLayout {
  /** The header's first line, without its end. */
  readonly keyword: string;
  /** Absent where vertices are written without. */
  readonly normals: GapFiller | undefined;
  readonly colors: GapFiller | undefined;
  readonly hasFaceColors: boolean;
}

/**
 * The selection as binary OFF with what the layout names, chunk by chunk. Positions that 32 bits do not hold are
 * rounded, with a warning at the end of the vertices; throws UsageError where they are too large for that, and where
 * there are more vertices or triangles than {@link BINARY_COUNT_MAX}.
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

/** Whether 32 bits do not hold the position that begins at `positions[k]`. */
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
      { hint: 'leave `off.binary` out' },
    );
  }
  return !isExact;
}

function checkCount(count: number, what: string): void {
  if (count <= BINARY_COUNT_MAX) return;
  throw new UsageError(
    `${formatCount(count)} ${what}; expected at most ${formatCount(BINARY_COUNT_MAX)}, the limit of binary OFF`,
    { hint: 'leave `off.binary` out' },
  );
}
