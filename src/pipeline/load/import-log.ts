/**
 * The log from which a stopped import resumes. It is written beside the database every few seconds, after all files that
 * it refers to are on the disk. The import continues meanwhile.
 *
 * Standard input cannot be read again, so an import of it has no checkpoints.
 */
import { dirname } from 'node:path';
import { spillName } from '../../collections/spill-file.js';
import { BuildLock } from '../../database/build/build-lock.js';
import { FormatError } from '../../errors.js';
import { removeDatabase, removeJournals, removeSpills } from '../../io/disk.js';
import { copyDurably, readText, removeText, replaceText, syncFiles } from '../../io/output/durable-file.js';
import { syncNames } from '../../io/output/final-name.js';
import { readPackageVersion } from '../../io/package/package-file.js';
import type { Present } from '../run/forecast.js';
import type { SourceShare } from '../run/progress.js';
import { clearSpillPlace, isSpillPlace, makeSpillPlace } from '../run/spill-place.js';
import { type ImportState, spillsOf } from './import-state.js';
import type { InputFacts } from './inputs.js';
import {
  checkSame,
  isThere,
  markAll,
  parseLog,
  parsePlaces,
  type ReadingConditions,
  type SavedImport,
  type SourceMark,
  spillPaths,
} from './saved-import.js';

/** Time between two checkpoints, in milliseconds; shorter imports cannot be resumed. */
const INTERVAL_MS = 3000;

/** The options of an import that its log depends on. */
interface ImportLogOptions {
  /** Folder for spill files (default: beside the database). */
  readonly tempFolder?: string | undefined;
  /** The identity of the database that is appended to. */
  readonly base?: string | undefined;
  /** Start over instead of resuming. */
  readonly restart?: boolean | undefined;
  /** Called when a checkpoint has been written. */
  readonly onCheckpoint?: ((at: SourceShare) => void) | undefined;
  /** Time between two checkpoints instead of {@link INTERVAL_MS}; for tests. */
  readonly intervalMs?: number | undefined;
}

export class ImportLog {
  private readonly path: string;
  /** The last checkpoint, and the part that stays the same in this run. */
  private saved: SavedImport | undefined;
  private run: Omit<SavedImport, 'state' | 'sources'> | undefined;
  private sources: readonly SourceMark[] | undefined;
  private last = performance.now();
  private writing: Promise<void> | undefined;
  private failure: { readonly error: unknown } | undefined;

  private constructor(
    private readonly database: string,
    private readonly options: ImportLogOptions,
    private readonly lock: BuildLock,
  ) {
    this.path = `${database}.log`;
  }

  /**
   * Locks the unfinished database, beside which the log is kept; nothing is changed yet. Throws FileError if another run
   * has locked it.
   */
  static open(database: string, options: ImportLogOptions): ImportLog {
    return new ImportLog(database, options, BuildLock.take(database));
  }

  /**
   * Looks for a stopped import and removes files that are not needed; returns the state to resume from. Throws FileError,
   * and changes nothing, if the stopped import was a different one or an input has changed since.
   */
  async begin(
    inputs: readonly InputFacts[],
    conditions: ReadingConditions,
  ): Promise<ImportState | undefined> {
    const { database } = this;
    const { tempFolder, restart, base = null } = this.options;
    const text = await readText(this.path);
    const left = parseLog(text);
    const formerPlaces = parsePlaces(text);
    const marks = markAll(inputs);
    const own = { ...conditions, program: readPackageVersion(), base };
    const isUsable = !restart && left !== undefined && isThere(left, database);
    if (isUsable) checkSame(left, own, marks, { database, log: this.path, inputs });
    const saved = isUsable ? await this.bringHere(left) : undefined;
    const spillPath = saved?.spillPath ?? makeSpillPlace(database, tempFolder);
    this.run = { conditions: own, spillPath };
    this.sources = marks;
    this.saved = saved;
    // Journals too: SQLite would roll back to them.
    if (saved === undefined) removeDatabase(database);
    else removeJournals(database);
    for (const former of formerPlaces) if (former !== spillPath) clearSpillPlace(former);
    removeSpills(spillPath, Object.keys(spillsOf(saved?.state)));
    if (saved === undefined && tempFolder !== undefined) {
      // A run killed before its first checkpoint leaves files there.
      await replaceText(this.path, JSON.stringify({ spillPath }));
    } else if (saved === undefined && text !== undefined) {
      // After a power failure, the old log must not reappear beside a new database.
      removeText(this.path);
      await syncNames(dirname(this.path), this.path);
    }
    return saved?.state;
  }

