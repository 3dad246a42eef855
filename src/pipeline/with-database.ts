/** The database of a mesh file for a query: the file itself, or a temporary database. */
import { basename, join } from 'node:path';
import { isDatabase } from '../database/pages/table-reader.js';

import { chooseTempFolder, isFile } from '../io/disk.js';
import { WorkFolder } from '../io/work-folder.js';

import type { LoadResult } from './load/load-mesh.js';
import { loadSource } from './load/load-source.js';
import { temporaryTarget } from './load/load-target.js';
import type { ReadingOptions } from './load/reading-options.js';

/**
 * Calls `use` with a database of the mesh: the file itself if it is a database, else a temporary one that is always
 * removed at the end. It is built beside the file or in the folder for temporary files. Standard input is `-`. Throws the
 * errors of {@link loadSource} and `use`.
 */
export async function withDatabase<T>(
  input: string,
  options: ReadingOptions,
  use: (database: string, loaded: LoadResult | undefined) => Promise<T>,
): Promise<T> {
  if (isFile(input) && isDatabase(input)) return use(input, undefined);
  const folder = chooseTempFolder(options.tempFolder, input);
  const work = new WorkFolder(join(folder, input === '-' ? 'offload' : basename(input)));
  try {
    const database = work.file('mesh.db');
    const loaded = await loadSource([input], temporaryTarget(database, folder), options);
    return await use(database, loaded);
  } finally {
    work.remove();
  }
}
