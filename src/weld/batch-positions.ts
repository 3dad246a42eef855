/**
 * The distinct positions of a batch: the first, small look-up of the welder.
 *
 * Neighbours in a file are mostly neighbours in space, so a vertex comes several times within a batch. Such repeats are
 * found here, in tables that stay in the processor's caches, and the large tables, where a look-up waits for memory,
 * are asked once for each position of the batch. Where the triangles are in random order hardly anything repeats; then
 * most batches are passed through as they are.
 *
 * Measured with 10 M triangles, the whole welder: in scan order 1.35 s without, 0.9 s with; in random order 2.05 s
 * without, 2.8 s when no batch is passed through.
 */
import type { Positions } from './weld-table.js';

/** The most corners that are looked at together. */
export const BATCH_CORNERS = 3 * 16_384;

/** A power of two, more than the corners. */
const SLOTS = 2 ** 16;

/** Where fewer corners than this share repeat, looking for them costs more than it saves. */
const REPEATS_MIN = 1 / 4;
/** Batches passed through before repeats are looked for again. */
const PASSES = 15;

export class BatchPositions {
  /** Distinct positions of the batch. */
  count = 0;
  /** For each of them its hash and the corner where it comes first, counted from the beginning of `positions`. */
  readonly hashes = new Int32Array(BATCH_CORNERS);
  readonly corners = new Int32Array(BATCH_CORNERS);
  /** For each corner of the batch the number of its position among the distinct ones. */
  readonly numbers = new Int32Array(BATCH_CORNERS);
  /** The number of a position plus 1, or 0. */
  private readonly slots = new Uint16Array(SLOTS);
  private passes = 0;

  /** Takes corners `[from, to)`; `hashes` are those of all `positions`. */
  collect(positions: Positions, hashes: Int32Array, from: number, to: number): void {
    if (this.passes > 0) {
      this.passes--;
      this.passThrough(hashes, from, to);
      return;
    }
    this.findRepeats(positions, hashes, from, to);
    if (this.count > (1 - REPEATS_MIN) * (to - from)) this.passes = PASSES;
  }

  private findRepeats(positions: Positions, all: Int32Array, from: number, to: number): void {
    const { slots, hashes, corners, numbers } = this;
    slots.fill(0);
    let count = 0;
    for (let corner = from, b = 3 * from; corner < to; corner++, b += 3) {
      const hash = all[corner]!;
      for (let slot = hash & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
        const number = slots[slot]! - 1;
        if (number < 0) {
          hashes[count] = hash;
          corners[count] = corner;
          numbers[corner - from] = count++;
          slots[slot] = count;
          break;
        }
        if (hashes[number] !== hash) continue;
        const a = 3 * corners[number]!;
        if (
          positions[a] === positions[b] &&
          positions[a + 1] === positions[b + 1] &&
          positions[a + 2] === positions[b + 2]
        ) {
          numbers[corner - from] = number;
          break;
        }
      }
    }
    this.count = count;
  }

  private passThrough(all: Int32Array, from: number, to: number): void {
    const { hashes, corners, numbers } = this;
    this.count = to - from;
    for (let k = 0; k < this.count; k++) {
      hashes[k] = all[from + k]!;
      corners[k] = from + k;
      numbers[k] = k;
    }
  }
}
