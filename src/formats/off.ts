/**
 * OFF, written: `OFF`, counts, vertices, triangles, each on a line of its own. The one form that every reader
 * of OFF takes.
 *
 * The mesh streams through two buffers; numbers are the shortest text that reads back to the same value.
 */
import { NUMBER_TEXT_MAX, writeFloat32, writeFloat64, writeInteger } from '../io/number-text.js';
import type { MeshSelection } from '../mesh.js';
import { BLANK, LF } from './text.js';

/** Bytes written at a time. */
const BUFFER_BYTES = 2 ** 20;
/** Room for the longest line: three numbers, a count, blanks and the line end. */
const LINE_BYTES = 4 * (NUMBER_TEXT_MAX + 1);
const THREE = 0x33;

export interface OffChunk {
  /** Text to append; valid until the chunk after the next is asked for. */
  readonly bytes: Uint8Array;
  /** Vertices and triangles in it and all chunks before. */
  readonly rows: number;
}

/** The selection as OFF text, chunk by chunk. */
export function* formatOff(selection: MeshSelection): Generator<OffChunk> {
  const { vertexCount, triangleCount } = selection;
  const buffers = [new Uint8Array(BUFFER_BYTES), new Uint8Array(BUFFER_BYTES)] as const;
  const writeCoordinate = selection.precision === 'float32' ? writeFloat32 : writeFloat64;
  let current = 0;
  let buffer: Uint8Array = buffers[0];
  let at = 0;
  let rows = 0;

  at += Buffer.from(buffer.buffer).write(`OFF\n${vertexCount} ${triangleCount} 0\n`, 'latin1');
  for (const { count, positions } of selection.vertices()) {
    for (let k = 0; k < 3 * count; k += 3) {
      if (at > BUFFER_BYTES - LINE_BYTES) {
        yield { bytes: buffer.subarray(0, at), rows: rows + k / 3 };
        buffer = buffers[++current & 1]!;
        at = 0;
      }
      at = writeCoordinate(positions[k]!, buffer, at);
      buffer[at++] = BLANK;
      at = writeCoordinate(positions[k + 1]!, buffer, at);
      buffer[at++] = BLANK;
      at = writeCoordinate(positions[k + 2]!, buffer, at);
      buffer[at++] = LF;
    }
    rows += count;
  }
  for (const { count, corners } of selection.triangles()) {
    for (let k = 0; k < 3 * count; k += 3) {
      if (at > BUFFER_BYTES - LINE_BYTES) {
        yield { bytes: buffer.subarray(0, at), rows: rows + k / 3 };
        buffer = buffers[++current & 1]!;
        at = 0;
      }
      buffer[at++] = THREE;
      buffer[at++] = BLANK;
      at = writeInteger(corners[k]!, buffer, at);
      buffer[at++] = BLANK;
      at = writeInteger(corners[k + 1]!, buffer, at);
      buffer[at++] = BLANK;
      at = writeInteger(corners[k + 2]!, buffer, at);
      buffer[at++] = LF;
    }
    rows += count;
  }
  yield { bytes: buffer.subarray(0, at), rows };
}
