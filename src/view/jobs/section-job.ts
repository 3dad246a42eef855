/** Computes a contour that takes too long for the server itself. */

import { MeshDatabase } from '../../database/mesh-database.js';
import { cutMesh } from '../../pipeline/view/cut-mesh.js';
import { openTiles } from '../open-tiles.js';
import type { JobHome, SectionJob } from './job.js';

export async function run(
  { database, tilesFiles, plane }: SectionJob,
  { signal, send }: JobHome,
): Promise<void> {
  const db = MeshDatabase.open(database);
  let close: (() => void) | undefined;
  try {
    const opened = openTiles(db, tilesFiles);
    if (opened === undefined) throw new Error(`${database}: its tiles are gone`);
    close = opened.close;
    const cutting = cutMesh(db, opened.tiles, plane);
    for (let step = cutting.next(); ; step = cutting.next()) {
      if (step.done === true) {
        send({ section: step.value });
        return;
      }
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
  } finally {
    close?.();
    db.close();
  }
}
