/**
 * Numbers as decimal text in byte buffers: exact reading and the shortest exact writing, without strings on
 * the way.
 *
 * It knows decimal numbers only: no hexadecimal, no nan, no infinity, no grouping, no blanks around. It
 * does not grow or check buffers. What the arithmetic here cannot decide for certain goes to the engine's
 * own conversions, so speed never costs a digit.
 */
export { FLOAT32_LARGEST, HIGH_WORD, LETTER_E, MINUS, PLUS, POINT, ZERO } from './number-text/exact.js';
export { parseNumber } from './number-text/parse.js';
export { NUMBER_TEXT_MAX, writeFloat32, writeFloat64 } from './number-text/write-float.js';
export { writeInteger } from './number-text/write-integer.js';
export { DIGITS_MAX, makeRoundedWriter, type NumberWriter } from './number-text/write-rounded.js';
