/**
 * OBJ: vertices, and faces that refer to them by number, a statement a line. The door to its reader.
 *
 * Materials, texture coordinates and free-form shapes are not read; the names of objects, groups and materials are.
 */
import { ByteWindow } from '../../io/byte-window.js';
import type { MeshItem } from '../../mesh.js';
import type { Format, ReadStart } from '../format.js';
import type { PieceParsers } from '../pieces.js';
import { looksLikeText, skipByteOrderMark } from '../text.js';
import { forecastTriangles, readsLikeObj } from './head.js';
import { ObjParser } from './parser.js';

/** Wavefront OBJ, the triangles of it. */
export const obj = {
  id: 'obj',
  name: 'OBJ (Wavefront)',
  extensions: ['obj'],

  sniff(head) {
    if (!looksLikeText(head) || !readsLikeObj(head)) return undefined;
    return 'its first lines are OBJ statements';
  },

  open(source, options) {
    const { head, size } = source;
    const window = new ByteWindow(source);
    const parser = new ObjParser(window, options);
    return {
      encoding: 'ascii',
      precision: 'float64',
      layout: 'indexed',
      expectedTriangles: size === undefined ? undefined : forecastTriangles(head, size),
      items: (_parsers?: PieceParsers, start?: ReadStart) =>
        readItems(window, parser, skipByteOrderMark(head), start),
      colorScales: () => ({ vertex: parser.vertices.colorMax > 1 ? 255 : 1, face: 1 }),
    };
  },
} as const satisfies Format;

async function* readItems(
  window: ByteWindow,
  parser: ObjParser,
  textStart: number,
  start?: ReadStart,
): AsyncGenerator<MeshItem> {
  const vertices = parser.vertices.batch;
  const faces = parser.faces.batch;
  const place = () => ({ line: parser.line });
  if (start === undefined) {
    await window.fill(place);
    window.start = textStart;
  } else {
    await window.jump(start.offset);
    parser.startAt(start);
  }
  for (;;) {
    const pause = parser.parse();
    if (pause === 'more') {
      if (window.ended) break;
      await window.fill(place);
    } else if (pause === 'vertices') {
      yield vertices.take();
    } else {
      if (faces.count > 0) yield faces.take();
      if (pause === 'part' && parser.part !== undefined) yield parser.part;
    }
  }
  parser.finish();
  if (vertices.count > 0) yield vertices.take();
  if (faces.count > 0) yield faces.take();
}
