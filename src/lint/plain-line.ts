/**
 * Reads lines of the plainest form: `3 0 1 2`, and `0.5 1 -2.25`. Most lines of most files are like this; examining their
 * words one by one would take twice as long as reading them.
 */

import { BLANK, LF } from '../formats/shared/text.js';
import { TEN } from '../io/number-text/exact.js';
import { MINUS, POINT, ZERO } from '../io/number-text.js';
import { judgeDecimal, SAFE_MAX } from './float32.js';

/** The maximum length of a number whose digits are exact in a float64. */
const EXACT_BYTES = 15;

const THREE = 0x33;

export class PlainLine {
  /** Whether the triangle last read repeats a vertex. */
  isDegenerate = false;
  /** The number of coordinates of the position last read that float32 rounds. */
  rounded = 0;

  /**
   * Returns the end of the triangle line at `at`, including LF; returns `at` if the line has another form or is incomplete.
   */
  passTriangle(bytes: Uint8Array, at: number, end: number): number {
    if (bytes[at] !== THREE) return at;
    let k = at + 1;
    let a = -1;
    let b = -2;
    let c = -3;
    for (let corner = 0; corner < 3; corner++) {
      if (k >= end || bytes[k] !== BLANK) return at;
      const first = ++k;
      let value = 0;
      for (; k < end; k++) {
        const digit = bytes[k]! - ZERO;
        if (digit < 0 || digit > 9) break;
        value = 10 * value + digit;
      }
      if (k === first) return at;
      a = b;
      b = c;
      c = value;
    }
    if (k >= end || bytes[k] !== LF) return at;
    this.isDegenerate = a === b || b === c || a === c;
    return k + 1;
  }

  /**
   * Returns the end of the line at `at` if it holds only a position, without exponents and with few digits; otherwise `at`.
   */
  passPosition(bytes: Uint8Array, at: number, end: number): number {
    this.rounded = 0;
    let k = at;
    for (let axis = 0; axis < 3; axis++) {
      if (k < end && bytes[k] === MINUS) k++;
      const first = k;
      let digits = 0;
      let point = -1;
      for (; k < end; k++) {
        const digit = bytes[k]! - ZERO;
        if (digit >= 0 && digit <= 9) digits = 10 * digits + digit;
        else if (digit === POINT - ZERO && point < 0) point = k;
        else break;
      }
      if (k >= end || k === first || k - first > EXACT_BYTES) return at;
      if (bytes[k] !== (axis < 2 ? BLANK : LF)) return at;
      if (digits >= SAFE_MAX) {
        const ten = TEN[point < 0 ? 0 : k - point - 1]!;
        if (judgeDecimal(digits, ten) === 'rounded') this.rounded++;
      }
      k++;
    }
    return k;
  }
}
