/**
 * Connected components: triangles that share a vertex belong to the same one. They are found once, in fixed memory, and
 * stored in the database with their sizes and runs of triangles.
 */

import type Database from 'better-sqlite3';
import { IdLinks } from '../collections/id-links.js';
import { IdSet } from '../collections/id-set.js';
import { LabelRows, shareLabels } from '../collections/label-rows.js';
import { RowCache } from '../collections/row-cache.js';
import type { SpillFiles } from '../collections/spill-file.js';
import { stepsWithin } from '../collections/steps.js';
import { hasTable } from './migrate.js';
import type { MeshRows } from './rows/selection.js';

/** Vertices visited, and rows moved, between two yields. */
const TURN_VERTICES = 2 ** 16;
const TURN_ROWS = 2 ** 14;

/** Returns the number of stored components; 0 if they were not requested, or the mesh has no triangles. */
export function countComponents(db: Database.Database): number {
  if (!hasTable(db, 'components')) return 0;
  return db.prepare('SELECT count(*) FROM components').pluck().get() as number;
}

/**
 * Finds the components of the mesh and stores them in the open transaction. `arena` is in use until the end,
 * `cacheBytes` are for labels. Occasionally yields the progress, from 0 to 1.
 */
export function* storeComponents(
  db: Database.Database,
  rows: MeshRows,
  memory: { readonly arena: ArrayBuffer; readonly cacheBytes: number },
  files: SpillFiles,
): Generator<number> {
  const used = IdSet.create(rows.vertexRange);
  const links = new IdLinks(rows.vertexRange, memory.arena, files);
  for (const { count, ids, corners } of rows.cornersOf()) {
    for (let k = 0; k < 3 * count; k += 3) {
      const a = corners[k]!;
      const b = corners[k + 1]!;
      const c = corners[k + 2]!;
      links.link(a, b);
      links.link(b, c);
      used.add(a);
      used.add(b);
      used.add(c);
    }
    yield (0.5 * ids[count - 1]!) / rows.triangleRange;
  }
  const linked = yield* stepsWithin(0.5, 0.7, links.finish());
  const labels = new RowCache(new LabelRows(shareLabels(linked)), memory.cacheBytes);

  // A component is numbered by its smallest vertex, which is its label.
  const roots = IdSet.create(rows.vertexRange);
  for (const vertex of used.members()) if (labels.values[labels.locate(vertex)] === vertex) roots.add(vertex);
  roots.seal();
  const componentOf = (vertex: number) => roots.rank(labels.values[labels.locate(vertex)]!);

  // Sums are collected by component, and runs by triangle: SQLite's sorter would take memory of its own.
  db.exec(`CREATE TEMP TABLE sizes (component INTEGER PRIMARY KEY, triangles INTEGER, vertices INTEGER, first INTEGER);
    CREATE TEMP TABLE runs (id INTEGER PRIMARY KEY, first INTEGER, last INTEGER, component INTEGER)`);
  const addVertices = db.prepare(`INSERT INTO temp.sizes VALUES (?, 0, ?, NULL)
    ON CONFLICT (component) DO UPDATE SET vertices = vertices + excluded.vertices`);
  const addTriangles = db.prepare(`UPDATE temp.sizes SET triangles = triangles + @triangles,
    first = coalesce(first, @first) WHERE component = @component`);
  const insertRun = db.prepare('INSERT INTO temp.runs VALUES (?, ?, ?, ?)');
  let current = -1;
  let some = 0;
  let seen = 0;
  for (const vertex of used.members()) {
    const component = componentOf(vertex);
    if (component !== current) {
      if (some > 0) addVertices.run(current, some);
      current = component;
      some = 0;
    }
    some++;
    if (++seen % TURN_VERTICES === 0) yield 0.7;
  }
  if (some > 0) addVertices.run(current, some);

  let runs = 0;
  let first = -1;
  let last = -1;
  const endRun = () => {
    if (first < 0) return;
    insertRun.run(runs++, first, last, current);
    addTriangles.run({ triangles: last - first + 1, first, component: current });
  };
  for (const { count, ids, corners } of rows.cornersOf()) {
    for (let k = 0; k < count; k++) {
      const component = componentOf(corners[3 * k]!);
      const id = ids[k]!;
      if (first < 0 || component !== current || id !== last + 1) {
        endRun();
        first = id;
        current = component;
      }
      last = id;
    }
    yield 0.7 + (0.2 * last) / rows.triangleRange;
  }
  endRun();

  db.exec('DELETE FROM main.component_runs; DELETE FROM main.components');
  const moveRuns = `INSERT INTO main.component_runs SELECT first, last, component FROM temp.runs
    WHERE id >= ? AND id < ? ORDER BY id`;
  for (const done of moveRows(db, moveRuns, runs)) yield 0.9 + 0.05 * done;
  const moveSizes = `INSERT INTO main.components SELECT component, triangles, vertices, first FROM temp.sizes
    WHERE component >= ? AND component < ? ORDER BY component`;
  for (const done of moveRows(db, moveSizes, roots.size)) yield 0.95 + 0.05 * done;
  db.exec('DROP TABLE temp.runs; DROP TABLE temp.sizes');
}

/** Moves rows numbered from 0 with a statement that takes a range of numbers. Yields the progress, from 0 to 1. */
function* moveRows(db: Database.Database, sql: string, count: number): Generator<number> {
  const move = db.prepare(sql);
  for (let done = 0; done < count; done += TURN_ROWS) {
    move.run(done, done + TURN_ROWS);
    yield Math.min(1, (done + TURN_ROWS) / count);
  }
}
