/** From a file to a database that stays. */
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../errors.js';
import { fileSize, isSameFile, removeDatabase } from '../io/disk.js';
import { checkOutput, partialName, renameDatabase } from '../io/output-file.js';
import type { FolderNeeds } from './forecast.js';
import { removeLog } from './import-log.js';
import { type LoadResult, loadSource, type ReadingOptions } from './load-source.js';

export type ImportOptions = ReadingOptions;

export interface ImportResult extends LoadResult {
  readonly databaseBytes: number;
}

/**
 * Imports a mesh file, or standard input where `input` is `-`, into a new database. It is built as
 * `<database>.partial` and renamed when it is whole. Throws UsageError, FileError, FormatError.
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
  checkOutput(database, options.force ?? false);
  const partial = `${database}.partial`;
  const folder = dirname(database);
  const result = await loadSource(
    input,
    {
      database: partial,
      spillPath: spillPathOf(partial, options.tempFolder),
      isKept: true,
      encoderBytes: later.encoderBytes,
      needs: (spills) => [
        [folder, ['database', 'index']],
        // The spill files are gone before the index is sorted.
        [options.tempFolder ?? folder, [spills ? 'welding' : 'sorting']],
        ...later.needs,
      ],
    },
    options,
  );
  try {
    await renameDatabase(partial, database);
    return { ...result, databaseBytes: fileSize(database) };
  } finally {
    removeDatabase(partial);
    removeLog(partial);
  }
}

/** Spill files stand beside the database, or in the folder for temporary files under a name of their own. */
function spillPathOf(partial: string, tempFolder: string | undefined): string {
  return tempFolder === undefined ? partial : partialName(join(tempFolder, basename(partial)));
}
