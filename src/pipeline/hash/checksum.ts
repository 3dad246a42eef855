/** Computes a checksum of triangles that does not depend on their order: the sum of their hashes modulo 2^128. */
import type { TriangleHash } from './triangle-hash.js';

const HIGH = 2 ** 32;
/** Hashes between two carries; the sum of this many 32-bit words is exact. */
const CARRY_AFTER = 2 ** 20;

/** A checksum as plain data. */
export interface SavedChecksum {
  readonly count: number;
  readonly words: Float64Array;
}

export class Checksum {
  /** The number of triangles taken. */
  count = 0;
  /** Words of the sum, the lowest first; each may be too large until the next carry. */
  private readonly words = new Float64Array(4);

  /** Takes the triangle that is in the hash. One that comes twice counts twice. */
  add({ h0, h1, h2, h3 }: TriangleHash): void {
    const { words } = this;
    words[0]! += h0 >>> 0;
    words[1]! += h1 >>> 0;
    words[2]! += h2 >>> 0;
    words[3]! += h3 >>> 0;
    if (++this.count % CARRY_AFTER === 0) this.carry();
  }

  /** The checksum of these triangles and those. */
  plus(other: Checksum): Checksum {
    const sum = new Checksum();
    for (const part of [this, other]) sum.merge(part.save());
    return sum;
  }

  /** Returns the checksum as plain data. */
  save(): SavedChecksum {
    this.carry();
    return { count: this.count, words: this.words };
  }

  /** Adds other triangles. */
  merge({ count, words }: SavedChecksum): void {
    this.count += count;
    for (let k = 0; k < 4; k++) this.words[k]! += words[k]!;
    this.carry();
  }

  /** Whether the triangles are the same. */
  equals(other: Checksum): boolean {
    return this.count === other.count && this.toString() === other.toString();
  }

  /** 32 hexadecimal digits. */
  toString(): string {
    this.carry();
    return Array.from(this.words, (word) => word.toString(16).padStart(8, '0'))
      .reverse()
      .join('');
  }

  private carry(): void {
    const { words } = this;
    for (let k = 0; k < 4; k++) {
      const high = Math.floor(words[k]! / HIGH);
      words[k]! -= high * HIGH;
      if (k < 3) words[k + 1]! += high;
    }
  }
}
