/**
 * One run of the view: what it shows, whether it is ready, and who follows that. Many pages share it. A mesh that is not
 * ready is prepared in a child process, and a database that is replaced or changed is opened anew.
 */

import { basename, dirname, join } from 'node:path';
import { HeldFolder, removeDeadFolders } from '../database/held-folder.js';
import { FileError, MeshError } from '../errors.js';
import { canWrite, chooseTempFolder, findOtherKind, isFile, readHead } from '../io/disk.js';
import type { Progress } from '../pipeline/run/progress.js';
import { type CoarseTile, coarseTileOf } from './coarse-tile.js';
import { ExportStore } from './exports.js';
import { FlawSearch } from './flaw-search.js';
import type { Job, JobMessage, MeshTask, TaskListener, TaskOptions } from './jobs/job.js';
import { JobAhead } from './jobs/job-ahead.js';
import { runJob, TimeLimit } from './jobs/run-job.js';
import { type JobLength, Turns } from './jobs/turns.js';
import { JOBS_MAX, memoryForJob, shareMemory } from './memory-shares.js';
import { describeError, Refusal } from './refusal.js';
import { SetStore } from './sets.js';
import { ShownMesh } from './shown-mesh.js';
import type { ViewState } from './wire/messages.js';

/** Words the hint of an error of a job, or of the server itself; undefined leaves it out. */
export type WordHint = (hint: string, kind: Job['kind'] | undefined) => string | undefined;

export interface ViewOptions {
  /** Keeps the tiles in this file instead of the database. */
  readonly tilesFile?: string | undefined;
  readonly tempFolder?: string | undefined;
  readonly memoryBytes: number;
  readonly threads?: number | undefined;
  /** The longest time of a filter or a query, in milliseconds (default: a minute). */
  readonly timeLimitMs?: number | undefined;
  /** Words hints for the page (default: as in the library). */
  readonly wordHint?: WordHint | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Called when there is something to show. */
  readonly onReady?: (() => void) | undefined;
  /** Called if there will be nothing to show. */
  readonly onFailure?: ((error: Error) => void) | undefined;
}

/** The first bytes of every SQLite database. */
const MAGIC = 'SQLite format 3\0';
/** The time between two looks at the database, in milliseconds. */
const LOOK_MS = 1000;
const TIME_LIMIT_MS = 60_000;
/**
 * All tasks take turns, because each is a process with its share of the memory. Filters, sections and columns end soon: by
 * a time limit, or because the mesh ends. The others may go on for as long as a user likes, such as a CSV file that a slow
 * page downloads: one of them runs at a time, and leaves the other turn to filters, sections and columns. So none of these
 * waits for ever, and a new filter can begin while the former is ended.
 */
const LENGTHS: Readonly<Record<MeshTask['kind'], JobLength>> = {
  set: 'short',
  section: 'short',
  values: 'short',
  sql: 'long',
  export: 'long',
  flaws: 'long',
};
const LONG_MAX = 1;

export class ViewSession {
  state: ViewState = {
    state: 'preparing',
    step: 'tiles',
    share: null,
    seconds: 0,
    triangles: 0,
    coarse: null,
  };
  /** What there is of a mesh that is being prepared. */
  coarse: CoarseTile | undefined;
  readonly sets: SetStore;
  readonly exports = new ExportStore();
  private readonly turns = new Turns(JOBS_MAX, LONG_MAX);
  private readonly jobs = new Set<Promise<void>>();
  private readonly ahead = new JobAhead(() => ({
    memoryBytes: this.taskBytes,
    threads: this.options.threads,
    triangles: this.shown?.tiles.slots ?? 0,
  }));
  private files = 0;
  readonly flaws = new FlawSearch((...asked) => this.run(...asked));
  private shown: ShownMesh | undefined;
  private readonly followers = new Set<() => void>();
  private readonly ending = new AbortController();
  private readonly work: HeldFolder;
  private look: NodeJS.Timeout | undefined;
  /** The work that goes on, which {@link close} waits for. */
  private running: Promise<void> = Promise.resolve();
  private readonly isSource: boolean;
  /** The database on show: the given one, or a temporary one of a mesh file; empty before the latter exists. */
  private database: string;
  /** Files that may have the tiles, if the database has none. */
  private readonly tilesFiles: string[];

  /** Throws FileError if there is no such file. */
  constructor(
    readonly path: string,
    private readonly options: ViewOptions,
  ) {
    this.isSource = !isDatabase(path);
    const name = basename(path);
    this.work = new HeldFolder(join(chooseTempFolder(options.tempFolder, path), name));
    this.database = this.isSource ? '' : path;
    this.tilesFiles = [options.tilesFile ?? []].flat();
    this.sets = new SetStore(shareMemory(options.memoryBytes).sets);
  }

  get memoryLimitBytes(): number {
    return this.options.memoryBytes;
  }

