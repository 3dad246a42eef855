/** Computes the values of a column in the order of slots. */

import { dirname, join } from 'node:path';
import { MeshDatabase } from '../../database/mesh-database.js';
import { WorkFolder } from '../../io/work-folder.js';
import { measureSlots } from '../../pipeline/scan/measure-slots.js';
import { openTiles } from '../open-tiles.js';
import type { JobHome, ValuesJob } from './job.js';

export async function run(job: ValuesJob, { signal, send }: JobHome): Promise<void> {
  const { database, tilesFiles, column, output, memoryBytes, threads } = job;
  const db = MeshDatabase.open(database);
  const work = new WorkFolder(join(dirname(output), 'values'));
  const tempFolder = dirname(output);
  let close: (() => void) | undefined;
  try {
    const opened = openTiles(db, tilesFiles);
    if (opened === undefined) throw new Error(`${database}: its tiles are gone`);
    close = opened.close;
    const options = { memoryBytes, threads, tempFolder, signal };
    send({ range: await measureSlots(db, opened.tiles, column, output, work, options) });
  } finally {
    close?.();
    db.close();
    work.remove();
  }
}
