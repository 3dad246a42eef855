/** OBJ, written: what the pipeline needs to know of it. */
import { checkDigits } from '../../shared/digits.js';
import type { Writer } from '../../writer.js';
import { formatObj, OBJ_OPTIONS, type ObjOptions, objRows } from './write.js';

/** Measured: the line of a vertex of float32, in bytes. */
const VERTEX_LINE_BYTES = 29;

export const objWriter = {
  id: 'obj',
  name: 'OBJ (Wavefront), with the names of parts',
  title: 'OBJ',
  extensions: ['obj'],
  options: OBJ_OPTIONS,
  lacks: ['face-colors', 'alpha'],
  bytesPerTriangle: { plain: 41, compressed: 18 },

  check({ precision }) {
    checkDigits(precision, 'obj');
  },

  layout: () => 'indexed',

  isBinary() {
    return false;
  },

  expectBytes({ vertexCount, triangleCount }, { precision }) {
    if (precision !== undefined) return undefined;
    const triangleLineBytes = 2 + 3 * (1 + String(vertexCount).length);
    return VERTEX_LINE_BYTES * vertexCount + triangleLineBytes * triangleCount;
  },

  write(selection, options: ObjOptions, warn) {
    return formatObj(selection, options, warn);
  },

  rows(facts, options: ObjOptions, warn) {
    return objRows(facts, options, warn);
  },
} as const satisfies Writer;