  /** Whether the given file is a database, not a mesh file. */
  get isDatabase(): boolean {
    return !this.isSource;
  }

  get timeLimitMs(): number {
    return this.options.timeLimitMs ?? TIME_LIMIT_MS;
  }

  /**
   * Opens the mesh, or begins to prepare it. Removes what killed views have left in the folder for temporary files. Throws the
   * errors of {@link ShownMesh.open}.
   */
  start(): void {
    removeDeadFolders(chooseTempFolder(this.options.tempFolder, this.path));
    const mesh = this.isSource ? undefined : this.open();
    if (mesh !== undefined) this.show(mesh);
    else this.prepare();
    this.look = setInterval(() => this.lookForChange(), LOOK_MS);
  }

  /**
   * Returns the mesh on show. Throws Refusal while there is none, or if `version` is that of another mesh.
   */
  mesh(version: string | null = null): ShownMesh {
    const { shown, state } = this;
    if (shown === undefined) {
      const isFailed = state.state === 'failed';
      throw new Refusal(503, 'PREPARING', isFailed ? state.error.message : 'the mesh is being prepared');
    }
    if (version !== null && version !== shown.version) {
      throw new Refusal(409, 'MESH_CHANGED', 'the mesh has changed', { hint: 'reload the page' });
    }
    return shown;
  }

  /**
   * Runs a task on the mesh on show in a child process, when it is its turn. Throws the errors of the task, the reason of the
   * signal, or TimeLimit.
   */
  run(
    task: MeshTask,
    signal: AbortSignal,
    onMessage: TaskListener,
    { timeLimitMs, onOutput, onWait }: TaskOptions = {},
  ): Promise<void> {
    const { options, database, tilesFiles } = this;
    const ending = AbortSignal.any([signal, this.ending.signal]);
    const place = {
      database,
      tilesFiles,
      memoryBytes: this.taskBytes,
      threads: options.threads,
      tempFolder: this.tempFolder,
    };
    const takeWaiting = () => (task.kind === 'set' ? this.ahead.take() : undefined);
    const start = async () => {
      if (task.kind !== 'set') await this.makeRoom();
      const late = new AbortController();
      const timer =
        timeLimitMs === undefined
          ? undefined
          : setTimeout(() => late.abort(new TimeLimit(timeLimitMs)), timeLimitMs);
      try {
        const stop = AbortSignal.any([ending, late.signal]);
        await runJob({ ...task, ...place }, stop, onMessage, onOutput, takeWaiting);
      } finally {
        clearTimeout(timer);
      }
    };
    const job = this.turns.take(LENGTHS[task.kind], ending, start, onWait).catch((error: unknown) => {
      throw this.wordHint(error, task.kind);
    });
    this.jobs.add(job);
    return job.finally(() => {
      this.jobs.delete(job);
      if (this.turns.isFree('short') && !this.ending.signal.aborted) this.ahead.prepare();
    });
  }

  /** Ends the process that waits if it is one too many: it counts as one of those that may run. */
  private async makeRoom(): Promise<void> {
    if (!this.turns.isFree('short')) await this.ahead.close();
  }

  /** Describes any error for the page. */
  describe(error: unknown): ReturnType<typeof describeError> {
    return describeError(this.wordHint(error, undefined));
  }

  /** Returns the path of a new temporary file with this ending. */
  newFile(ending: string): string {
    return this.work.file(`file-${this.files++}${ending}`);
  }

  /** Calls the listener whenever the state has changed, until the returned function is called. */
  follow(listener: () => void): () => void {
    this.followers.add(listener);
    return () => this.followers.delete(listener);
  }

  /** Whether a page follows the state. */
  get isFollowed(): boolean {
    return this.followers.size > 0;
  }

  /** Ends all work and removes temporary files. */
  async close(): Promise<void> {
    clearInterval(this.look);
    this.ending.abort(new Error('the view has ended'));
    await this.running;
    await Promise.allSettled(this.jobs);
    await this.ahead.close();
    this.shown?.close();
    this.shown = undefined;
    this.work.remove();
  }

  /** Words the hint of an error for the page, in place. */
  private wordHint(error: unknown, kind: Job['kind'] | undefined): unknown {
    const { wordHint } = this.options;
    if (!(error instanceof MeshError) || error.hint === undefined) return error;
    if (error.code === 'MEMORY_TOO_SMALL' && kind !== undefined && kind !== 'prepare') {
      // It counts the memory of the job, which is a part of that of the view.
      error.message = error.message.replace(/; expected at least \d+M$/, '');
      error.hint = error.hint.replace(/(?<=memoryBytes: )\d+/, (bytes) => `${memoryForJob(Number(bytes))}`);
    }
    if (wordHint !== undefined) error.hint = wordHint(error.hint, kind);
    return error;
  }

