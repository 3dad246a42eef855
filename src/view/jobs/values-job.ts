/** Computes the values of a column in the order of slots. */

import { dirname, join } from 'node:path';
import { listLabels } from '../../database/label-runs.js';
import { MeshDatabase } from '../../database/mesh-database.js';
import { WorkFolder } from '../../io/work-folder.js';
import { keepComponents } from '../../pipeline/derive-mesh.js';
import { measureSlots } from '../../pipeline/scan/measure-slots.js';
import { storeNormals } from '../../pipeline/view/slot-normals.js';
import { openTiles } from '../open-tiles.js';
import type { JobHome, ValuesJob } from './job.js';

/** The most labels of a legend. */
const LABELS_MAX = 12;

export async function run(job: ValuesJob, { signal, send }: JobHome): Promise<void> {
  const { database, tilesFiles, column, output, memoryBytes, threads } = job;
  const options = { memoryBytes, threads, tempFolder: dirname(output), signal };
  if (column.name === 'component') await keepComponents(database, options);
  const db = MeshDatabase.open(database);
  const work = new WorkFolder(join(dirname(output), 'values'));
  let close: (() => void) | undefined;
  try {
    const opened = openTiles(db, tilesFiles);
    if (opened === undefined) throw new Error(`${database}: its tiles are gone`);
    close = opened.close;
    if (column.kind === 'normal') {
      await storeNormals(db, opened.tiles, output, work, options);
      send({ range: { least: null, greatest: null, low: null, high: null }, labels: undefined });
      return;
    }
    const range = await measureSlots(db, opened.tiles, column, output, work, options);
    const labels =
      column.kind === 'label'
        ? db.ask((connection) => listLabels(connection, column.name, LABELS_MAX))
        : undefined;
    send({ range, labels });
  } finally {
    close?.();
    db.close();
    work.remove();
  }
}
