/**
 * Loads one source into one new database file. Only here do formats meet the welder.
 */

import { databaseError } from '../../database/database-error.js';
import { ByteSource } from '../../io/input/byte-source.js';
import { DiskWatch } from '../run/disk-watch.js';
import { explainError } from '../run/source-errors.js';
import { type LoadResult, loadMesh } from './load-mesh.js';
import { planLoad } from './load-plan.js';
import { tellBytes } from './load-progress.js';
import { copyFolder, type LoadTarget } from './load-target.js';
import { type ReadingOptions, settleReading } from './reading-options.js';

/** Opens a source and loads it; `-` is standard input. Throws UsageError, FileError, FormatError, DatabaseError. */
export async function loadSource(
  input: string,
  target: LoadTarget,
  options: ReadingOptions,
): Promise<LoadResult> {
  const settings = settleReading(options);
  const { salvage, maxBytes, signal, spaceOf } = settings;
  const tempFolder = copyFolder(target, options);
  // Content that is kept on disk may be larger than any forecast.
  const watch = new DiskWatch([tempFolder], spaceOf);
  let source: ByteSource | undefined;
  signal?.throwIfAborted();
  try {
    source = await ByteSource.open(input, {
      digest: target.log !== undefined,
      salvage,
      maxBytes,
      signal,
      tempFolder,
      onPass: (keptBytes) => {
        signal?.throwIfAborted();
        watch.check(keptBytes);
        // A reader may take long before its first item.
        if (source !== undefined) tellBytes(source, 0, 0, options);
      },
    });
    return await loadMesh(await planLoad(source, target, settings));
  } catch (error) {
    signal?.throwIfAborted();
    throw databaseError(await explainError(error, input, source), target.database);
  } finally {
    await source?.close();
  }
}
