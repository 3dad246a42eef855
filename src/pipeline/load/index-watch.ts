/**
 * Estimates the progress of SQLite with the unique index of a database. SQLite does not report it, so this watches the
 * files: first sorted runs in unnamed temporary files, then the index at the end of the database.
 */
import { fileSize } from '../../io/disk.js';
import { unnamedBytes } from '../../io/unnamed-files.js';

/** Measured: index bytes per vertex, for three float64 and an id. Sorted runs take nearly the same. */
const VERTEX_BYTES = 35;
/** Measured: the share of the time for sorting, up to the first page of the index. */
const SORTING_SHARE = 0.7;
/** The share of the index that must be written before sorting counts as done, as other rows are written too. */
const BEGUN_SHARE = 0.01;
/** The largest share shown: at the end the database is synced to the disk, without known progress. */
const SHARE_MAX = 0.99;

export class IndexWatch {
  private readonly databaseBytes: number;
  private readonly unnamedBytes: number;
  private last = 0;

  /** Watches a database from before its index is begun. `sizes` replaces the look at the files; for tests. */
  constructor(
    database: string,
    private readonly vertices: number,
    private readonly sizes = { database: () => fileSize(database), unnamed: unnamedBytes },
  ) {
    this.databaseBytes = sizes.database();
    this.unnamedBytes = sizes.unnamed();
  }

  /**
   * Estimates the share that is done; it never decreases and never reaches 1. On systems that hide unnamed files, it stays
   * 0 until the sorting is over.
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
