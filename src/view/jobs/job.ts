/** What the server asks a child process to do, and what that answers. */

import type { PackedError } from '../../errors.js';
import type { Progress } from '../../pipeline/run/progress.js';
import type { SlotColumn } from '../../pipeline/scan/measure-slots.js';
import type { ValueRange } from '../../tiles/slot-values.js';
import type { ColumnLabels } from '../wire/messages.js';
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

/** Answers a query of the user with lines of JSON on standard output: SqlLine of ../wire/sql.ts. */
export interface SqlJob {
  readonly kind: 'sql';
  readonly database: string;
  readonly query: string;
  readonly format: SqlFormat;
  readonly memoryBytes: number;
}

/** Computes the values of a column in the order of slots. */
export interface ValuesJob {
  readonly kind: 'values';
  readonly database: string;
  readonly tilesFiles: readonly string[];
  readonly column: SlotColumn;
  /** The file for the values, which does not exist. */
  readonly output: string;
  readonly memoryBytes: number;
  readonly threads: number | undefined;
}

/** Each kind is one file of this folder and a line in src/job.ts. */
export type Job = PrepareJob | ValuesJob | SqlJob;

/** What a job tells while it runs. */
export interface JobNews {
  readonly step: 'import' | 'tiles';
  readonly progress: Progress;
}

/** A message of the child process. */
export type JobMessage =
  | { readonly news: JobNews }
  | { readonly warning: string }
  /** The part of the query that the following error is about. */
  | { readonly span: SqlSpan }
  | { readonly range: ValueRange; readonly labels: ColumnLabels | undefined }
  | { readonly done: true }
  | { readonly error: PackedError };

/** How a job reports. */
export interface JobHome {
  readonly signal: AbortSignal;
  send(message: JobMessage): void;
}
