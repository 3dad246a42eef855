/** STL, written: the door to its variants. */
import { checkAsciiOptions } from '../../shared/digits.js';
import type { Writer } from '../../writer.js';
import { FACET_BYTES, HEADER_BYTES } from '../layout.js';
import { asciiStlRows, formatAsciiStl } from './ascii.js';
import { BinaryStlRows, formatBinaryStl } from './binary.js';
import { STL_OPTIONS, type StlOptions } from './options.js';

/** Measured: a facet of float32 as text, in bytes. */
const FACET_TEXT_BYTES = 187;

export const stlWriter = {
  id: 'stl',
  name: 'STL, binary by default',
  title: 'STL',
  extensions: ['stl'],
  options: STL_OPTIONS,
  bytesPerTriangle: { plain: FACET_BYTES, compressed: 26 },

  check(options) {
    checkAsciiOptions(options, 'stl', 'STL');
  },

  layout: () => 'soup',

  isBinary({ ascii = false }) {
    return !ascii;
  },

  expectBytes({ triangleCount }, { ascii, precision }) {
    if (precision !== undefined) return undefined;
    return ascii ? FACET_TEXT_BYTES * triangleCount : HEADER_BYTES + FACET_BYTES * triangleCount;
  },

  write(selection, { ascii, precision }: StlOptions, warn) {
    return ascii ? formatAsciiStl(selection, precision, warn) : formatBinaryStl(selection, warn);
  },

  rows(facts, { ascii, precision }: StlOptions, warn) {
    return ascii ? asciiStlRows(facts, precision, warn) : new BinaryStlRows(facts, warn);
  },
} as const satisfies Writer;
