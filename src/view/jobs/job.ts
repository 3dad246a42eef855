/** What the server asks a child process to do, and what that answers. */

import type { PackedError } from '../../errors.js';
import type { FlawGroup } from '../../pipeline/flaws/flaw.js';
import type { Progress } from '../../pipeline/run/progress.js';

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

/** Checks the mesh of a database and lists its flaws. */
export interface FlawsJob {
  readonly kind: 'flaws';
  readonly database: string;
  readonly memoryBytes: number;
  readonly threads: number | undefined;
  readonly tempFolder: string | undefined;
}

/** Each kind is one file of this folder and a line in src/job.ts. */
export type Job = PrepareJob | FlawsJob;

/** What a job tells while it runs. */
export interface JobNews {
  readonly step: 'import' | 'tiles';
  readonly progress: Progress;
}

/** A message of the child process. */
export type JobMessage =
  | { readonly news: JobNews }
  | { readonly warning: string }
  /** How much is done, from 0 to 1. */
  | { readonly share: number }
  | {
      readonly flaws: {
        readonly groups: readonly FlawGroup[];
        readonly shells: number;
        readonly components: number;
      };
    }
  | { readonly done: true }
  | { readonly error: PackedError };

/** How a job reports. */
export interface JobHome {
  readonly signal: AbortSignal;
  send(message: JobMessage): void;
}
