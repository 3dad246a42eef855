/** What a run tells while it lasts; drawing it is commands/terminal's. */
import { MEMORY_MINIMUM } from '../../memory.js';
import type { Warning } from '../../mesh.js';
import { abortSignal, flag, integer, internal, listener, type Rules, text } from '../../options.js';
import { THREADS_MAX } from './thread-count.js';

/**
 * What a run is at: reading the source, setting repeated ids right, building an index, finding what a
 * filter wants, writing OFF, checking the mesh, surveying it, comparing two meshes, examining where they
 * part, looking something up in the source.
 */
export type Stage =
  | 'import'
  | 'weld'
  | 'index'
  | 'filter'
  | 'export'
  | 'check'
  | 'survey'
  | 'verify'
  | 'examine'
  | 'locate';

export interface Progress {
  readonly stage: Stage;
  /**
   * Bytes read in `import` and `locate`, rows done in the others. In the `index` of an import it is an estimate, and 0 as
   * long as that cannot be told.
   */
  readonly done: number;
  /** What `done` will be at the end, where it is known. */
  readonly total: number | undefined;
  readonly unit: 'bytes' | 'rows';
  readonly triangles: number;
  /** Vertices so far. */
  readonly vertices: number;
}

/** What every verb takes. */
export interface RunOptions {
  /** Memory of the whole process, in bytes. */
  readonly memoryBytes?: number | undefined;
  /** Threads to use; as many as the machine has cores unless given. The result does not depend on it. */
  readonly threads?: number | undefined;
  /** Folder for temporary files; the folder of the output unless given. */
  readonly tempFolder?: string | undefined;
  /** Replace an output that exists. */
  readonly force?: boolean | undefined;
  /** Ends the run: its promise is then rejected with the signal's reason and nothing is left behind. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Runs the search for the triangles of a filter's SQL, which may want any amount of memory; for the command line.
   * @internal
   */
  readonly guardQuery?: (<T>(action: () => Promise<T>) => Promise<T>) | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Told of each kind of warning once, when it is met first. */
  readonly onWarning?: ((warning: Warning) => void) | undefined;
  /** Told, before the work, what disk space it will need. */
  readonly onForecast?: ((forecast: Forecast) => void) | undefined;
  /** Told that an import goes on where another one has stopped. */
  readonly onResume?: ((from: SourceShare) => void) | undefined;
  /** Told that so much of an import is written down for another one to go on with. */
  readonly onCheckpoint?: ((at: SourceShare) => void) | undefined;
  /** Told that an import which fails or is aborted has left what another one goes on with, and why it ends. */
  readonly onSuspend?: ((at: SourceShare, reason: unknown) => void) | undefined;
  /** Told what was decided and why, in words. */
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

/** How much of a source has been read. */
export interface SourceShare {
  readonly bytesRead: number;
  readonly totalBytes: number;
}

/** Disk space about to be needed in one file system. */
export interface Forecast {
  readonly folder: string;
  readonly freeBytes: number;
  /** What needs how many bytes there. */
  readonly items: readonly { readonly what: string; readonly bytes: number }[];
}

/** Warnings by kind: the first of each with the number of all. */
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

  /** Begins with warnings that were listed before. */
  restore(list: readonly (Warning & { readonly count: number })[]): void {
    this.byKind.clear();
    for (const { kind, message, count } of list) this.byKind.set(kind, { message, count });
  }

  list(): (Warning & { count: number })[] {
    return [...this.byKind].map(([kind, { message, count }]) => ({ kind, message, count }));
  }
}
