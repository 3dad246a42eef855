/** The next triangles in Morton order of their first corners: as many as show where a leaf ends. */

import type { RecordBlock } from '../collections/sort/record-sort.js';
import { BATCH_TRIANGLES } from '../memory.js';
import { commonDepth } from './morton.js';
import { RECORD_WORDS } from './tile-mesh.js';

/** Sorted records, of which at least one more than a leaf takes are in memory. */
export class RecordWindow {
  readonly records = new Int32Array(RECORD_WORDS * 2 * (BATCH_TRIANGLES + 1));
  /** The first record in the window. */
  at = 0;
  /** Records of the last leaf. */
  passed = 0;
  private end = 0;
  private readonly blocks: Iterator<RecordBlock>;
  private high = 0;
  private low = 0;
  private hasBefore = false;

  constructor(blocks: Iterable<RecordBlock>) {
    this.blocks = blocks[Symbol.iterator]();
  }

  /** Fills the window as far as a leaf needs; returns the number of records in it. */
  fill(): number {
    const { records } = this;
    while (this.end - this.at <= BATCH_TRIANGLES) {
      const next = this.blocks.next();
      if (next.done) break;
      const { words, count } = next.value;
      if (RECORD_WORDS * (this.end + count) > records.length) {
        records.copyWithin(0, RECORD_WORDS * this.at, RECORD_WORDS * this.end);
        this.end -= this.at;
        this.at = 0;
      }
      records.set(words.subarray(0, RECORD_WORDS * count), RECORD_WORDS * this.end);
      this.end += count;
    }
    return this.end - this.at;
  }

  /** Returns the depth of the largest cube that begins with the first record. */
  depthBefore(): number {
    if (!this.hasBefore) return 0;
    const from = RECORD_WORDS * this.at;
    return commonDepth(this.records[from]!, this.records[from + 1]!, this.high, this.low) + 1;
  }

  /** Returns the depth of the smallest cube that has the first record and the one after `count` of them. */
  depthTo(count: number): number {
    const { records } = this;
    const from = RECORD_WORDS * this.at;
    const to = from + RECORD_WORDS * count;
    return commonDepth(records[from]!, records[from + 1]!, records[to]!, records[to + 1]!);
  }

  /** Counts the first records in a cube of a depth, up to `most`. */
  countWithin(depth: number, most: number): number {
    let within = 1;
    let beyond = most + 1;
    while (beyond - within > 1) {
      const middle = (within + beyond) >> 1;
      if (this.depthTo(middle - 1) >= depth) within = middle;
      else beyond = middle;
    }
    return within;
  }

  pass(count: number): void {
    const last = RECORD_WORDS * (this.at + count - 1);
    this.high = this.records[last]!;
    this.low = this.records[last + 1]!;
    this.hasBefore = true;
    this.at += count;
    this.passed = count;
  }
}
