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

import { randomBytes } from '../io/random-bytes.js';

/** Random numbers for {@link PositionHash}. Plain data: resumed work needs the same key. */
export type HashKey = readonly number[];

/** Numbers in a key: one initial value, and two for each word. */
const KEY_LENGTH = 1 + 2 * 6;

/** Makes an unpredictable key. */
export function makeHashKey(): HashKey {
  const bytes = randomBytes(4 * KEY_LENGTH);
  return Array.from({ length: KEY_LENGTH }, (_, k) => bytes.readInt32LE(4 * k));
}

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

  /** Hashes a position without -0, whose words begin at `from`. The kernels of the weld hash many at once, equally. */
  hashOne(bits: ArrayLike<number>, from: number): number {
    const { key, words } = this;
    let sum = key[0]!;
    for (let w = 0, k = 1; w < words; w++, k += 2) {
      const word = bits[from + w]!;
      sum = (sum + Math.imul((key[k]! + (word & 0xffff)) | 0, (key[k + 1]! + (word >>> 16)) | 0)) | 0;
    }
    return mix(sum);
  }
}

/** A reversible mixing step: different hashes stay different. */
function mix(hash: number): number {
  const product = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return product ^ (product >>> 13);
}
