/** What is found out of a mesh once and kept in its database: connected components, boxes for filters by place. */
import { basename, dirname, join } from 'node:path';
import { countComponents, storeComponents } from '../database/filter/components.js';
import { RowCache } from '../database/filter/row-cache.js';
import { BOX_BYTES, BoxBuilder } from '../database/filter/spatial-index.js';
import type { TriangleFilter } from '../database/filter/triangle-filter.js';
import { IdLinks } from '../database/id-links.js';
import { MeshUpdate } from '../database/mesh-update.js';
import { SpillFiles } from '../io/spill-file.js';
import { WorkFolder } from '../io/work-folder.js';
import { MEMORY_DEFAULT, planFiltering } from '../mesh.js';
import { forecastBytes, forecastSpills } from './forecast.js';
import { Pace } from './pace.js';
import type { RunOptions } from './progress.js';

/** Links between the vertices of a triangle. */
const LINKS = 2;

/** Whether a filter asks for components, by their option or in SQL. */
export function needsComponents({ components = [], where = [], sql = [] }: TriangleFilter): boolean {
  return components.length > 0 || [...where, ...sql].some((text) => /\bcomponent(?:s|_runs)?\b/i.test(text));
}

/** Finds the connected components of a database's mesh, unless they are there. Throws FileError, DatabaseError. */
export async function findComponents(database: string, options: RunOptions = {}): Promise<void> {
  const update = MeshUpdate.open(database);
  const { memoryBytes = MEMORY_DEFAULT, tempFolder = dirname(database) } = options;
  const files = new SpillFiles(new WorkFolder(join(tempFolder, basename(database))));
  try {
    if (update.run(countComponents) > 0) return;
    options.onNote?.('connected components are found, and kept in the database');
    const bytes = planFiltering(memoryBytes, 0);
    const memory = { arena: new ArrayBuffer(Math.floor(0.5 * bytes)), cacheBytes: 0.2 * bytes };
    const rows = update.run(() => update.rows());
    const total = rows.triangleRange;
    const needed = IdLinks.bytesOf(rows.vertexRange, LINKS * total, memory.arena.byteLength);
    forecastSpills(files.folder, [{ what: 'components', bytes: needed }], options);
    const pace = new Pace(rows, options);
    for (const share of update.steps((db) => storeComponents(db, rows, memory, files))) {
      await pace.pause('filter', Math.round(share * total), total);
    }
    update.commit();
  } finally {
    update.close();
    files.remove();
  }
}

export interface IndexResult {
  readonly triangles: number;
  /** Boxes in the index: one for up to 64 triangles that stand close together. */
  readonly boxes: number;
}

/**
 * Builds the R*Tree that filters by place use, or builds it anew. Throws FileError where the disk has no room for it,
 * DatabaseError.
 */
export async function indexMesh(database: string, options: RunOptions = {}): Promise<IndexResult> {
  const update = MeshUpdate.open(database);
  try {
    const { memoryBytes = MEMORY_DEFAULT } = options;
    const rows = update.run(() => update.rows());
    const positions = new RowCache(rows.positions(rows.vertexLeaves()), 0.5 * planFiltering(memoryBytes, 0));
    const builder = update.run((db) => new BoxBuilder(db, positions));
    const total = rows.triangleRange;
    const pace = new Pace(rows, options);
    let triangles = 0;
    for (const batch of rows.cornersOf()) {
      update.run(() => builder.take(batch));
      triangles += batch.count;
      await pace.pause('index', batch.ids[batch.count - 1]!, total);
    }
    forecastBytes(dirname(database), [{ what: 'R*Tree', bytes: BOX_BYTES * builder.count }], options);
    update.run(() => builder.finish());
    update.commit();
    return { triangles, boxes: builder.count };
  } finally {
    update.close();
  }
}
