/**
 * Plain OFF, written: `OFF`, counts, vertices, triangles, each on a line of its own. The one form that every
 * reader of OFF takes. It knows no colours and no normals, so that its loops stay as short as they are.
 */
import { NUMBER_TEXT_MAX, type NumberWriter, writeInteger } from '../../io/number-text.js';
import type { MeshSelection } from '../../mesh.js';
import { BLANK, LF } from '../text.js';
import { CHUNK_BYTES, ChunkBuffers, type OffChunk } from './output.js';

/** Room for the longest line: three numbers, a count, blanks and the line end. */
const LINE_BYTES = 4 * (NUMBER_TEXT_MAX + 1);
const THREE = 0x33;

/** The selection as plain OFF, chunk by chunk; `writeCoordinate` writes at most NUMBER_TEXT_MAX bytes. */
export function* formatPlain(selection: MeshSelection, writeCoordinate: NumberWriter): Generator<OffChunk> {
  const { vertexCount, triangleCount } = selection;
  const buffers = new ChunkBuffers();
  let buffer = buffers.next();
  let at = Buffer.from(buffer.buffer).write(`OFF\n${vertexCount} ${triangleCount} 0\n`, 'latin1');
  let rows = 0;

  for (const { count, positions } of selection.vertices()) {
    for (let k = 0; k < 3 * count; k += 3) {
      if (at > CHUNK_BYTES - LINE_BYTES) {
        yield { bytes: buffer.subarray(0, at), rows: rows + k / 3 };
        buffer = buffers.next();
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
      if (at > CHUNK_BYTES - LINE_BYTES) {
        yield { bytes: buffer.subarray(0, at), rows: rows + k / 3 };
        buffer = buffers.next();
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
