/**
 * Connected components: triangles that share a vertex are in one. Found once, within a fixed memory, and kept in the
 * database: how large each is, and which runs of triangles it has.
 */
import type Database from 'better-sqlite3';
import type { SpillFiles } from '../../io/spill-file.js';
import { IdLinks } from '../id-links.js';
import { hasTable } from '../migrate.js';
import type { MeshRows } from '../selection.js';
import { IdSet } from './id-set.js';
import { LabelRows, shareLabels } from './label-rows.js';
import { RowCache } from './row-cache.js';

/** How many components are in the database: 0 where they were not asked for, or the mesh has no triangles. */
export function countComponents(db: Database.Database): number {
  if (!hasTable(db, 'components')) return 0;
  return db.prepare('SELECT count(*) FROM components').pluck().get() as number;
}

/**
 * Finds the components of the mesh and puts them into the database, in the transaction that is open. `arena` is used
 * until the end, `cacheBytes` for labels. Yields now and then how much is done, from 0 to 1.
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
  const finishing = links.finish();
  let step = finishing.next();
  for (; !step.done; step = finishing.next()) yield 0.5 + 0.2 * step.value;
  const labels = new RowCache(new LabelRows(shareLabels(step.value)), memory.cacheBytes);

  // A component is numbered by its smallest vertex, which is its label.
  const roots = IdSet.create(rows.vertexRange);
  for (const vertex of used.members()) if (labels.values[labels.locate(vertex)] === vertex) roots.add(vertex);
  roots.seal();
  const componentOf = (vertex: number) => roots.rank(labels.values[labels.locate(vertex)]!);

  db.exec(`CREATE TEMP TABLE vertex_counts (component INTEGER, vertices INTEGER);
    CREATE TEMP TABLE runs (first INTEGER, last INTEGER, component INTEGER)`);
  const insertCount = db.prepare('INSERT INTO temp.vertex_counts VALUES (?, ?)');
  const insertRun = db.prepare('INSERT INTO temp.runs VALUES (?, ?, ?)');
  let current = -1;
  let some = 0;
  for (const vertex of used.members()) {
    const component = componentOf(vertex);
    if (component !== current) {
      if (some > 0) insertCount.run(current, some);
      current = component;
      some = 0;
    }
    some++;
  }
  if (some > 0) insertCount.run(current, some);

  let first = -1;
  let last = -1;
  for (const { count, ids, corners } of rows.cornersOf()) {
    for (let k = 0; k < count; k++) {
      const component = componentOf(corners[3 * k]!);
      const id = ids[k]!;
      if (first < 0 || component !== current || id !== last + 1) {
        if (first >= 0) insertRun.run(first, last, current);
        first = id;
        current = component;
      }
      last = id;
    }
    yield 0.7 + (0.3 * last) / rows.triangleRange;
  }
  if (first >= 0) insertRun.run(first, last, current);

  db.exec(`DELETE FROM main.component_runs;
    DELETE FROM main.components;
    INSERT INTO main.component_runs SELECT first, last, component FROM temp.runs ORDER BY first;
    INSERT INTO main.components
      SELECT component, triangles, vertices, first FROM
        (SELECT component, sum(last - first + 1) AS triangles, min(first) AS first FROM temp.runs GROUP BY component)
        JOIN (SELECT component, sum(vertices) AS vertices FROM temp.vertex_counts GROUP BY component) USING (component)
        ORDER BY component;
    DROP TABLE temp.runs;
    DROP TABLE temp.vertex_counts`);
}
