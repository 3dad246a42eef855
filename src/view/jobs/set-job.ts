/** Finds the triangles of a filter, turns them into slots of the tiles, and tells which condition leaves none. */

import { basename } from 'node:path';
import { IdSet } from '../../collections/id-set.js';
import { runSteps } from '../../collections/steps.js';
import type { MeshRows } from '../../database/rows/selection.js';
import { DatabaseError } from '../../errors.js';
import type { SavedSelection } from '../../filter/saved-selection.js';
import type { TriangleFilter } from '../../filter/triangle-filter.js';
import { emptyBounds, extend } from '../../filter/triangle-scan.js';
import { keepComponents, needsComponents } from '../../pipeline/derive-mesh.js';
import { Pace } from '../../pipeline/run/pace.js';
import { type Selected, selectMesh } from '../../pipeline/select-mesh.js';
import { withMemoryLimit } from '../../pipeline/threads/memory-watch.js';
import { ThreadPool } from '../../pipeline/threads/thread.js';
import { resolveFilter } from '../shown-filter.js';
import { ShownMesh } from '../shown-mesh.js';
import type { FilterPart, WireBounds } from '../wire/messages.js';
import type { JobHome, SetJob } from './job.js';

/** Words of a set that are sent at a time. */
const PIECE_WORDS = 2 ** 18;

/** Starts the threads that a filter will use, before it is known. */
export function startAhead(threads: number): ThreadPool {
  const pool = new ThreadPool();
  pool.prepare('scan', threads);
  return pool;
}

export async function run(job: SetJob, home: JobHome): Promise<void> {
  try {
    await find(job, home);
  } finally {
    await home.pool?.stop();
  }
}

async function find(job: SetJob, { signal, parent, send, pool: waiting }: JobHome): Promise<void> {
  let pool = waiting;
  const { database, tilesFiles, version, filter, memoryBytes, threads, tempFolder } = job;
  const guardQuery = <T>(action: () => Promise<T>) =>
    withMemoryLimit(memoryBytes, 'offload: a filter of the page exceeded its memory\n', action, parent);
  const options = { memoryBytes, threads, tempFolder, signal, guardQuery };
  const given = resolveFilter(database, filter);
  if (needsComponents(given)) await keepComponents(database, options);
  const mesh = ShownMesh.open(database, basename(database), tilesFiles);
  if (mesh === undefined || mesh.version !== version) {
    throw new DatabaseError(`${database}: changed a moment ago`, {
      code: 'DATABASE_BUSY',
      hint: 'try again',
    });
  }
  try {
    const rows = mesh.db.rows();
    const select = async <T>(
      selection: SavedSelection,
      use: (selected: Selected) => Promise<T>,
    ): Promise<T> => {
      const { weld, transform, orient, flip, ...conditions } = selection;
      const run = { ...options, output: database, pool, wantsBounds: true };
      pool = undefined;
      const selected = await selectMesh(mesh.db, rows, { filter: conditions, weld }, run);
      try {
        return await use(selected);
      } finally {
        await selected.close();
      }
    };
    const pace = new Pace(rows, { signal });
    const found = await select(given, async ({ map, selection, bounds: known }) => {
      const triangles = map.triangles === undefined ? allOf(rows) : IdSet.attach(map.triangles);
      const slots = await runSteps(mesh.tiles.slotsOf(triangles), (share) => pace.pauseAt('filter', share));
      const vertices = map.vertices === undefined ? undefined : IdSet.attach(map.vertices);
      const isEmpty = selection.triangleCount === 0;
      const bounds = isEmpty ? null : toBounds(known ?? (await boundsOf(rows, vertices, pace)));
      return { slots, triangles: selection.triangleCount, bounds };
    });
    const { bits } = found.slots.share();
    for (let at = 0; at < bits.length; at += PIECE_WORDS) {
      // A copy: shared memory cannot be sent to another process.
      send({ piece: { at, words: new Int32Array(bits.subarray(at, at + PIECE_WORDS)) } });
    }
    const count = (selection: SavedSelection) =>
      select(selection, async ({ selection: { triangleCount } }) => triangleCount);
    const removedBy = found.triangles > 0 ? [] : await findCulprits(given, count);
    send({ found: { triangles: found.triangles, bounds: found.bounds, removedBy } });
  } finally {
    mesh.close();
  }
}

function allOf(rows: MeshRows): IdSet {
  const all = IdSet.create(rows.triangleRange);
  all.addRange(0, rows.triangleRange - 1);
  return all;
}

/** Finds the box around these vertices (default: all): the least and the greatest x, y and z. */
async function boundsOf(rows: MeshRows, vertices: IdSet | undefined, pace: Pace): Promise<Float64Array> {
  const bounds = emptyBounds();
  for (const { count, ids, positions } of rows.positionsOf(vertices)) {
    for (let k = 0; k < count; k++) {
      if (vertices !== undefined && !vertices.has(ids[k]!)) continue;
      extend(bounds, positions, 3 * k, 3 * k + 3);
    }
    await pace.pause('filter', ids[count - 1]!, rows.vertexRange);
  }
  return bounds;
}

function toBounds([minX, minY, minZ, maxX, maxY, maxZ]: Float64Array): WireBounds {
  return { min: [minX!, minY!, minZ!], max: [maxX!, maxY!, maxZ!] };
}

/** The conditions of a filter that can be dropped one by one; parts, sources and components are one each. */
const LISTS = ['where', 'sql', 'shapes'] as const;
const SINGLES = ['parts', 'sources', 'components', 'drop', 'sample', 'limit'] as const;

/** Returns each condition without which triangles are left, with their number; if there is none, all that match none. */
async function findCulprits(
  filter: SavedSelection,
  count: (filter: SavedSelection) => Promise<number>,
): Promise<FilterPart[]> {
  const parts = listParts(filter);
  const culprits: FilterPart[] = [];
  for (const part of parts) {
    const left = await count(without(filter, part));
    if (left > 0) culprits.push({ ...part, left });
  }
  if (culprits.length > 0) return culprits;
  for (const part of parts) if ((await count(only(filter, part))) === 0) culprits.push({ ...part, left: 0 });
  return culprits;
}

type Place = Pick<FilterPart, 'name' | 'index'>;

function listParts(filter: TriangleFilter): Place[] {
  return [
    ...LISTS.flatMap((name) => (filter[name] ?? []).map((_, index) => ({ name, index }))),
    ...SINGLES.flatMap((name) => {
      const value = filter[name];
      return value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [{ name, index: 0 }];
    }),
  ];
}

function without(filter: SavedSelection, { name, index }: Place): SavedSelection {
  const value = filter[name];
  const isList = Array.isArray(value) && LISTS.some((one) => one === name);
  return { ...filter, [name]: isList ? value.toSpliced(index, 1) : undefined };
}

function only(filter: SavedSelection, { name, index }: Place): SavedSelection {
  const value = filter[name];
  const isList = Array.isArray(value) && LISTS.some((one) => one === name);
  return { weld: filter.weld, [name]: isList ? [value[index]] : value };
}
