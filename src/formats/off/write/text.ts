/**
 * Writes OFF with colors or normals as text: position, normal, color on the line of a vertex; the color of a face after its
 * corners, as in Geomview's manual. The content is chosen in write.ts.
 */

import { NUMBER_TEXT_MAX, type NumberWriter, writeInteger } from '../../../io/number-text.js';
import { CHUNK_BYTES } from '../../../memory.js';
import type { MeshSelection } from '../../../mesh.js';
import { ChunkBuffers, type GapFiller } from '../../shared/output.js';
import { BLANK, LF } from '../../shared/text.js';
import type { OutputChunk } from '../../writer.js';
import { COLOR_BYTES, type ColorWriter, hasColor } from './color.js';

/** Room for the longest line: the six numbers of position and normal, spaces, a color and the line end. */
const LINE_BYTES = 6 * (NUMBER_TEXT_MAX + 1) + COLOR_BYTES + 1;
const THREE = 0x33;

interface TextLayout {
  /** The first line of the header, without its line end. */
  readonly keyword: string;
  readonly writeCoordinate: NumberWriter;
  readonly writeNormal: NumberWriter;
  readonly writeVertexColor: ColorWriter;
  /** Undefined if faces are written without colors. */
  readonly writeFaceColor: ColorWriter | undefined;
  /** Undefined if vertices are written without normals. */
  readonly normals: GapFiller | undefined;
  readonly colors: GapFiller | undefined;
}

/** Formats the selection as text with the given layout, chunk by chunk. */
export function* formatText(selection: MeshSelection, layout: TextLayout): Generator<OutputChunk> {
  const { vertexCount, triangleCount } = selection;
  const { writeCoordinate, writeNormal, writeVertexColor, writeFaceColor } = layout;
  const buffers = new ChunkBuffers();
  let buffer = buffers.next();
  const header = `${layout.keyword}\n${vertexCount} ${triangleCount} 0\n`;
  let at = Buffer.from(buffer.buffer).write(header, 'latin1');
  let rows = 0;

  for (const batch of selection.vertices()) {
    const { count, positions } = batch;
    const normals = layout.normals?.fill(batch.normals, count);
    const colors = layout.colors?.fill(batch.colors, count);
    for (let k = 0; k < count; k++) {
      if (at > CHUNK_BYTES - LINE_BYTES) {
        yield { bytes: buffer.subarray(0, at), rows: rows + k };
        buffer = buffers.next();
        at = 0;
      }
      at = writeTriple(positions, 3 * k, writeCoordinate, buffer, at);
      if (normals !== undefined) {
        buffer[at++] = BLANK;
        at = writeTriple(normals, 3 * k, writeNormal, buffer, at);
      }
      if (colors !== undefined) at = writeVertexColor(colors, 4 * k, buffer, at);
      buffer[at++] = LF;
    }
    rows += count;
  }
  for (const { count, corners, colors } of selection.triangles()) {
    for (let k = 0; k < count; k++) {
      if (at > CHUNK_BYTES - LINE_BYTES) {
        yield { bytes: buffer.subarray(0, at), rows: rows + k };
        buffer = buffers.next();
        at = 0;
      }
      buffer[at++] = THREE;
      buffer[at++] = BLANK;
      at = writeTriple(corners, 3 * k, writeInteger, buffer, at);
      if (writeFaceColor !== undefined && colors !== undefined && hasColor(colors, 4 * k)) {
        at = writeFaceColor(colors, 4 * k, buffer, at);
      }
      buffer[at++] = LF;
    }
    rows += count;
  }
  yield { bytes: buffer.subarray(0, at), rows };
}

function writeTriple(
  values: Float64Array,
  k: number,
  write: NumberWriter,
  target: Uint8Array,
  start: number,
): number {
  let at = write(values[k]!, target, start);
  target[at++] = BLANK;
  at = write(values[k + 1]!, target, at);
  target[at++] = BLANK;
  return write(values[k + 2]!, target, at);
}
