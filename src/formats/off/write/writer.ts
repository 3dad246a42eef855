/** The OFF writer: the entry point to its variants. */
import type { Writer } from '../../writer.js';
import {
  checkOffOptions,
  formatOff,
  OFF_DEFAULTS,
  OFF_DIALECTS,
  OFF_OPTIONS,
  type OffOptions,
  offRows,
} from './write.js';

/** Measured: bytes of the line of a float32 vertex. */
const VERTEX_LINE_BYTES = 27;

export const offWriter = {
  id: 'off',
  name: 'OFF, plain by default',
  title: 'OFF',
  extensions: ['off'],
  options: OFF_OPTIONS,
  dialects: OFF_DIALECTS,
  bytesPerTriangle: { plain: 40, compressed: 18 },
  check: checkOffOptions,

  layout: () => 'indexed',

  isBinary({ binary = OFF_DEFAULTS.binary }) {
    return binary;
  },

  expectBytes({ vertexCount, triangleCount }, { precision, binary }) {
    if (precision !== undefined || binary === true) return undefined;
    const triangleLineBytes = 2 + 3 * (1 + String(vertexCount).length);
    return VERTEX_LINE_BYTES * vertexCount + triangleLineBytes * triangleCount;
  },

  write(selection, options: OffOptions, warn) {
    return formatOff(selection, options, warn);
  },

  rows(facts, options: OffOptions, warn) {
    return offRows(facts, options, warn);
  },
} as const satisfies Writer;
