/**
 * Numbers as decimal text in byte buffers: exact reading and shortest exact writing, without intermediate strings.
 *
 * Decimal numbers only: no hexadecimal, nan, infinity, grouping or surrounding blanks. Buffers are neither grown nor
 * checked. If the arithmetic here cannot decide for certain, the engine's own conversions do, so speed never costs a
 * digit.
 */
export {
  FLOAT32_LARGEST,
  HIGH_WORD,
  LETTER_E,
  MINUS,
  PLUS,
  POINT,
  TEN,
  TEN_MAX,
  ZERO,
} from './number-text/exact.js';
export { parseNumber } from './number-text/parse.js';
export { writeFloat32, writeFloat64 } from './number-text/write-float.js';
export {
  NUMBER_TEXT_MAX,
  type NumberWriter,
  writeInt32,
  writeInteger,
  writeWhole,
} from './number-text/write-integer.js';
export { DIGITS_MAX, makeRoundedWriter } from './number-text/write-rounded.js';