  /** Prefix of the names of spill files; known after {@link begin}. */
  get spillPath(): string {
    if (this.run === undefined) throw new Error('an import has no place for spill files before it begins');
    return this.run.spillPath;
  }

  /** Whether it is time for {@link take}. Throws the error of the last checkpoint. */
  get isDue(): boolean {
    if (this.failure !== undefined) throw this.failure.error;
    const { intervalMs = INTERVAL_MS } = this.options;
    return (
      this.sources !== undefined && this.writing === undefined && performance.now() - this.last >= intervalMs
    );
  }

  /** The share of all inputs that the last checkpoint covers; undefined if there is none. */
  get share(): SourceShare | undefined {
    const { saved } = this;
    if (saved === undefined) return undefined;
    const totalBytes = saved.sources.reduce((sum, { size }) => sum + size, 0);
    return { bytesRead: saved.state.bytesRead, totalBytes };
  }

  /** Bytes of the database and the spill files that this run resumes with. */
  get present(): Present {
    const { saved } = this;
    if (saved === undefined) return {};
    const { pageBytes, pageCount } = saved.state.rows.load;
    return {
      database: pageBytes * pageCount,
      welding: spillPaths(saved).reduce((sum, [, bytes]) => sum + bytes, 0),
    };
  }

  /** Whether there is a checkpoint, from this run or an earlier one. */
  get hasSaved(): boolean {
    return this.saved !== undefined;
  }

  /** Begins to write a checkpoint; the files of the import may grow meanwhile. */
  take(state: ImportState): void {
    const { sources, run } = this;
    if (sources === undefined || run === undefined) return;
    this.last = performance.now();
    this.writing = this.keep({ ...run, sources, state });
  }

  /** Waits until the checkpoint is written. Throws its error. */
  async settle(): Promise<void> {
    await this.writing;
    if (this.failure !== undefined) throw this.failure.error;
  }

  /** Removes the spill files that no checkpoint needs. */
  removeSpills(): void {
    if (this.run !== undefined) removeSpills(this.run.spillPath, Object.keys(spillsOf(this.saved?.state)));
  }

  /**
   * Ends a failed run. Keeps the files from which it can be resumed and returns how much was read; removes all files if
   * there is no checkpoint or an input is invalid.
   */
  async giveUp(error: unknown): Promise<SourceShare | undefined> {
    await this.writing;
    // The files of an earlier run were not touched.
    if (this.run === undefined) return undefined;
    if (error instanceof FormatError && error.code !== 'INPUT_TOO_LARGE') this.saved = undefined;
    this.removeSpills();
    const { saved, database, spillPath } = this;
    if (saved !== undefined && isThere(saved, database)) return this.share;
    clearSpillPlace(spillPath);
    removeDatabase(database);
    removeText(this.path);
    return undefined;
  }

  /** Ends a run whose database has its final name. */
  remove(): void {
    if (this.run !== undefined) clearSpillPlace(this.run.spillPath);
    removeText(this.path);
  }

  /** Releases the lock on the database. Must always be called. */
  close(): void {
    this.lock.release();
  }

  /** Copies the spill files of an earlier run to the folder of this run, as the former disk may be full. */
  private async bringHere(left: SavedImport): Promise<SavedImport> {
    const { database } = this;
    const { tempFolder } = this.options;
    if (isSpillPlace(left.spillPath, database, tempFolder)) return left;
    const spillPath = makeSpillPlace(database, tempFolder);
    const moved = { ...left, spillPath, formerSpillPath: left.spillPath };
    try {
      for (const name of Object.keys(spillsOf(left.state))) {
        await copyDurably(spillName(left.spillPath, name), spillName(spillPath, name));
      }
      await this.write(moved);
    } catch (error) {
      clearSpillPlace(spillPath);
      throw error;
    }
    return moved;
  }

  /** Writes a checkpoint and stores an error for the next call that checks. */
  private async keep(saved: SavedImport): Promise<void> {
    try {
      await this.write(saved);
      this.saved = saved;
      if (this.share !== undefined) this.options.onCheckpoint?.(this.share);
    } catch (error) {
      this.failure = { error };
    } finally {
      this.writing = undefined;
    }
  }

  /** Writes a checkpoint after all files that it refers to are on the disk. */
  private async write(saved: SavedImport): Promise<void> {
    const spills = spillPaths(saved).map(([path]) => path);
    await syncFiles([this.database, ...spills]);
    if (spills.length > 0) await syncNames(dirname(saved.spillPath), saved.spillPath);
    await replaceText(this.path, JSON.stringify(saved));
  }
}