  /** The memory for one of the jobs that may run at a time. */
  get taskBytes(): number {
    return shareMemory(this.options.memoryBytes).job;
  }

  /** The folder for the files of jobs: nothing is left even if a process has to be killed. */
  private get tempFolder(): string {
    return dirname(this.work.file('mesh.db'));
  }

  private open(): ShownMesh | undefined {
    return ShownMesh.open(this.database, basename(this.path), this.tilesFiles);
  }

  private show(mesh: ShownMesh): void {
    if (mesh.version !== this.shown?.version) this.sets.clear();
    this.shown?.close();
    this.shown = mesh;
    this.coarse = undefined;
    this.enter({ state: 'ready', version: mesh.version });
    this.ahead.prepareSoon();
    this.options.onReady?.();
    // While the browser loads the page.
    mesh.count();
  }

  private enter(state: ViewState): void {
    this.state = state;
    for (const listener of this.followers) listener();
  }

  /** Imports the source, if it is one, and builds the tiles; then shows the mesh. */
  private prepare(): void {
    this.coarse = undefined;
    this.enter({
      state: 'preparing',
      step: this.isSource ? 'import' : 'tiles',
      share: null,
      seconds: 0,
      triangles: 0,
      coarse: null,
    });
    this.running = this.runPreparation().catch((error: unknown) => {
      if (this.ending.signal.aborted) return;
      this.wordHint(error, 'prepare');
      this.shown?.close();
      this.shown = undefined;
      const { status, ...described } = describeError(error);
      this.enter({ state: 'failed', error: described });
      this.options.onFailure?.(error instanceof Error ? error : new Error(String(error)));
    });
  }

  private async runPreparation(): Promise<void> {
    const { options, isSource } = this;
    if (isSource && this.database === '') this.database = this.work.file('mesh.db');
    const isImported = isSource && isFile(this.database);
    let tilesFile = options.tilesFile;
    if (tilesFile === undefined && !isSource && !isWritable(this.path)) {
      tilesFile = this.work.file('tiles.db');
      this.tilesFiles.push(tilesFile);
    }
    let began = performance.now();
    const job = {
      kind: 'prepare',
      source: isSource && !isImported ? this.path : undefined,
      database: this.database,
      tilesFile,
      // While the former mesh is on show, its tasks need their shares.
      memoryBytes: this.shown === undefined ? shareMemory(options.memoryBytes).onlyJob : this.taskBytes,
      threads: options.threads,
      tempFolder: this.tempFolder,
    } as const;
    const take = (message: JobMessage) => {
      if ('warning' in message) options.onWarning?.(message.warning);
      if ('coarse' in message) this.showCoarse(coarseTileOf(message.coarse));
      if (!('news' in message)) return;
      const { step, progress } = message.news;
      options.onProgress?.(progress);
      const before = this.state;
      if (before.state === 'preparing' && before.step !== step) began = performance.now();
      const { done, total, triangles } = progress;
      this.enter({
        state: 'preparing',
        step,
        share: total === undefined || total === 0 ? null : Math.min(1, done / total),
        seconds: (performance.now() - began) / 1000,
        triangles,
        coarse: this.coarse?.answer ?? null,
      });
    };
    const { signal } = this.ending;
    await this.turns.take('short', signal, async () => {
      await this.makeRoom();
      await runJob(job, signal, take);
    });
    const mesh = this.open();
    if (mesh === undefined) throw new Error(`${this.path}: its tiles are missing after they were built`);
    this.show(mesh);
  }

  private showCoarse(coarse: CoarseTile): void {
    this.coarse = coarse;
    if (this.state.state === 'preparing') this.enter({ ...this.state, coarse: coarse.answer });
  }

  /** Opens the database anew if it was replaced or changed. */
  private lookForChange(): void {
    const { shown, state } = this;
    if (shown === undefined || state.state !== 'ready') return;
    try {
      if (!shown.isStale()) return;
      const mesh = this.open();
      if (mesh === undefined) this.prepare();
      else if (mesh.version === shown.version && !shown.isReplaced()) mesh.close();
      else this.show(mesh);
    } catch (error) {
      // Another program is about to write it: the next look finds it complete. Until then, the old one is shown.
      if (!(error instanceof MeshError)) throw error;
    }
  }
}

/** Whether a file is a database. Throws FileError if it cannot be read. */
function isDatabase(path: string): boolean {
  const other = findOtherKind(path);
  if (other !== undefined) throw new FileError(`${path}: is ${other}; expected a database or a mesh file`);
  const head = new Uint8Array(MAGIC.length);
  const length = readHead(path, head);
  return Buffer.from(head.buffer, 0, length).toString('latin1') === MAGIC;
}

/** Whether a database and its folder, where SQLite puts its journal, can be written. */
function isWritable(path: string): boolean {
  return canWrite(path) && canWrite(dirname(path));
}
