/**
 * What an import needs to go on where a killed one has stopped: written beside the database every few seconds, after all
 * that it speaks of is on the disk. While it is written the import goes on.
 *
 * For soup alone: what is known of an indexed source while it is read cannot be told in so few words. Nor can standard
 * input be read again.
 */
import { resolve } from 'node:path';
import type { SavedMeshLoad, SourceRecord } from '../database/mesh-load.js';
import type { SavedWelder } from '../database/welder.js';
import { FileError } from '../errors.js';
import type { ReadStart } from '../formats/format.js';
import type { ByteSource } from '../io/byte-source.js';
import type { CompressionId } from '../io/compression.js';
import { digestEnds } from '../io/digest-file.js';
import { fileSize, isFile, removeDatabase, removeFile, removeJournals, removeSpills } from '../io/disk.js';
import { readText, replaceText, syncFiles } from '../io/durable-file.js';
import { readPackageVersion } from '../io/package-file.js';
import { isOwnProcess, isRunning, ownProcess, type ProcessMark } from '../io/process-mark.js';
import type { SavedSpill } from '../io/spill-file.js';
import type { Warning } from '../mesh.js';

/** Time between two checkpoints, in milliseconds. */
const INTERVAL_MS = 3000;

/** Where reading goes on, and what there is until then. Plain data. */
export interface ReadingState {
  readonly phase: 'reading';
  readonly start: ReadStart;
  readonly triangles: number;
  readonly warnings: readonly (Warning & { readonly count: number })[];
  readonly welder: SavedWelder;
  readonly rows: SavedMeshLoad;
}

/** All rows are there, and what the source was like is known. */
export interface LoadedState {
  readonly phase: 'loaded';
  readonly rows: SavedMeshLoad;
  readonly source: SavedRecord;
  readonly compression: CompressionId | undefined;
  readonly contentBytes: number;
  readonly fitMemory: boolean;
}

/** A {@link SourceRecord} as plain data. */
type SavedRecord = Omit<SourceRecord, 'modified' | 'header'> & {
  readonly modified: string | undefined;
  /** In base64. */
  readonly header: string | undefined;
};

export function saveRecord({ modified, header, ...record }: SourceRecord): SavedRecord {
  return {
    ...record,
    modified: modified?.toISOString(),
    header: header && Buffer.from(header).toString('base64'),
  };
}

export function loadRecord({ modified, header, ...record }: SavedRecord): SourceRecord {
  return {
    ...record,
    modified: modified === undefined ? undefined : new Date(modified),
    header: header === undefined ? undefined : Buffer.from(header, 'base64'),
  };
}

type ImportState = ReadingState | LoadedState;

/** What must be the same for a run to go on with another one's work. */
interface Conditions {
  readonly program: string;
  readonly from: string | null;
  readonly salvage: boolean;
  /** Tables of the welder are not to become smaller: ids are looked up as far back as they reached. */
  readonly weldBytes: number;
}

/** What stands in the file. */
interface Entry {
  /** Who writes it. */
  readonly process: ProcessMark;
  readonly saved: SavedImport | undefined;
}

interface SavedImport {
  readonly conditions: Conditions;
  readonly source: SourceMark;
  /** Beginning of the names of spill files. */
  readonly spillPath: string;
  readonly state: ImportState;
}

/** A file as it is told again. */
interface SourceMark {
  readonly path: string;
  readonly size: number;
  readonly modified: string;
  /** SHA-256 of its two ends. */
  readonly ends: string;
}

/** Where an import is made, and how. */
export interface ImportLogOptions {
  /** The database in the making; the log stands beside it. */
  readonly database: string;
  readonly spillPath: string;
  /** Begin anew, whatever there is. */
  readonly restart?: boolean | undefined;
  /** Time between two checkpoints instead of {@link INTERVAL_MS}; for tests. */
  readonly intervalMs?: number | undefined;
}

export class ImportLog {
  /** Where to go on. */
  readonly state: ImportState | undefined;
  readonly spillPath: string;
  private last = performance.now();
  private writing: Promise<void> | undefined;

  private constructor(
    private readonly source: SourceMark | undefined,
    private readonly conditions: Conditions,
    private readonly options: ImportLogOptions,
    saved: SavedImport | undefined,
  ) {
    this.state = saved?.state;
    this.spillPath = saved?.spillPath ?? options.spillPath;
  }

