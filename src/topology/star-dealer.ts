/**
 * Distributes triangles to files by ranges of vertices: each to the files of its corners, mostly a single one. It may
 * work in a thread of its own.
 */
import { HIGH, type SpillFile } from '../collections/spill-file.js';
import type { Rows } from '../database/pages/leaf-decoder.js';
import type { TriangleBatch } from '../mesh.js';

/** Ids of a record: the number of the first corner of a triangle, and its vertices. */
export const RECORD_IDS = 4;
/** Words of a record; in a wide one, the upper words follow the lower ones. */
const NARROW_WORDS = RECORD_IDS;
const WIDE_WORDS = 2 * RECORD_IDS;

/** How triangles are distributed, as plain data. */
export interface DealPlan {
  /** The number of vertices in a range. */
  readonly rangeVertices: number;
  /** Whether ids, or numbers of corners, exceed 32 bits. */
  readonly isWide: boolean;
}

/** Returns the words of a triangle in a file. */
export function recordWords(isWide: boolean): number {
  return isWide ? WIDE_WORDS : NARROW_WORDS;
}

export class StarDealer {
  private readonly record = new Int32Array(WIDE_WORDS);

  /** There is a file for each range. */
  constructor(
    private readonly plan: DealPlan,
    private readonly files: readonly SpillFile[],
  ) {}

  /** Adds triangles; those with two corners at one vertex are skipped. */
  add({ count, ids, corners }: TriangleBatch & Rows): void {
    const { files, record } = this;
    const { rangeVertices, isWide } = this.plan;
    const words = recordWords(isWide);
    for (let k = 0; k < count; k++) {
      const a = corners[3 * k]!;
      const b = corners[3 * k + 1]!;
      const c = corners[3 * k + 2]!;
      if (a === b || b === c || c === a) continue;
      this.fillRecord(3 * ids[k]!, a, b, c);
      const first = Math.floor(a / rangeVertices);
      const second = Math.floor(b / rangeVertices);
      const third = Math.floor(c / rangeVertices);
      files[first]!.append(record, 0, words);
      if (second !== first) files[second]!.append(record, 0, words);
      if (third !== first && third !== second) files[third]!.append(record, 0, words);
    }
  }

  private fillRecord(corner: number, a: number, b: number, c: number): void {
    const { record } = this;
    // This keeps the lowest 32 bits.
    record[0] = corner;
    record[1] = a;
    record[2] = b;
    record[3] = c;
    if (!this.plan.isWide) return;
    record[4] = Math.floor(corner / HIGH);
    record[5] = Math.floor(a / HIGH);
    record[6] = Math.floor(b / HIGH);
    record[7] = Math.floor(c / HIGH);
  }
}
