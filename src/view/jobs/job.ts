/** What the server asks a child process to do, and what that answers. */

import type { PackedError } from '../../errors.js';
import type { CutPlane } from '../../geometry/contour.js';
import type { CompressionChoice } from '../../io/compression/compression.js';
import type { CoarseView } from '../../pipeline/build-tiles.js';
import type { FlawGroup } from '../../pipeline/flaws/flaw.js';
import type { OutputFormat } from '../../pipeline/run/output-writer.js';
import type { Progress } from '../../pipeline/run/progress.js';
import type { SlotColumn } from '../../pipeline/scan/measure-slots.js';
import type { ThreadPool } from '../../pipeline/threads/thread.js';
import type { MeshCut } from '../../pipeline/view/cut-mesh.js';
import type { NormalColumn } from '../../pipeline/view/slot-normals.js';
import type { ValueRange } from '../../tiles/slot-values.js';
import type { ColumnLabels, SetFound, ShownFilter } from '../wire/messages.js';
import type { SqlFormat, SqlSpan } from '../wire/sql.js';

/** Imports a mesh file into a database of the server, and builds tiles. */
export interface PrepareJob {
  readonly kind: 'prepare';
  /** The mesh file to import into the database first, if any. */
  readonly source: string | undefined;
  readonly database: string;
  /** A file of their own for the tiles; undefined for the database. */
  readonly tilesFile: string | undefined;
  readonly memoryBytes: number;
  readonly threads: number | undefined;
  readonly tempFolder: string | undefined;
}

/** What a job needs to open the mesh on show. */
export interface MeshPlace {
  readonly database: string;
  /** Files that may have the tiles, if the database has none. */
  readonly tilesFiles: readonly string[];
  readonly memoryBytes: number;
  readonly threads: number | undefined;
  readonly tempFolder: string;
}

/** What a route asks for; the session knows where the mesh is. */
export interface SetTask {
  readonly kind: 'set';
  /** The tiles that the slots are of. */
  readonly version: string;
  readonly filter: ShownFilter;
}

/** Finds the triangles of a filter. */
export type SetJob = SetTask & MeshPlace;

/** What a route asks for to export to a file. */
export interface ExportTask {
  readonly kind: 'export';
  readonly output: string;
  readonly to: OutputFormat;
  readonly compress: CompressionChoice | undefined;
  readonly filter: ShownFilter;
}

/** Exports the triangles of a filter. */
export type ExportJob = ExportTask & MeshPlace;

/** What a route asks for to answer a query with lines of JSON on standard output: SqlLine of ../wire/sql.ts. */
export interface SqlTask {
  readonly kind: 'sql';
  readonly query: string;
  readonly format: SqlFormat;
}

/** Answers a query of the user. */
export type SqlJob = SqlTask & MeshPlace;

/** What colors by a column ask for. */
export interface ValuesTask {
  readonly kind: 'values';
  readonly column: SlotColumn | NormalColumn;
  /** The file for the values, which does not exist. */
  readonly output: string;
}

/** Computes the values of a column in the order of slots. */
export type ValuesJob = ValuesTask & MeshPlace;

/** What pages ask for to list the flaws of the mesh. */
export interface FlawsTask {
  readonly kind: 'flaws';
}

/** Checks the mesh of a database and lists its flaws. */
export type FlawsJob = FlawsTask & MeshPlace;

/** What a route asks for to cut the mesh at a plane. */
export interface SectionTask {
  readonly kind: 'section';
  readonly plane: CutPlane;
}

/** Computes the contour of the mesh on a plane. */
export type SectionJob = SectionTask & MeshPlace;

/** What a session can be asked to run. */
export type MeshTask = SetTask | ExportTask | SqlTask | ValuesTask | FlawsTask | SectionTask;

/** Takes what a task tells. */
export type TaskListener = (message: JobMessage) => void;

export interface TaskOptions {
  /** The longest time that it may run, in milliseconds (default: any). Waiting does not count. */
  readonly timeLimitMs?: number | undefined;
  /** Takes what it writes to its standard output. */
  readonly onOutput?: ((bytes: Uint8Array) => Promise<void>) | undefined;
  /** Called if it has to wait for its turn. */
  readonly onWait?: (() => void) | undefined;
}

/** Runs a task on the mesh on show: the `run` of the session. */
export type RunTask = (
  task: MeshTask,
  signal: AbortSignal,
  onMessage: TaskListener,
  options?: TaskOptions,
) => Promise<void>;

/** Each kind is one file of this folder and a line in src/job.ts. */
export type Job = PrepareJob | ValuesJob | SqlJob | SetJob | ExportJob | FlawsJob | SectionJob;

/** Asks a process to be ready for a job of a kind, before the job itself is known. */
export interface AheadOrder {
  readonly ahead: 'set';
  /** Threads to start. */
  readonly threads: number;
}

/** What a job tells while it runs. */
export interface JobNews {
  readonly step: 'import' | 'tiles';
  readonly progress: Progress;
}

/** A message of the child process. */
export type JobMessage =
  | { readonly news: JobNews }
  | { readonly warning: string }
  | { readonly coarse: CoarseView }
  /** Words of the set of slots, from the word `at` on. */
  | { readonly piece: { readonly at: number; readonly words: Int32Array } }
  | { readonly found: SetFound }
  | { readonly progress: Progress }
  | { readonly exported: { readonly triangles: number } }
  /** The part of the query that the following error is about. */
  | { readonly span: SqlSpan }
  | { readonly range: ValueRange; readonly labels: ColumnLabels | undefined }
  /** How much is done, from 0 to 1. */
  | { readonly share: number }
  | {
      readonly flaws: {
        readonly groups: readonly FlawGroup[];
        readonly shells: number;
        readonly components: number;
      };
    }
  | { readonly section: MeshCut }
  | { readonly done: true }
  | { readonly error: PackedError };

/** How a job reports. */
export interface JobHome {
  readonly signal: AbortSignal;
  /** The process of the server, without which no job goes on. */
  readonly parent: number;
  /** Threads that were started before the job was known, if any. */
  readonly pool: ThreadPool | undefined;
  send(message: JobMessage): void;
}