  /**
   * Looks for what another run has left, and makes room for this one. Throws FileError where that other one is still at
   * work, or the source has been changed since.
   */
  static async open(
    source: ByteSource,
    conditions: Omit<Conditions, 'program'>,
    options: ImportLogOptions,
  ): Promise<ImportLog> {
    const path = logPath(options.database);
    const text = await readText(path);
    const entry = text === undefined ? undefined : parseEntry(text);
    if (entry !== undefined && !isOwnProcess(entry.process) && isRunning(entry.process)) {
      throw new FileError(`${options.database}: process ${entry.process.id} is making it`, {
        hint: 'wait for its end, or choose another name',
      });
    }
    const mark = await markOf(source);
    const own = { ...conditions, program: readPackageVersion() };
    const usable = options.restart ? undefined : chooseSaved(entry?.saved, own, mark, source.name, options);
    const log = new ImportLog(mark, own, options, usable);
    if (usable === undefined) removeDatabase(options.database);
    // SQLite would put back what it says.
    else removeJournals(options.database);
    // What was written after the last checkpoint would be in the way.
    const { state } = usable ?? {};
    const kept = state?.phase === 'reading' ? spillsOf(state.welder).map(({ path }) => path) : [];
    for (const spillPath of [options.spillPath, entry?.saved?.spillPath]) {
      if (spillPath !== undefined) removeSpills(spillPath, kept);
    }
    try {
      await log.write(usable);
    } catch (error) {
      if (usable === undefined) removeLog(options.database);
      throw error;
    }
    return log;
  }

  /** Whether it is time for {@link take}. */
  get isDue(): boolean {
    const { intervalMs = INTERVAL_MS } = this.options;
    return (
      this.source !== undefined && this.writing === undefined && performance.now() - this.last >= intervalMs
    );
  }

  /** Begins to write where the import stands; its files may grow meanwhile. Throws what the one before has met. */
  take(state: ImportState): void {
    const { source, conditions, spillPath } = this;
    if (source === undefined) return;
    this.last = performance.now();
    const spills = state.phase === 'reading' ? spillsOf(state.welder) : [];
    const writing = syncFiles([this.options.database, ...spills.map(({ path }) => path)])
      .then(() => this.write({ conditions, source, spillPath, state }))
      .then(() => {
        this.writing = undefined;
      });
    // What goes wrong is told by whoever waits for it.
    writing.catch(() => undefined);
    this.writing = writing;
  }

  /** Waits until what has been taken is written. */
  async settle(): Promise<void> {
    await this.writing;
  }

  /** Gives the import up: nothing is left of it. */
  async discard(): Promise<void> {
    await this.writing?.catch(() => undefined);
    removeLog(this.options.database);
    removeDatabase(this.options.database);
    removeSpills(this.spillPath);
  }

  private write(saved: SavedImport | undefined): Promise<void> {
    const entry: Entry = { process: ownProcess(), saved };
    return replaceText(logPath(this.options.database), JSON.stringify(entry));
  }
}

function logPath(database: string): string {
  return `${database}.log`;
}

/** Ends the log of a database in the making: there is nothing to go on with any more. */
export function removeLog(database: string): void {
  removeFile(logPath(database));
}

/** What another run has saved, if this one can go on with it. Throws FileError where the source has been changed. */
function chooseSaved(
  saved: SavedImport | undefined,
  own: Conditions,
  mark: SourceMark | undefined,
  name: string,
  { database }: ImportLogOptions,
): SavedImport | undefined {
  if (saved === undefined || mark === undefined || saved.source.path !== mark.path) return undefined;
  const { program, from, salvage, weldBytes } = saved.conditions;
  if (program !== own.program || from !== own.from || salvage !== own.salvage) return undefined;
  if (weldBytes > own.weldBytes) return undefined;
  for (const [what, key] of [
    ['size', 'size'],
    ['time of change', 'modified'],
    ['digest of its ends', 'ends'],
  ] as const) {
    if (saved.source[key] === mark[key]) continue;
    throw new FileError(
      `${name}: has been changed since its import was interrupted, its ${what} is ${mark[key]}; expected ${saved.source[key]}`,
      { hint: `offload import --restart begins again, and so does removing ${logPath(database)}` },
    );
  }
  return isThere(saved, database) ? saved : undefined;
}

/** What stands in a log; undefined where that is no log. */
function parseEntry(text: string): Entry | undefined {
  try {
    const entry = JSON.parse(text) as Partial<Entry> | null;
    return typeof entry?.process?.id === 'number' ? (entry as Entry) : undefined;
  } catch {
    // Only this program writes there, each time in one step: what cannot be read was written by somebody else.
    return undefined;
  }
}

/** Whether all files are as long as they were, at least: what is missing would be taken for zeros. */
function isThere({ state }: SavedImport, database: string): boolean {
  const { pageBytes, pageCount } = state.rows.load;
  const spills = state.phase === 'reading' ? spillsOf(state.welder) : [];
  const sizes = spills.map(({ path, words }) => [path, 4 * words] as const);
  return [[database, pageBytes * pageCount] as const, ...sizes].every(
    ([path, bytes]) => isFile(path) && fileSize(path) >= bytes,
  );
}

/** The files in which a welder's state is. */
function spillsOf({ overflow }: SavedWelder): SavedSpill[] {
  if (overflow === undefined) return [];
  const { triangles, positions, partitions } = overflow;
  return [triangles, positions, partitions.pairs, partitions.finals, ...partitions.partitions];
}

/** How a source is told again; undefined for one that cannot be read again. */
async function markOf({ name, fileSize: size, modified }: ByteSource): Promise<SourceMark | undefined> {
  if (name === '-' || !isFile(name) || size === undefined || modified === undefined) return undefined;
  return { path: resolve(name), size, modified: modified.toISOString(), ends: digestEnds(name, size) };
}
