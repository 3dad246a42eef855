/** Writes the rows of ASCII PLY, a line each. */
import { NUMBER_TEXT_MAX, writeInt32, writeInteger } from '../../../io/number-text.js';
import type { ContentFillers } from '../../shared/content.js';
import { chooseNarrowingWriter, chooseNumberWriter, writeTriple } from '../../shared/digits.js';
import { idLines, positionLines } from '../../shared/line-writer.js';
import { toByte, viewOf } from '../../shared/output.js';
import { BLANK, LF } from '../../shared/text.js';
import type { RowWriter, SelectionFacts } from '../../writer.js';
import { type PlyContent, plyHeader } from './content.js';

/** Room for the longest line: a position, a normal and a color, with a blank or a line end after each number. */
const LINE_BYTES = 10 * (NUMBER_TEXT_MAX + 1);

/**
 * ASCII PLY row by row, with numbers of at most `digits` digits.
 */
export function asciiRows(
  facts: SelectionFacts,
  content: PlyContent,
  fillers: ContentFillers,
  digits: number | undefined,
): RowWriter {
  const { precision } = content;
  const write = chooseNumberWriter(precision, digits);
  const writeNormal = chooseNarrowingWriter(precision, digits);
  const writeBareVertices = positionLines('', write);
  const writeBareTriangles = idLines('3 ', 0);
  return {
    header: plyHeader(facts, content, true),
    rowBytes: LINE_BYTES,

    vertices(batch, from, to, target, start) {
      const { positions } = batch;
      const normals = fillers.normals?.fill(batch.normals, from, to);
      const colors = fillers.colors?.fill(batch.colors, from, to);
      if (normals === undefined && colors === undefined) {
        return writeBareVertices(positions, from, to, target, start);
      }
      const view = viewOf(target);
      let at = start;
      for (let k = from; k < to; k++) {
        at = writeTriple(positions, 3 * k, write, view, at);
        if (normals !== undefined) {
          view.setUint8(at++, BLANK);
          at = writeTriple(normals, 3 * k, writeNormal, view, at);
        }
        if (colors !== undefined) at = writeColor(colors, 4 * k, view, at);
        view.setUint8(at++, LF);
      }
      return at;
    },

    triangles(batch, from, to, target, start) {
      const { corners } = batch;
      const colors = fillers.faceColors?.fill(batch.colors, from, to);
      if (colors === undefined) return writeBareTriangles(corners, from, to, target, start);
      const view = viewOf(target);
      let at = start;
      for (let k = from; k < to; k++) {
        at = writeInt32(3, view, at);
        view.setUint8(at++, BLANK);
        at = writeTriple(corners, 3 * k, writeInteger, view, at);
        at = writeColor(colors, 4 * k, view, at);
        view.setUint8(at++, LF);
      }
      return at;
    },
  };
}

/** Writes a color as four integers from 0 to 255, with a blank before each. */
function writeColor(values: Float64Array, k: number, target: DataView, start: number): number {
  let at = start;
  for (let d = k; d < k + 4; d++) {
    target.setUint8(at++, BLANK);
    at = writeInt32(toByte(values[d]!), target, at);
  }
  return at;
}
