/** From a file to a database that stays. */
import { dirname } from 'node:path';
import { UsageError } from '../errors.js';
import { fileSize, isSameFile, removeDatabase } from '../io/disk.js';
import { checkOutput, renameWhole } from '../io/output-file.js';
import { forecastDisk } from './forecast.js';
import { type LoadResult, loadSource, type ReadingOptions } from './load-source.js';

export type ImportOptions = ReadingOptions;

export interface ImportResult extends LoadResult {
  readonly databaseBytes: number;
}

/**
 * Imports a mesh file, or standard input where `input` is `-`, into a new database. It is built as
 * `<database>.partial` and renamed when it is whole. Throws UsageError, FileError, FormatError.
 */
export async function importMesh(
  input: string,
  database: string,
  options: ImportOptions = {},
): Promise<ImportResult> {
  if (isSameFile(input, database)) {
    throw new UsageError(`${database}: the database is the input itself; expected another file`);
  }
  checkOutput(database, options.force ?? false);
  const partial = `${database}.partial`;
  const folder = dirname(database);
  removeDatabase(partial);
  try {
    const result = await loadSource(
      input,
      {
        database: partial,
        spillPath: partial,
        isKept: true,
        forecast: (triangles) =>
          forecastDisk(
            triangles,
            [
              [folder, ['database', 'index']],
              [options.tempFolder ?? folder, ['sorting']],
            ],
            options,
          ),
      },
      options,
    );
    removeDatabase(database);
    await renameWhole(partial, database);
    return { ...result, databaseBytes: fileSize(database) };
  } finally {
    removeDatabase(partial);
  }
}
