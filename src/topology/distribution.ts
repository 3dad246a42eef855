/**
 * The distribution of nonnegative numbers, in fixed memory and one pass. Numbers are counted in bins, each a
 * sixty-fourth of the span between two powers of two. A bin is the upper bits of a float64.
 */

import { HIGH_WORD } from '../io/number-text.js';

/** Dropped bits of a float64's upper half: 14 of its mantissa. */
const SHIFT = 14;
/** Sign 0, 11 bits of exponent and 6 of the mantissa. */
const BINS = 2 ** (31 - SHIFT);
/** The first bin beyond all finite numbers. */
const INFINITE_BIN = 0x7ff00000 >>> SHIFT;
/** The share of the numbers at either end that rows do not extend to. */
const TAIL = 0.005;

/** The number of values in `[from, to)`. */
export interface DistributionRow {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export class Distribution {
  /** The number of zeros. */
  zeros = 0;
  private readonly bins = new Float64Array(BINS);
  private readonly value = new Float64Array(1);
  private readonly words = new Uint32Array(this.value.buffer);

  /**
   * Counts a nonnegative number; one that has overflowed is infinite.
   * @internal
   */
  add(number: number): void {
    if (number === 0) {
      this.zeros++;
      return;
    }
    this.value[0] = number;
    this.bins[(this.words[HIGH_WORD]! >>> SHIFT) & (BINS - 1)]!++;
  }

  /**
   * Returns at most `most` rows of equally many bins, which hold nearly all nonzero numbers, and rows for smaller and
   * larger ones if there are any.
   */
  rows(most: number): DistributionRow[] {
    const { bins } = this;
    const total = bins.reduce((sum, count) => sum + count, 0);
    if (total === 0) return [];
    const low = this.findBin(TAIL * total);
    const high = this.findBin((1 - TAIL) * total);
    let step = 1;
    while (Math.floor(high / step) - Math.floor(low / step) + 1 > most) step *= 2;
    const begin = step * Math.floor(low / step);
    const end = step * (Math.floor(high / step) + 1);
    const rows: DistributionRow[] = [];
    const add = (from: number, to: number) => {
      const count = bins.subarray(from, to).reduce((sum, one) => sum + one, 0);
      rows.push({ from: this.edgeOf(from), to: this.edgeOf(to), count });
    };
    add(0, begin);
    for (let bin = begin; bin < end; bin += step) add(bin, bin + step);
    add(end, BINS);
    return rows.filter(({ count }, k) => count > 0 || (k > 0 && k < rows.length - 1));
  }

  /** Returns the bin of the number with this many numbers below it. */
  private findBin(rank: number): number {
    let below = 0;
    for (let bin = 0; bin < BINS; bin++) {
      below += this.bins[bin]!;
      if (below > rank || (below > 0 && below >= rank)) return bin;
    }
    return BINS - 1;
  }

  /** Returns the smallest number of a bin. */
  private edgeOf(bin: number): number {
    if (bin >= INFINITE_BIN) return Number.POSITIVE_INFINITY;
    this.words[HIGH_WORD] = bin << SHIFT;
    this.words[1 - HIGH_WORD] = 0;
    return this.value[0]!;
  }
}
