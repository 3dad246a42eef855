/**
 * The entry point of the PLY reader (Polygon File Format, Stanford): a text header that declares elements and their
 * properties, then their records as text or binary.
 *
 * Vertices, faces and triangle strips are read, with colors and normals; other elements and properties are skipped.
 */
import type { Format, ReadStart, SavedReader } from '../format.js';
import type { PieceParsers } from '../pieces.js';
import { Body } from './body.js';
import { dissectRecords } from './dissect.js';
import { beginsWithPly, parseHeader } from './header.js';
import { createColorRanges, planElements, scalesOf } from './plan.js';
import { estimateTriangles, refuseImpossible } from './sizes.js';

export const ply = {
  id: 'ply',
  name: 'PLY, binary or ASCII',
  extensions: ['ply'],

  sniff(head) {
    return beginsWithPly(head) ? "its first line is 'ply'" : undefined;
  },

  open(source, options) {
    const { head, size } = source;
    const header = parseHeader(head, options);
    const plan = planElements(header);
    // If the head holds the complete file, reading gives a better error.
    if (size !== undefined && size > head.length && !options.salvage) refuseImpossible(header, size);
    const ranges = createColorRanges(plan);
    const body = new Body(source, header, plan, ranges, options);
    return {
      encoding: header.encoding,
      precision: header.encoding === 'ascii' ? 'float64' : plan.precision,
      layout: 'indexed',
      expectedTriangles: estimateTriangles(header, plan, size),
      dissect: header.encoding === 'ascii' ? undefined : dissectRecords(header, plan),
      items: (_parsers?: PieceParsers, start?: ReadStart | SavedReader) => body.items(start),
      save: () => body.save(),
      colorScales: () => scalesOf(ranges),
    };
  },
} as const satisfies Format;
