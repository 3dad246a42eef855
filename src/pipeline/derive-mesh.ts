/** Data derived from a mesh once and kept in its database: connected components, boxes for spatial filters. */

import { basename, dirname, join } from 'node:path';
import { IdLinks } from '../collections/id-links.js';
import { SpillFiles } from '../collections/spill-file.js';
import { countComponents, storeComponents } from '../database/components.js';
import { MeshUpdate } from '../database/mesh-update.js';
import type { Rows } from '../database/pages/leaf-decoder.js';
import { BOX_BYTES, BoxBuilder } from '../database/spatial-index.js';
import type { TriangleFilter } from '../filter/triangle-filter.js';
import { chooseTempFolder } from '../io/disk.js';
import { filePath } from '../io/file-path.js';
import { WorkFolder } from '../io/work-folder.js';
import { planComponents, planIndexing } from '../memory/plans.js';
import type { TriangleBatch } from '../mesh.js';
import { takeOptions } from '../options.js';
import { forecastBytes, forecastSpills } from './run/forecast.js';
import { Pace } from './run/pace.js';
import { RUN_OPTIONS, type RunOptions } from './run/progress.js';
import { CornerScan } from './scan/scan-corners.js';

/** Links between the vertices of a triangle. */
const LINKS = 2;

/** Whether a filter uses components, by the option or in SQL. */
export function needsComponents({ components = [], where = [], sql = [] }: TriangleFilter): boolean {
  return components.length > 0 || [...where, ...sql].some((text) => /\bcomponent(?:s|_runs)?\b/i.test(text));
}

/** Finds the connected components of a mesh if its database does not have them yet. Throws FileError, DatabaseError. */
export async function findComponents(database: string | URL, options: RunOptions = {}): Promise<void> {
  await keepComponents(filePath.take(database, 'database'), takeOptions(options, RUN_OPTIONS));
}

/** Finds components like {@link findComponents}, for a caller that has checked the options. */
export async function keepComponents(database: string, options: RunOptions): Promise<void> {
  const update = await MeshUpdate.open(database, options.signal);
  const files = spillsBeside(database, options);
  try {
    if (update.run(countComponents) > 0) return;
    options.onNote?.('finding connected components, which are kept in the database');
    const { linksBytes, labelsBytes } = planComponents(options);
    const memory = { arena: new ArrayBuffer(linksBytes), cacheBytes: labelsBytes };
    const rows = update.run(() => update.rows());
    const total = rows.triangleRange;
    const needed = IdLinks.bytesOf(rows.vertexRange, LINKS * total, memory.arena.byteLength);
    forecastSpills(files.folder, [{ what: 'components', bytes: needed }], options);
    const pace = new Pace(rows, options);
    for (const share of update.steps((db) => storeComponents(db, rows, memory, files))) {
      await pace.pause('filter', Math.round(share * total), total);
    }
    await update.commit();
  } finally {
    update.close();
    files.remove();
  }
}

export interface IndexResult {
  readonly triangles: number;
  /** Boxes in the index: one for up to 64 triangles that are close to each other. */
  readonly boxes: number;
}

/**
 * Builds the R*Tree for spatial filters and replaces a former one. Throws FileError if the disk has too little space for
 * it, DatabaseError.
 */
export async function indexMesh(database: string | URL, options: RunOptions = {}): Promise<IndexResult> {
  return buildIndex(filePath.take(database, 'database'), takeOptions(options, RUN_OPTIONS));
}

async function buildIndex(database: string, options: RunOptions): Promise<IndexResult> {
  const update = await MeshUpdate.open(database, options.signal);
  const files = spillsBeside(database, options);
  try {
    const { onNote, onForecast } = options;
    const rows = update.run(() => update.rows());
    const pace = new Pace(rows, options);
    const scan = new CornerScan(rows, undefined, files, (share) => pace.pauseAt('survey', share), {
      bytes: planIndexing(options).positionsBytes,
      onNote,
      onForecast,
    });
    let triangles = 0;
    let builder: BoxBuilder | undefined;
    await scan.run((positions) => {
      const boxes = update.run((db) => new BoxBuilder(db, positions));
      builder = boxes;
      triangles = 0;
      const take = (batch: TriangleBatch & Rows) => {
        update.run(() => boxes.take(batch));
        triangles += batch.count;
      };
      return { take };
    });
    update.run(() => builder!.seal());
    const { count } = builder!;
    forecastBytes(dirname(database), [{ what: 'R*Tree', bytes: BOX_BYTES * count }], options);
    for (const done of update.steps(() => builder!.finish())) await pace.pause('index', done, count);
    await update.commit();
    return { triangles, boxes: builder!.count };
  } finally {
    update.close();
    files.remove();
  }
}

/** Creates spill files beside a database, or in the folder for temporary files. */
function spillsBeside(database: string, { tempFolder }: RunOptions): SpillFiles {
  return new SpillFiles(new WorkFolder(join(chooseTempFolder(tempFolder, database), basename(database))));
}
