/** Writes colors as text in the dialects of OFF. */
import {
  LETTER_E,
  NUMBER_TEXT_MAX,
  POINT,
  writeFloat32,
  writeFloat64,
  writeInt32,
  ZERO,
} from '../../../io/number-text.js';
import type { Precision } from '../../../mesh.js';
import { toByte } from '../../shared/output.js';
import { BLANK } from '../../shared/text.js';

/** How colors are written: as floats from 0.0 to 1.0, or as integers from 0 to 255. */
export type OffDialect = 'geomview' | 'int255';

/**
 * Writes the color whose r g b a begin at `values[k]`, with a space before each number. Returns the position after it, at
 * most {@link COLOR_BYTES} further on.
 */
export type ColorWriter = (values: Float64Array, k: number, target: DataView, at: number) => number;

/** Room for the longest color: four numbers, each with a space and a `.0`. */
export const COLOR_BYTES = 4 * (NUMBER_TEXT_MAX + 3);

/**
 * Chooses the writers of vertex and face colors in a dialect. All write four numbers, since Geomview reads exactly four for
 * a vertex and treats a face with three as translucent. Only opaque faces in int255, which is not for Geomview, get three.
 */
export function chooseColorWriters(
  dialect: OffDialect,
  precision: Precision,
): { readonly vertex: ColorWriter; readonly face: ColorWriter } {
  if (dialect === 'int255') return { vertex: writeFourBytes, face: writeFaceBytes };
  const write = precision === 'float32' ? writeFloats32 : writeFloats64;
  return { vertex: write, face: write };
}

/** Whether all components of a color are present. */
export function hasColor(values: Float64Array, k: number): boolean {
  return Number.isFinite(values[k]! + values[k + 1]! + values[k + 2]! + values[k + 3]!);
}

// Scratch space, written and read within one synchronous call.
const scratch = new Float64Array(1);

function writeFloats32(values: Float64Array, k: number, target: DataView, at: number): number {
  for (let d = k; d < k + 4; d++) {
    target.setUint8(at++, BLANK);
    scratch[0] = Math.fround(values[d]!);
    at = markFloat(target, at, writeFloat32(scratch, 0, target, at));
  }
  return at;
}

function writeFloats64(values: Float64Array, k: number, target: DataView, at: number): number {
  for (let d = k; d < k + 4; d++) {
    target.setUint8(at++, BLANK);
    at = markFloat(target, at, writeFloat64(values, d, target, at));
  }
  return at;
}

/**
 * Adds a decimal point to the number in `[start, end)` if it has none, and returns its end: `1.0`, `2.0e-7`. Readers that
 * tell floats from integers by their text look for a point, not for an exponent.
 */
function markFloat(target: DataView, start: number, end: number): number {
  let at = start;
  for (; at < end && target.getUint8(at) !== LETTER_E; at++) if (target.getUint8(at) === POINT) return end;
  for (let k = end - 1; k >= at; k--) target.setUint8(k + 2, target.getUint8(k));
  target.setUint8(at, POINT);
  target.setUint8(at + 1, ZERO);
  return end + 2;
}

function writeFourBytes(values: Float64Array, k: number, target: DataView, at: number): number {
  return writeBytes(values, k, 4, target, at);
}

function writeFaceBytes(values: Float64Array, k: number, target: DataView, at: number): number {
  return writeBytes(values, k, toByte(values[k + 3]!) === 255 ? 3 : 4, target, at);
}

function writeBytes(values: Float64Array, k: number, count: number, target: DataView, at: number): number {
  for (let d = k; d < k + count; d++) {
    target.setUint8(at++, BLANK);
    at = writeInt32(toByte(values[d]!), target, at);
  }
  return at;
}
