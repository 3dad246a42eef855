/** Writes the rows of ASCII PLY, a line each. */
import { NUMBER_TEXT_MAX, writeInteger } from '../../../io/number-text.js';
import { chooseNarrowingWriter, chooseNumberWriter, writeTriple } from '../../shared/digits.js';
import { toByte } from '../../shared/output.js';
import { BLANK, LF } from '../../shared/text.js';
import type { RowWriter, SelectionFacts } from '../../writer.js';
import { type PlyContent, plyHeader } from './content.js';

/** Room for the longest line: a position, a normal and a color, with a blank or a line end after each number. */
const LINE_BYTES = 10 * (NUMBER_TEXT_MAX + 1);

/**
 * ASCII PLY row by row, with numbers of at most `digits` digits; batches have every color and normal that `content`
 * promises.
 */
export function asciiRows(facts: SelectionFacts, content: PlyContent, digits: number | undefined): RowWriter {
  const { precision, hasNormals, hasColors, hasFaceColors } = content;
  const write = chooseNumberWriter(precision, digits);
  const writeNormal = chooseNarrowingWriter(precision, digits);
  return {
    header: plyHeader(facts, content, true),
    rowBytes: LINE_BYTES,

    vertices({ positions, normals, colors }, from, to, target, start) {
      let at = start;
      for (let k = from; k < to; k++) {
        at = writeTriple(positions, 3 * k, write, target, at);
        if (hasNormals) {
          target[at++] = BLANK;
          at = writeTriple(normals!, 3 * k, writeNormal, target, at);
        }
        if (hasColors) at = writeColor(colors!, 4 * k, target, at);
        target[at++] = LF;
      }
      return at;
    },

    triangles({ corners, colors }, from, to, target, start) {
      let at = start;
      for (let k = from; k < to; k++) {
        at = writeInteger(3, target, at);
        target[at++] = BLANK;
        at = writeTriple(corners, 3 * k, writeInteger, target, at);
        if (hasFaceColors) at = writeColor(colors!, 4 * k, target, at);
        target[at++] = LF;
      }
      return at;
    },
  };
}

/** Writes a color as four integers from 0 to 255, with a blank before each. */
function writeColor(values: Float64Array, k: number, target: Uint8Array, start: number): number {
  let at = start;
  for (let d = k; d < k + 4; d++) {
    target[at++] = BLANK;
    at = writeInteger(toByte(values[d]!), target, at);
  }
  return at;
}
