/**
 * Hashes positions under a random key. The key is chosen after the file, so no file can be crafted whose positions
 * share a hash or the slots of a table.
 *
 * The hash is a multilinear sum with the halves of words paired (Lemire and Kaser, "Strongly universal string hashing
 * is fast", MULTILINEAR-HM with K = 32 and L = 16). Any two chosen positions share its 17 highest bits under one key in
 * 2^17. They may share the other bits under every key if they differ only in the highest bits of halves; of 100 M such
 * positions, fewer than a hundred have one hash. A fixed mixing step removes the structure of lattices from the
 * sum.
 *
 * Rejected: multiplications and shifts word by word after a random start. Differences in the highest bits of a word
 * survive these with any start and multipliers, and the next word can cancel them.
 */

/** Random numbers for {@link PositionHash}. Plain data: resumed work needs the same key. */
export type HashKey = readonly number[];

/** Numbers in a key: one initial value, and two for each word. */
const KEY_LENGTH = 1 + 2 * 6;

/** Makes an unpredictable key. */
export function makeHashKey(): HashKey {
  return [...crypto.getRandomValues(new Int32Array(KEY_LENGTH))];
}

const MINUS_ZERO = -0x80000000;
/** The index of the word of a double that holds its sign on this machine. */
const SIGN_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

export class PositionHash {
  private readonly key: Int32Array;

  /** Hashes positions of 3 words (float32) or 6 (float64). */
  constructor(
    readonly words: 3 | 6,
    key: HashKey,
  ) {
    if (key.length !== KEY_LENGTH) throw new RangeError(`${key.length} numbers; expected ${KEY_LENGTH}`);
    this.key = Int32Array.from(key);
  }

  /**
   * Replaces every -0 with 0, since the two are one coordinate, and hashes `count` positions into `hashes`. Each begins
   * `stride` words after the previous one.
   */
  hashAll(bits: Int32Array, count: number, hashes: Int32Array, stride: number = this.words): void {
    if (this.words === 3) this.hashNarrow(bits, count, hashes, stride);
    else this.hashWide(bits, count, hashes, stride);
  }

  /** Hashes one position without -0, whose words begin at `from`. */
  hashOne(bits: ArrayLike<number>, from: number): number {
    const { key, words } = this;
    let sum = key[0]!;
    for (let w = 0, k = 1; w < words; w++, k += 2) {
      const word = bits[from + w]!;
      sum = (sum + Math.imul((key[k]! + (word & 0xffff)) | 0, (key[k + 1]! + (word >>> 16)) | 0)) | 0;
    }
    return mix(sum);
  }

  /** Sums stay 32-bit integers at every step: with intermediate doubles this takes four times as long. */
  private hashNarrow(bits: Int32Array, count: number, hashes: Int32Array, stride: number): void {
    const { key } = this;
    const start = key[0]!;
    const x0 = key[1]!;
    const x1 = key[2]!;
    const y0 = key[3]!;
    const y1 = key[4]!;
    const z0 = key[5]!;
    const z1 = key[6]!;
    for (let k = 0, at = 0; k < count; k++, at += stride) {
      let x = bits[at]!;
      let y = bits[at + 1]!;
      let z = bits[at + 2]!;
      if (x === MINUS_ZERO) bits[at] = x = 0;
      if (y === MINUS_ZERO) bits[at + 1] = y = 0;
      if (z === MINUS_ZERO) bits[at + 2] = z = 0;
      const ofX = Math.imul((x0 + (x & 0xffff)) | 0, (x1 + (x >>> 16)) | 0);
      const ofY = Math.imul((y0 + (y & 0xffff)) | 0, (y1 + (y >>> 16)) | 0);
      const ofZ = Math.imul((z0 + (z & 0xffff)) | 0, (z1 + (z >>> 16)) | 0);
      hashes[k] = mix((((start + ofX) | 0) + ((ofY + ofZ) | 0)) | 0);
    }
  }

  private hashWide(bits: Int32Array, count: number, hashes: Int32Array, stride: number): void {
    for (let k = 0, at = 0; k < count; k++, at += stride) {
      for (let w = at; w < at + 6; w += 2) {
        if (bits[w + SIGN_WORD] === MINUS_ZERO && bits[w + 1 - SIGN_WORD] === 0) bits[w + SIGN_WORD] = 0;
      }
      hashes[k] = this.hashOne(bits, at);
    }
  }
}

/** A reversible mixing step: different hashes stay different. */
function mix(hash: number): number {
  const product = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return product ^ (product >>> 13);
}
