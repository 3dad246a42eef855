/** Where a load writes: a database that is kept, or one that is removed at the end. */
import type { FolderNeeds } from '../run/forecast.js';
import type { ImportLog } from './import-log.js';

/** Where things go, and what the database is for. */
export interface LoadTarget {
  /** The database file to make; it must not exist, unless the log knows how to go on with it. */
  readonly database: string;
  /** Permissions of the database from the beginning on; what the umask leaves unless given. */
  readonly mode?: number | undefined;
  /** Beginning of the names of spill files. */
  readonly spillPath: string;
  /** Where to write down how to go on. A database that has one will be kept: with its unique index, and a digest. */
  readonly log?: ImportLog;
  /** What needs disk space where, when the size of the work is known; `spills` says whether it will overflow. */
  readonly needs: (spills: boolean) => readonly FolderNeeds[];
}

/**
 * A database that the caller removes at the end, and its spill files. Both need space in `folder`; `later` is what the run
 * needs besides.
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
