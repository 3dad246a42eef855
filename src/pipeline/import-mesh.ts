/** From a file to a database that stays. */
import { dirname } from 'node:path';
import { resolveDatabase } from '../database/open-database.js';
import { FileError, UsageError } from '../errors.js';
import { fileSize, isSameFile } from '../io/disk.js';
import { checkOutput, renameDatabase } from '../io/output-file.js';
import type { FolderNeeds } from './forecast.js';
import { ImportLog } from './import-log.js';
import type { LoadResult, LoadTarget, ReadingOptions } from './load-run.js';
import { loadSource } from './load-source.js';

export interface ImportOptions extends ReadingOptions {
  /** Begin anew, whatever another import has left. */
  readonly restart?: boolean;
  /** Time between two checkpoints, in milliseconds; for tests. */
  readonly intervalMs?: number;
}

export interface ImportResult extends LoadResult {
  readonly databaseBytes: number;
}

/**
 * Imports a mesh file, or standard input where `input` is `-`, into a new database. It is built as
 * `<database>.partial` and renamed when it is whole. One that fails or is aborted leaves what the same call goes on with,
 * if it lasted long enough and the source is not at fault; else nothing. Throws UsageError, FileError, FormatError.
 */
export function importMesh(
  input: string,
  database: string,
  options: ImportOptions = {},
): Promise<ImportResult> {
  return importBeside(input, database, { needs: [], encoderBytes: 0 }, options);
}

/** What a caller will need when the database is there. */
export interface LaterNeeds {
  readonly needs: readonly FolderNeeds[];
  readonly encoderBytes: number;
}

/** The same for a caller that goes on with the database. */
export async function importBeside(
  input: string,
  database: string,
  later: LaterNeeds,
  options: ImportOptions,
): Promise<ImportResult> {
  if (database === '-') {
    throw new UsageError('a database cannot go to standard output; expected a file name', {
      hint: './- is a file of that name',
    });
  }
  if (isSameFile(input, database)) {
    throw new UsageError(`${database}: the database is the input itself; expected another file`);
  }
  checkDatabaseName(database, options.force ?? false);
  const partial = `${database}.partial`;
  const folder = dirname(database);
  const { tempFolder } = options;
  const { restart, intervalMs, onCheckpoint } = options;
  const log = ImportLog.open({ database: partial, tempFolder, restart, intervalMs, onCheckpoint });
  try {
    // Another run may just have made it.
    checkDatabaseName(database, options.force ?? false);
    const target: LoadTarget = {
      database: partial,
      get spillPath() {
        return log.spillPath;
      },
      log,
      encoderBytes: later.encoderBytes,
      needs: (spills) => [
        [folder, ['database', 'index']],
        // The spill files are gone before the index is sorted.
        [tempFolder ?? folder, [spills ? 'welding' : 'sorting']],
        ...later.needs,
      ],
    };
    const result = await loadSource(input, target, options);
    await renameDatabase(partial, database);
    log.remove();
    return { ...result, databaseBytes: fileSize(database) };
  } catch (error) {
    const left = await log.giveUp(error);
    if (left !== undefined) options.onSuspend?.(left, error);
    throw error;
  } finally {
    log.close();
  }
}

/** Throws FileError where a file must not be replaced, or something else stands under the name. */
function checkDatabaseName(database: string, force: boolean): void {
  resolveDatabase(database);
  if (checkOutput(database, force) !== 'stream') return;
  throw new FileError(`${database}: is a device or a pipe; expected a file name for the database`);
}
