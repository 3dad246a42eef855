/** The events and options of a run; commands/terminal draws the progress. */
import { MEMORY_MINIMUM } from '../../memory.js';
import type { Warning } from '../../mesh.js';
import { abortSignal, flag, integer, internal, listener, type Rules, text } from '../../options.js';
import { THREADS_MAX } from './thread-count.js';

/**
 * The stage of a run: copying the mesh that is appended to, reading the source, resolving repeated ids, building an index, evaluating a filter,
 * writing OFF, painting a picture, checking the mesh, surveying it, comparing two meshes, examining their differences,
 * locating a triangle in the source.
 */
export type Stage =
  | 'copy'
  | 'import'
  | 'weld'
  | 'index'
  | 'filter'
  | 'export'
  | 'render'
  | 'check'
  | 'survey'
  | 'verify'
  | 'examine'
  | 'locate';

export interface Progress {
  readonly stage: Stage;
  /**
   * Bytes read in `import` and `locate`, rows done in the other stages. In the `index` stage of an import it is an
   * estimate, and 0 while there is none.
   */
  readonly done: number;
  /** The final value of `done`, if known. */
  readonly total: number | undefined;
  readonly unit: 'bytes' | 'rows';
  readonly triangles: number;
  /** Vertices so far. */
  readonly vertices: number;
}

/** The options that all verbs share. */
export interface RunOptions {
  /** Memory limit of the process, in bytes. */
  readonly memoryBytes?: number | undefined;
  /** Threads to use (default: number of cores). The result does not depend on it. */
  readonly threads?: number | undefined;
  /** Folder for temporary files (default: the folder of the output). */
  readonly tempFolder?: string | undefined;
  /** Replace an existing output. */
  readonly force?: boolean | undefined;
  /** Aborts the run: its promise is rejected with the signal's reason, and no files remain. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Runs a filter's SQL queries, which may need any amount of memory; for the command line.
   * @internal
   */
  readonly guardQuery?: (<T>(action: () => Promise<T>) => Promise<T>) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Called once for each kind of warning, when it first occurs. */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
  /** Called before the work with the disk space that it will need. */
  readonly onForecast?: ((forecast: Forecast) => void) | undefined;
  /** Called if an import resumes a stopped one. */
  readonly onResume?: ((from: SourceShare) => void) | undefined;
  /** Called at each checkpoint from which an import can be resumed. */
  readonly onCheckpoint?: ((at: SourceShare) => void) | undefined;
  /** Called with the reason if an import fails or is aborted and can be resumed. */
  readonly onSuspend?: ((at: SourceShare, reason: unknown) => void) | undefined;
  /** Called with each decision and its reason, in words. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** The rules for {@link RunOptions}. */
export const RUN_OPTIONS: Rules<RunOptions> = {
  memoryBytes: integer(MEMORY_MINIMUM),
  threads: integer(1, THREADS_MAX),
  tempFolder: text,
  force: flag,
  signal: abortSignal,
  guardQuery: internal(listener),
  onProgress: listener,
  onWarning: listener,
  onForecast: listener,
  onResume: listener,
  onCheckpoint: listener,
  onSuspend: listener,
  onNote: listener,
};

/** The bytes read of a source so far, and its size. */
export interface SourceShare {
  readonly bytesRead: number;
  readonly totalBytes: number;
}

/** The disk space that a run will need in one file system. */
export interface Forecast {
  readonly folder: string;
  readonly freeBytes: number;
  readonly items: readonly ForecastItem[];
}

/** A need for disk space. */
export interface ForecastItem {
  readonly what: string;
  /** The bytes, or the most if they depend on the order of triangles. */
  readonly bytes: number;
  /** The least bytes if they depend on the order of triangles. */
  readonly leastBytes?: number | undefined;
}

/** Tallies warnings by kind: the first message and the number of all. */
export class WarningTally {
  private readonly byKind = new Map<string, { message: string; count: number }>();

  constructor(private readonly onFirst: (warning: Warning) => void = () => undefined) {}

  add(warning: Warning, count = 1): void {
    const known = this.byKind.get(warning.kind);
    if (known !== undefined) {
      known.count += count;
      return;
    }
    this.byKind.set(warning.kind, { message: warning.message, count });
    this.onFirst(warning);
  }

  /** Restores a tally from its list. */
  restore(list: readonly (Warning & { readonly count: number })[]): void {
    this.byKind.clear();
    for (const { kind, message, count } of list) this.byKind.set(kind, { message, count });
  }

  list(): (Warning & { count: number })[] {
    return [...this.byKind].map(([kind, { message, count }]) => ({ kind, message, count }));
  }
}
