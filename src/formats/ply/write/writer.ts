/** PLY, written: the door to its variants. */
import { checkAsciiOptions } from '../../shared/digits.js';
import type { Writer } from '../../writer.js';
import { rowSizes } from './binary.js';
import { plyContentOf } from './content.js';
import { PLY_OPTIONS, type PlyOptions } from './options.js';
import { formatPly, plyRows } from './write.js';

/** Measured: the line of a vertex of float32, in bytes. */
const VERTEX_LINE_BYTES = 27;

export const plyWriter = {
  id: 'ply',
  name: 'PLY, little-endian binary by default',
  title: 'PLY',
  extensions: ['ply'],
  options: PLY_OPTIONS,
  bytesPerTriangle: { plain: 19, compressed: 16 },

  check(options) {
    checkAsciiOptions(options, 'ply', 'PLY');
  },

  layout: () => 'indexed',

  isBinary({ ascii = false }) {
    return !ascii;
  },

  expectBytes(facts, options: PlyOptions) {
    const { vertexCount, triangleCount } = facts;
    if (options.precision !== undefined) return undefined;
    if (options.ascii) {
      const triangleLineBytes = 2 + 3 * (1 + String(vertexCount).length);
      return VERTEX_LINE_BYTES * vertexCount + triangleLineBytes * triangleCount;
    }
    const { vertex, face } = rowSizes(plyContentOf(facts, options));
    return vertex * vertexCount + face * triangleCount;
  },

  write(selection, options: PlyOptions, warn) {
    return formatPly(selection, options, warn);
  },

  rows(facts, options: PlyOptions, warn) {
    return plyRows(facts, options, warn);
  },
} as const satisfies Writer;
