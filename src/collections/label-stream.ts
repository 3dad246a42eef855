/** Reads the labels that `IdLinks` has left in a spill file, for ids in ascending order. */

import type { RowFile } from './row-lookup.js';
import { HIGH, SpillReader } from './spill-file.js';

const BUFFER_WORDS = 2 ** 14;

export class LabelStream {
  private readonly reader: SpillReader;
  /** The id whose label comes next. */
  private nextId = 0;

  constructor(private readonly labels: RowFile) {
    this.reader = new SpillReader(labels.file, BUFFER_WORDS);
  }

  /** The label of an id, which is greater than the one before and below the count of the file. */
  read(id: number): number {
    const { reader } = this;
    const isWide = this.labels.width === 2;
    for (; this.nextId < id; this.nextId++) {
      reader.next();
      if (isWide) reader.next();
    }
    this.nextId++;
    const low = reader.next() >>> 0;
    return isWide ? low + HIGH * reader.next() : low;
  }
}
