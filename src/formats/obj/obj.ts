/**
 * The entry point of the OBJ reader. OBJ has one statement a line: vertices, and faces that refer to them by number.
 *
 * Materials, texture coordinates and free-form shapes are not read; the names of objects, groups and materials are.
 */
import type { ByteSource } from '../../io/input/byte-source.js';
import { ByteWindow } from '../../io/input/byte-window.js';
import type { MeshItem } from '../../mesh.js';
import type { Format, ReadOptions, ReadStart, SavedReader } from '../format.js';
import type { PieceParsers } from '../pieces.js';
import { looksLikeText, refuseBinary, skipByteOrderMark } from '../shared/text.js';
import { forecastTriangles, readsLikeObj } from './head.js';
import { ObjParser, type SavedParser } from './parser.js';

/** The format Wavefront OBJ, read as triangles. */
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
    refuseBinary(head, 'OBJ statements as text');
    const reader = new ObjReader(source, options);
    return {
      encoding: 'ascii',
      precision: 'float64',
      layout: 'indexed',
      expectedTriangles: size === undefined ? undefined : forecastTriangles(head, size),
      items: (_parsers?: PieceParsers, start?: ReadStart | SavedReader) => reader.items(start),
      save: () => reader.save(),
      colorScales: () => ({ vertex: reader.colorMax > 1 ? 255 : 1, face: 1 }),
    };
  },
} as const satisfies Format;

class ObjReader {
  private readonly window: ByteWindow;
  private readonly parser: ObjParser;

  constructor(
    private readonly source: ByteSource,
    options: ReadOptions,
  ) {
    this.window = new ByteWindow(source);
    this.parser = new ObjParser(this.window, options);
  }

  /** The largest color value so far. */
  get colorMax(): number {
    return this.parser.vertices.colorMax;
  }

  async *items(start?: ReadStart | SavedReader): AsyncGenerator<MeshItem> {
    const { source, window, parser } = this;
    const place = () => ({ line: parser.line });
    if (start === undefined) {
      await window.fill(place);
      window.start = skipByteOrderMark(source.head);
    } else {
      await window.jump(start.offset);
      if ('memory' in start) parser.restore(start.memory as SavedParser);
      else parser.startAt(start);
    }
    for (;;) {
      const pause = parser.parse();
      if (pause === 'part') {
        if (parser.faces.batch.count > 0) yield parser.faces.batch.take();
        yield parser.takePart();
      } else if (pause === 'batch') {
        yield* this.takeAll();
      } else if (window.ended) {
        break;
      } else {
        await window.fill(place);
      }
    }
    parser.finish();
    yield* this.takeAll();
  }

  save(): SavedReader | undefined {
    const memory = this.parser.save();
    return memory && { offset: this.window.offset, memory };
  }

  /** Yields both batches, full or not, so that nothing is pending. */
  private *takeAll(): Generator<MeshItem> {
    const vertices = this.parser.vertices.batch;
    const faces = this.parser.faces.batch;
    if (vertices.count > 0) yield vertices.take();
    if (faces.count > 0) yield faces.take();
  }
}
