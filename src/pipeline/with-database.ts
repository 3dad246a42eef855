/** The database of a mesh for whoever asks about the mesh: the file itself, or one that is gone afterwards. */
import { basename, join } from 'node:path';
import { isDatabase } from '../database/pages/table-reader.js';

import { chooseTempFolder, isFile } from '../io/disk.js';
import { WorkFolder } from '../io/work-folder.js';

import type { LoadResult } from './load/load-mesh.js';
import { loadSource } from './load/load-source.js';
import { temporaryTarget } from './load/load-target.js';
import type { ReadingOptions } from './load/reading-options.js';

/**
 * Calls `use` with a database that holds the mesh of a file: that file where it is a database, else one made of it
 * beside it, or in the folder for temporary files, and removed at the end however that comes. Standard input is `-`.
 * Throws what {@link loadSource} throws, and `use`.
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
    const loaded = await loadSource(input, temporaryTarget(database, folder), options);
    return await use(database, loaded);
  } finally {
    work.remove();
  }
}
