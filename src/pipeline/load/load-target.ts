/** The destination of a load: a database that is kept, or one that is removed at the end. */
import { dirname } from 'node:path';
import type { BaseMesh } from '../../database/build/base-mesh.js';
import type { LoadThreads } from '../../memory/plans.js';
import type { FolderNeeds } from '../run/forecast.js';
import type { RunOptions } from '../run/progress.js';
import type { ImportLog } from './import-log.js';

/** The files of a load and their purpose. */
export interface LoadTarget {
  /** The database file to create; it must not exist unless the log resumes it. */
  readonly database: string;
  /** Permissions of the database from the start (default: from the umask). */
  readonly mode?: number | undefined;
  /** Prefix of the names of spill files. */
  readonly spillPath: string;
  /** The finished mesh that the database begins with. */
  readonly base?: BaseMesh | undefined;
  /** The log of checkpoints. A database with a log is kept: it is synced, and has the digest of its source. */
  readonly log?: ImportLog;
  /** Whether the database gets the unique index of positions (default: false). */
  readonly isIndexed?: boolean;
  /** Called when reading begins, with the number of triangles, if known, and the threads. */
  readonly onBegin?: ((triangles: number | undefined, threads: LoadThreads) => void) | undefined;
  /** The needs for disk space by folder, if the welder `spills` and positions are sorted with the help of files of some size. */
  readonly needs: (spills: boolean, sortingBytes: number) => readonly FolderNeeds[];
}

/** The folder for a copy of a source that must be read out of order. */
export function copyFolder({ database }: LoadTarget, { tempFolder }: RunOptions): string {
  return tempFolder ?? dirname(database);
}

/**
 * A database that the caller removes at the end, and its spill files. Both need space in `folder`; `later` lists the
 * additional needs of the run.
 */
export function temporaryTarget(
  database: string,
  folder: string,
  later: readonly FolderNeeds[] = [],
): LoadTarget {
  return {
    database,
    spillPath: database,
    needs: (spills) => [[folder, spills ? ['database', 'welding'] : ['database']], ...later],
  };
}
