/**
 * Loads inputs into one new database file. Only here do formats meet the welder.
 */

import { databaseError } from '../../database/database-error.js';
import { Inputs } from './inputs.js';
import { type LoadResult, loadMesh } from './load-mesh.js';
import { planLoad } from './load-plan.js';
import { copyFolder, type LoadTarget } from './load-target.js';
import { type ReadingOptions, settleReading } from './reading-options.js';

/**
 * Examines the inputs and loads them as one mesh, in their order; `-` is standard input. Throws UsageError, FileError,
 * FormatError, DatabaseError.
 */
export async function loadSource(
  names: readonly string[],
  target: LoadTarget,
  options: ReadingOptions,
): Promise<LoadResult> {
  const settings = settleReading(options);
  let inputs: Inputs | undefined;
  settings.signal?.throwIfAborted();
  try {
    inputs = await Inputs.examine(names, settings, {
      hasDigest: target.log !== undefined,
      copyFolder: copyFolder(target, settings),
    });
    return await loadMesh(await planLoad(inputs, target, settings));
  } catch (error) {
    settings.signal?.throwIfAborted();
    throw databaseError(error, target.database);
  } finally {
    await inputs?.close();
  }
}
