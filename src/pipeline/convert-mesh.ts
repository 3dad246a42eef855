/** From a file to OFF in one go, through a database that is removed at the end, or kept where that is asked for. */
import { basename, dirname, join } from 'node:path';
import { MeshDatabase } from '../database/mesh-database.js';
import { UsageError } from '../errors.js';
import { isSameFile, removeDatabase, systemTempFolder } from '../io/disk.js';
import { checkOutput, openOutput, partialName } from '../io/output-file.js';
import { writeMesh } from './export-mesh.js';
import { forecastDisk } from './forecast.js';
import { importMesh } from './import-mesh.js';
import { type LoadResult, loadSource, type ReadingOptions } from './load-source.js';

export interface ConvertOptions extends ReadingOptions {
  /** Keep the database under this name. */
  readonly keep?: string | undefined;
}

export interface ConvertResult extends LoadResult {
  readonly outputBytes: number;
  /** Size of the database, kept or not. */
  readonly databaseBytes: number;
}

/**
 * Converts a mesh file to OFF; `-` stands for standard input and output. Throws UsageError, FileError,
 * FormatError, DatabaseError; then, and when it is aborted, neither output nor temporary files are left.
 */
export async function convertMesh(
  input: string,
  output: string,
  options: ConvertOptions = {},
): Promise<ConvertResult> {
  if (isSameFile(input, output)) {
    throw new UsageError(`${output}: the output is the input itself; expected another file`);
  }
  const isFile = output !== '-' && checkOutput(output, options.force ?? false) !== 'stream';
  const outputFolder = isFile ? dirname(output) : undefined;
  const folder = options.tempFolder ?? outputFolder ?? systemTempFolder();
  const temporary = partialName(join(folder, basename(isFile ? output : input)), '.db');

  // Opened first: an output that cannot be written is better known before an hour of work than after it.
  const file = await openOutput(output, options.force ?? false);
  try {
    const database = options.keep ?? temporary;
    const result =
      options.keep === undefined
        ? await loadSource(
            input,
            {
              database,
              spillPath: database,
              isKept: false,
              forecast: (triangles) =>
                forecastDisk(
                  triangles,
                  outputFolder === undefined
                    ? [[folder, ['database']]]
                    : [
                        [folder, ['database']],
                        [outputFolder, ['output']],
                      ],
                  options,
                ),
            },
            options,
          )
        : await importMesh(input, database, options);
    const db = MeshDatabase.open(database);
    try {
      const { outputBytes } = await writeMesh(db, file, options);
      return { ...result, outputBytes, databaseBytes: db.size() };
    } finally {
      db.close();
    }
  } finally {
    await file.discard();
    removeDatabase(temporary);
  }
}
