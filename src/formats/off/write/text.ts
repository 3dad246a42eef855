/**
 * Writes OFF with colors or normals as text: position, normal, color on the line of a vertex; the color of a face after its
 * corners, as in Geomview's manual. The content is chosen in write.ts.
 */

import { NUMBER_TEXT_MAX, type NumberWriter, writeInteger } from '../../../io/number-text.js';
import type { ContentFillers } from '../../shared/content.js';
import { writeTriple } from '../../shared/digits.js';
import { idLines } from '../../shared/line-writer.js';
import { viewOf } from '../../shared/output.js';
import { BLANK, LF } from '../../shared/text.js';
import type { RowWriter, SelectionFacts } from '../../writer.js';
import { COLOR_BYTES, type ColorWriter, hasColor } from './color.js';

/** Room for the longest line: the six numbers of position and normal, spaces, a color and the line end. */
const LINE_BYTES = 6 * (NUMBER_TEXT_MAX + 1) + COLOR_BYTES + 1;
const THREE_AND_BLANK = 0x2033;

interface TextLayout {
  /** The first line of the header, without its line end. */
  readonly keyword: string;
  readonly writeCoordinate: NumberWriter;
  readonly writeNormal: NumberWriter;
  readonly writeVertexColor: ColorWriter;
  /** Undefined if faces are written without colors. */
  readonly writeFaceColor: ColorWriter | undefined;
}

/** OFF as text row by row: the filled normals and colors of vertices, and the colors of faces that have one. */
export function textRows(
  { vertexCount, triangleCount }: SelectionFacts,
  fillers: ContentFillers,
  layout: TextLayout,
): RowWriter {
  const { writeCoordinate, writeNormal, writeVertexColor, writeFaceColor } = layout;
  const writeBareFaces = idLines('3 ', 0);
  return {
    header: Buffer.from(`${layout.keyword}\n${vertexCount} ${triangleCount} 0\n`, 'latin1'),
    rowBytes: LINE_BYTES,

    vertices(batch, from, to, target, start) {
      const { positions } = batch;
      const normals = fillers.normals?.fill(batch.normals, from, to);
      const colors = fillers.colors?.fill(batch.colors, from, to);
      const view = viewOf(target);
      let at = start;
      for (let k = from; k < to; k++) {
        at = writeTriple(positions, 3 * k, writeCoordinate, view, at);
        if (normals !== undefined) {
          view.setUint8(at++, BLANK);
          at = writeTriple(normals, 3 * k, writeNormal, view, at);
        }
        if (colors !== undefined) at = writeVertexColor(colors, 4 * k, view, at);
        view.setUint8(at++, LF);
      }
      return at;
    },

    triangles({ corners, colors }, from, to, target, start) {
      if (writeFaceColor === undefined || colors === undefined) {
        return writeBareFaces(corners, from, to, target, start);
      }
      const view = viewOf(target);
      let at = start;
      for (let k = from; k < to; k++) {
        view.setUint16(at, THREE_AND_BLANK, true);
        at += 2;
        at = writeTriple(corners, 3 * k, writeInteger, view, at);
        if (hasColor(colors, 4 * k)) at = writeFaceColor(colors, 4 * k, view, at);
        view.setUint8(at++, LF);
      }
      return at;
    },
  };
}
