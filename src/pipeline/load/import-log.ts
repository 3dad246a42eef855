/**
 * What an import needs to go on where another run has stopped: written beside the database every few seconds, after all
 * that it speaks of is on the disk. While it is written the import goes on.
 *
 * Standard input cannot be read again: of that nothing is kept.
 */
import { dirname } from 'node:path';
import { spillName } from '../../collections/spill-file.js';
import { BuildLock } from '../../database/build/build-lock.js';
import { FormatError } from '../../errors.js';
import { removeDatabase, removeJournals, removeSpills } from '../../io/disk.js';
import type { ByteSource } from '../../io/input/byte-source.js';
import { copyDurably, readText, removeText, replaceText, syncFiles } from '../../io/output/durable-file.js';
import { syncNames } from '../../io/output/final-name.js';
import { readPackageVersion } from '../../io/package-file.js';
import type { Present } from '../run/forecast.js';
import type { SourceShare } from '../run/progress.js';
import { clearSpillPlace, isSpillPlace, makeSpillPlace } from '../run/spill-place.js';
import { type ImportState, spillsOf } from './import-state.js';
import {
  checkSame,
  isThere,
  markOf,
  parseLog,
  parsePlaces,
  type ReadingConditions,
  type SavedImport,
  type SourceMark,
  spillPaths,
} from './saved-import.js';

/** Time between two checkpoints, in milliseconds: what lasts no longer leaves nothing to go on with. */
const INTERVAL_MS = 3000;

/** How an import is made: some of its options. */
interface ImportLogOptions {
  /** Where spill files are to stand; beside the database unless given. */
  readonly tempFolder?: string | undefined;
  /** Begin anew, whatever there is. */
  readonly restart?: boolean | undefined;
  /** Told of each checkpoint when it is written. */
  readonly onCheckpoint?: ((at: SourceShare) => void) | undefined;
  /** Time between two checkpoints instead of {@link INTERVAL_MS}; for tests. */
  readonly intervalMs?: number | undefined;
}

export class ImportLog {
  private readonly path: string;
  /** What is written down last, and what of it is not to change in this run. */
  private saved: SavedImport | undefined;
  private run: Omit<SavedImport, 'state' | 'source'> | undefined;
  private source: SourceMark | undefined;
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
   * Holds the database in the making, beside which the log stands; nothing is changed yet. Throws FileError where another
   * run has it.
   */
  static open(database: string, options: ImportLogOptions): ImportLog {
    return new ImportLog(database, options, BuildLock.take(database));
  }

  /**
   * Looks for what another run has left, and removes all that this one has no use for; returns where to go on. Throws
   * FileError, and changes nothing, where that was another import, or the source has been changed since.
   */
  async begin(source: ByteSource, conditions: ReadingConditions): Promise<ImportState | undefined> {
    const { database } = this;
    const { tempFolder, restart } = this.options;
    const text = await readText(this.path);
    const left = parseLog(text);
    const formerPlaces = parsePlaces(text);
    const mark = await markOf(source);
    const own = { ...conditions, program: readPackageVersion() };
    const isUsable = !restart && left !== undefined && isThere(left, database);
    if (isUsable) checkSame(left, own, mark, { database, log: this.path, source: source.name });
    const saved = isUsable ? await this.bringHere(left) : undefined;
    const spillPath = saved?.spillPath ?? makeSpillPlace(database, tempFolder);
    this.run = { conditions: own, spillPath };
    this.source = mark;
    this.saved = saved;
    // Journals, too: SQLite would put back what they say.
    if (saved === undefined) removeDatabase(database);
    else removeJournals(database);
    for (const former of formerPlaces) if (former !== spillPath) clearSpillPlace(former);
    removeSpills(spillPath, Object.keys(spillsOf(saved?.state)));
    if (saved === undefined && tempFolder !== undefined) {
      // A run that is killed before its first checkpoint leaves files there.
      await replaceText(this.path, JSON.stringify({ spillPath }));
    } else if (saved === undefined && text !== undefined) {
      // A power cut is not to bring it back beside a new database.
      removeText(this.path);
      await syncNames(dirname(this.path), this.path);
    }
    return saved?.state;
  }

  /** Beginning of the names of spill files; known when {@link begin} has come to its end. */
  get spillPath(): string {
    if (this.run === undefined) throw new Error('an import has no place for spill files before it begins');
    return this.run.spillPath;
  }

  /** Whether it is time for {@link take}. Throws what the last one has met. */
  get isDue(): boolean {
    if (this.failure !== undefined) throw this.failure.error;
    const { intervalMs = INTERVAL_MS } = this.options;
    return (
      this.source !== undefined && this.writing === undefined && performance.now() - this.last >= intervalMs
    );
  }

  /** How much of the source has been read; undefined where nothing is written down. */
  get share(): SourceShare | undefined {
    const { saved } = this;
    return saved && { bytesRead: saved.state.bytesRead, totalBytes: saved.source.size };
  }

  /** Bytes that stand in the database, and in spill files, of what another run has left. */
  get present(): Present {
    const { saved } = this;
    if (saved === undefined) return {};
    const { pageBytes, pageCount } = saved.state.rows.load;
    return {
      database: pageBytes * pageCount,
      welding: spillPaths(saved).reduce((sum, [, bytes]) => sum + bytes, 0),
    };
  }

  /** Whether {@link take} has ever come to its end, in this run or another one. */
  get hasSaved(): boolean {
    return this.saved !== undefined;
  }

  /** Begins to write where the import stands; its files may grow meanwhile. */
  take(state: ImportState): void {
    const { source, run } = this;
    if (source === undefined || run === undefined) return;
    this.last = performance.now();
    this.writing = this.keep({ ...run, source, state });
  }

  /** Waits until what has been taken is written. Throws what that has met. */
  async settle(): Promise<void> {
    await this.writing;
    if (this.failure !== undefined) throw this.failure.error;
  }

  /** Removes the spill files that nobody will go on with. */
  removeSpills(): void {
    if (this.run !== undefined) removeSpills(this.run.spillPath, Object.keys(spillsOf(this.saved?.state)));
  }

  /**
   * Ends a run that has failed. Keeps what another one can go on with, and says how much it is; where there is none, or
   * the source is at fault, nothing is left.
   */
  async giveUp(error: unknown): Promise<SourceShare | undefined> {
    await this.writing;
    // Another one's work has not been touched.
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

  /** Ends a run whose database has its name. */
  remove(): void {
    if (this.run !== undefined) clearSpillPlace(this.run.spillPath);
    removeText(this.path);
  }

  /** Lets others at the database. To be called in any case. */
  close(): void {
    this.lock.release();
  }

  /** Takes another run's spill files to this one's folder for them: the other one may be full. */
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

  /** Writes it down, and takes note of what goes wrong for whoever looks next. */
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

  /** Writes it down when all that it speaks of is on the disk. */
  private async write(saved: SavedImport): Promise<void> {
    const spills = spillPaths(saved).map(([path]) => path);
    await syncFiles([this.database, ...spills]);
    if (spills.length > 0) await syncNames(dirname(saved.spillPath), saved.spillPath);
    await replaceText(this.path, JSON.stringify(saved));
  }
}
