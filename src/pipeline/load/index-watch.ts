/**
 * How far SQLite is with the unique index of a database. SQLite does not tell, so this looks at what it writes: first
 * sorted runs into temporary files without names, then the index itself at the end of the database.
 */
import { fileSize } from '../../io/disk.js';
import { unnamedBytes } from '../../io/unnamed-files.js';

/** Measured: the index of a vertex, three float64 and an id, in bytes. What is sorted takes nearly the same. */
const VERTEX_BYTES = 35;
/** Measured: the part of the time that sorting takes, up to the first page of the index. */
const SORTING_SHARE = 0.7;
/** The part of the index that has to be there before the sorting counts as done: other rows are written, too. */
const BEGUN_SHARE = 0.01;
/** What is shown at most: at the end the database is brought to the disk, and nothing tells how far that is. */
const SHARE_MAX = 0.99;

export class IndexWatch {
  private readonly databaseBytes: number;
  private readonly unnamedBytes: number;
  private last = 0;

  /** Begins to watch a database before its index is begun. `sizes` looks at its files; for tests. */
  constructor(
    database: string,
    private readonly vertices: number,
    private readonly sizes = { database: () => fileSize(database), unnamed: unnamedBytes },
  ) {
    this.databaseBytes = sizes.database();
    this.unnamedBytes = sizes.unnamed();
  }

  /**
   * The share that is done: an estimate that never goes back and never reaches 1. It stays 0 while nothing is seen, on
   * systems that do not show files without names until the sorting is over.
   */
  share(): number {
    const { sizes, vertices } = this;
    const indexBytes = Math.max(1, VERTEX_BYTES * vertices);
    const written = (sizes.database() - this.databaseBytes) / indexBytes;
    const sorted = written > BEGUN_SHARE ? 1 : (sizes.unnamed() - this.unnamedBytes) / indexBytes;
    const share = SORTING_SHARE * Math.min(1, sorted) + (1 - SORTING_SHARE) * Math.min(1, written);
    this.last = Math.min(SHARE_MAX, Math.max(this.last, share));
    return this.last;
  }
}
