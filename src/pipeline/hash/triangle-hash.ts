/**
 * Computes a hash of an oriented triangle: 128 bits of its nine coordinates, the same for any first corner, but different
 * for the reverse winding.
 *
 * It separates what differs by accident; someone who knows this file may construct two triangles with the same hash.
 * Rejected: two quarter rounds for each coordinate and eight at the end, which take 250 ns instead of 80.
 */
import type { Precision } from '../../mesh.js';

/** Coordinates of a triangle, and the 32-bit words of their float64 values. */
const VALUES = 9;
const WORDS = 2 * VALUES;
/** Quarter rounds at the end that only mix. */
const LAST_ROUNDS = 4;

/** The first digits of pi after the point, in hexadecimal: an initial state with no hidden choice. */
const START = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344] as const;

/**
 * Hashes triangles one after the other. Each coordinate changes half of the state; then the complete state goes through a
 * quarter round of ChaCha (RFC 8439, section 2.1): 32-bit additions, exclusive ors and rotations.
 */
export class TriangleHash {
  /** The hash: four 32-bit words, of either sign. */
  h0 = 0;
  h1 = 0;
  h2 = 0;
  h3 = 0;
  private readonly values = new Float64Array(VALUES);
  private readonly words = new Int32Array(this.values.buffer);
  private readonly isNarrow: boolean;

  /** Rounds coordinates to float32 first if that is the precision of the comparison. */
  constructor(precision: Precision) {
    this.isNarrow = precision === 'float32';
  }

  /** Takes nine coordinates, from `at` on. They count as numbers: -0 is 0. */
  take(t: Float32Array | Float64Array, at = 0): void {
    const { values } = this;
    // Adding 0 turns -0 into 0; rounding small numbers also gives -0.
    if (this.isNarrow) for (let k = 0; k < VALUES; k++) values[k] = Math.fround(t[at + k]!) + 0;
    else for (let k = 0; k < VALUES; k++) values[k] = t[at + k]! + 0;
    this.mix(2 * findFirst(values));
  }

  /** Reverses the winding of the triangle of {@link take}. */
  turn(): void {
    const { values } = this;
    for (let k = 3; k < 6; k++) {
      const value = values[k]!;
      values[k] = values[k + 3]!;
      values[k + 3] = value;
    }
    this.mix(2 * findFirst(values));
  }

  /** Hashes all words, from the one at `first` on, with wraparound. */
  private mix(first: number): void {
    const { words } = this;
    let a: number = START[0];
    let b: number = START[1];
    let c: number = START[2];
    let d: number = START[3];
    let at = first;
    for (let k = 0; k < VALUES + LAST_ROUNDS; k++) {
      if (k < VALUES) {
        a ^= words[at]!;
        c ^= words[at + 1]!;
        at += 2;
        if (at === WORDS) at = 0;
      }
      a = (a + b) | 0;
      d ^= a;
      d = (d << 16) | (d >>> 16);
      c = (c + d) | 0;
      b ^= c;
      b = (b << 12) | (b >>> 20);
      a = (a + b) | 0;
      d ^= a;
      d = (d << 8) | (d >>> 24);
      c = (c + d) | 0;
      b ^= c;
      b = (b << 7) | (b >>> 25);
    }
    this.h0 = a;
    this.h1 = b;
    this.h2 = c;
    this.h3 = d;
  }
}

/**
 * Returns the start of the smallest of the three rotations, compared as lists of numbers: 0, 3 or 6. If two corners are
 * equal, the third one is last or first, whichever is smaller.
 */
function findFirst(t: Float64Array): number {
  return isAtMost(t, 0, 3) ? (isAtMost(t, 6, 0) ? 6 : 0) : isAtMost(t, 3, 6) ? 3 : 6;
}

/** Whether the corner at `p` is at most that at `q`, compared by x, then y, then z. */
function isAtMost(t: Float64Array, p: number, q: number): boolean {
  if (t[p]! !== t[q]!) return t[p]! < t[q]!;
  if (t[p + 1]! !== t[q + 1]!) return t[p + 1]! < t[q + 1]!;
  return t[p + 2]! <= t[q + 2]!;
}
