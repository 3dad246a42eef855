/**
 * Writes OFF with colors or normals as text: position, normal, color on the line of a vertex; the color of a face after its
 * corners, as in Geomview's manual. The content is chosen in write.ts.
 */

import { NUMBER_TEXT_MAX, type NumberWriter, writeInteger } from '../../../io/number-text.js';
import { writeTriple } from '../../shared/digits.js';
import { BLANK, LF } from '../../shared/text.js';
import type { RowWriter, SelectionFacts } from '../../writer.js';
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
}

/** OFF as text row by row: the normals and colors that vertices have, and the colors of faces that have one. */
export function textRows({ vertexCount, triangleCount }: SelectionFacts, layout: TextLayout): RowWriter {
  const { writeCoordinate, writeNormal, writeVertexColor, writeFaceColor } = layout;
  return {
    header: Buffer.from(`${layout.keyword}\n${vertexCount} ${triangleCount} 0\n`, 'latin1'),
    rowBytes: LINE_BYTES,

    vertices({ positions, normals, colors }, from, to, target, at) {
      for (let k = from; k < to; k++) {
        at = writeTriple(positions, 3 * k, writeCoordinate, target, at);
        if (normals !== undefined) {
          target[at++] = BLANK;
          at = writeTriple(normals, 3 * k, writeNormal, target, at);
        }
        if (colors !== undefined) at = writeVertexColor(colors, 4 * k, target, at);
        target[at++] = LF;
      }
      return at;
    },

    triangles({ corners, colors }, from, to, target, at) {
      for (let k = from; k < to; k++) {
        target[at++] = THREE;
        target[at++] = BLANK;
        at = writeTriple(corners, 3 * k, writeInteger, target, at);
        if (writeFaceColor !== undefined && colors !== undefined && hasColor(colors, 4 * k)) {
          at = writeFaceColor(colors, 4 * k, target, at);
        }
        target[at++] = LF;
      }
      return at;
    },
  };
}
