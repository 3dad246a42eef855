/** Positions as words and as coordinates. */

export type Positions = Float32Array | Float64Array;

/** Words of a position: 3 in float32, 6 in float64. */
export function wordsOf(bytesPerValue: 4 | 8): 3 | 6 {
  return bytesPerValue === 4 ? 3 : 6;
}

/** Views the same memory as coordinates. */
export function positionsOf(bits: Int32Array, bytesPerValue: 4 | 8): Positions {
  const { buffer, byteOffset, byteLength } = bits;
  const count = byteLength / bytesPerValue;
  return bytesPerValue === 4
    ? new Float32Array(buffer, byteOffset, count)
    : new Float64Array(buffer, byteOffset, count);
}

/** Views the same memory as words. */
export function bitsOf({ buffer, byteOffset, byteLength }: Positions): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}
