/** Reads the labels that `IdLinks` wrote to a spill file, for ids in ascending order. */

import type { RowFile } from './row-lookup.js';
import { HIGH, SpillReader } from './spill-file.js';

const BUFFER_WORDS = 2 ** 14;

export class LabelStream {
  private readonly reader: SpillReader;
  /** The id of the next label. */
  private nextId = 0;

  constructor(private readonly labels: RowFile) {
    this.reader = new SpillReader(labels.file, BUFFER_WORDS);
  }

  /** Returns the label of an id, which must exceed the previous one and be below the count of the file. */
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
