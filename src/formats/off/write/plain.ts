/**
 * Writes plain OFF: `OFF`, counts, vertices, triangles, each on a line of its own. Every OFF reader accepts this form.
 * There are no colors and no normals here, which keeps the loops short.
 */

import { NUMBER_TEXT_MAX, type NumberWriter, writeInteger } from '../../../io/number-text.js';
import { CHUNK_BYTES } from '../../../memory.js';
import type { MeshSelection } from '../../../mesh.js';
import { BLANK, LF } from '../../shared/text.js';
import { ChunkBuffers, type OffChunk } from './output.js';

/** Room for the longest line: three numbers, a count, spaces and the line end. */
export const LINE_BYTES = 4 * (NUMBER_TEXT_MAX + 1);
const THREE = 0x33;

/** Returns the lines before the first vertex. */
export function plainHeader(vertexCount: number, triangleCount: number): Uint8Array {
  return Buffer.from(`OFF\n${vertexCount} ${triangleCount} 0\n`, 'latin1');
}

/** Formats the selection as plain OFF, chunk by chunk; `writeCoordinate` writes at most NUMBER_TEXT_MAX bytes. */
export function* formatPlain(selection: MeshSelection, writeCoordinate: NumberWriter): Generator<OffChunk> {
  const buffers = new ChunkBuffers();
  let buffer = buffers.next();
  const header = plainHeader(selection.vertexCount, selection.triangleCount);
  buffer.set(header);
  let at = header.length;
  let rows = 0;

  for (const { count, positions } of selection.vertices()) {
    for (let k = 0; k < count; ) {
      const some = Math.min(count - k, Math.floor((CHUNK_BYTES - at) / LINE_BYTES));
      at = writeVertexLines(positions, k, k + some, writeCoordinate, buffer, at);
      k += some;
      rows += some;
      if (k === count) break;
      yield { bytes: buffer.subarray(0, at), rows };
      buffer = buffers.next();
      at = 0;
    }
  }
  for (const { count, corners } of selection.triangles()) {
    for (let k = 0; k < count; ) {
      const some = Math.min(count - k, Math.floor((CHUNK_BYTES - at) / LINE_BYTES));
      at = writeTriangleLines(corners, k, k + some, buffer, at);
      k += some;
      rows += some;
      if (k === count) break;
      yield { bytes: buffer.subarray(0, at), rows };
      buffer = buffers.next();
      at = 0;
    }
  }
  yield { bytes: buffer.subarray(0, at), rows };
}

/** Writes vertices `[from, to)`, a line each, to `buffer` from `at` on; returns where they end. */
export function writeVertexLines(
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
export function writeTriangleLines(
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
