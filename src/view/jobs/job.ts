/** What the server asks a child process to do, and what that answers. */

import type { PackedError } from '../../errors.js';
import type { CutPlane } from '../../geometry/contour.js';
import type { Progress } from '../../pipeline/run/progress.js';
import type { MeshCut } from '../../pipeline/view/cut-mesh.js';
import type { ValueRange } from '../../tiles/slot-values.js';

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

/** Computes the values of a column in the order of slots. */
export interface ValuesJob {
  readonly kind: 'values';
  readonly database: string;
  readonly tilesFiles: readonly string[];
  readonly column: string;
  /** The file for the values, which does not exist. */
  readonly output: string;
  readonly memoryBytes: number;
  readonly threads: number | undefined;
}

/** Computes the contour of the mesh on a plane. */
export interface SectionJob {
  readonly kind: 'section';
  readonly database: string;
  readonly tilesFiles: readonly string[];
  readonly plane: CutPlane;
}

/** Each kind is one file of this folder and a line in src/job.ts. */
export type Job = PrepareJob | ValuesJob | SectionJob;

/** What a job tells while it runs. */
export interface JobNews {
  readonly step: 'import' | 'tiles';
  readonly progress: Progress;
}

/** A message of the child process. */
export type JobMessage =
  | { readonly news: JobNews }
  | { readonly warning: string }
  | { readonly range: ValueRange }
  | { readonly section: MeshCut }
  | { readonly done: true }
  | { readonly error: PackedError };

/** How a job reports. */
export interface JobHome {
  readonly signal: AbortSignal;
  send(message: JobMessage): void;
}
