/** The parts of selected triangles: where each begins and ends in the order of the selection. */
import type Database from 'better-sqlite3';
import type { IdSet } from '../../collections/id-set.js';
import type { PartChange, PartStart } from '../../mesh.js';
import { checkTables } from '../quick-check.js';

type PartKind = PartStart['partKind'];

/** Beginnings of runs, and their ends if no other run of the kind follows at once. */
const CHANGES = `
  WITH runs AS (
    SELECT kind, part, name, first, last, lead(first) OVER (PARTITION BY kind ORDER BY first) AS next
    FROM main.part_runs JOIN main.parts ON parts.id = part)
  SELECT first AS id, kind, part, name FROM runs
  UNION ALL SELECT last + 1, kind, NULL, NULL FROM runs WHERE next IS NULL OR next > last + 1
  ORDER BY id`;

/** Kinds in the order in which changes at one triangle are yielded. */
const KINDS: readonly PartKind[] = ['solid', 'object', 'group', 'material'];

/** Whether the mesh has parts. */
export function hasParts(db: Database.Database): boolean {
  return db.prepare('SELECT EXISTS (SELECT 1 FROM main.part_runs)').pluck().get() === 1;
}

/**
 * Yields the changes of parts among `triangleCount` triangles: those of a set, or all. Parts without selected triangles
 * are left out. Throws DatabaseError if the tables are damaged.
 */
export function* partChanges(
  db: Database.Database,
  set: IdSet | undefined,
  triangleCount: number,
): Generator<PartChange> {
  checkTables(db, ['parts', 'part_runs']);
  const rankOf = set === undefined ? countBelow(db) : rankIn(set);
  /** The part of each kind that was yielded last, and the one at the current triangle. */
  const former = new Map<PartKind, number | null>();
  const pending = new Map<PartKind, { readonly part: number | null; readonly name: string | null }>();
  let at = 0;
  const flush = function* (): Generator<PartChange> {
    for (const partKind of KINDS) {
      const change = pending.get(partKind);
      if (change === undefined || change.part === (former.get(partKind) ?? null)) continue;
      former.set(partKind, change.part);
      yield { at, partKind, name: change.name ?? undefined };
    }
    pending.clear();
  };
  const rows = db.prepare(CHANGES).raw().iterate() as Iterable<
    [id: number, kind: PartKind, part: number | null, name: string | null]
  >;
  for (const [id, kind, part, name] of rows) {
    const rank = rankOf(id);
    if (rank > at) yield* flush();
    at = rank;
    if (at === triangleCount) return;
    pending.set(kind, { part, name });
  }
  yield* flush();
}

function rankIn(set: IdSet): (id: number) => number {
  return (id) => (id < set.range ? set.rank(id) : set.size);
}

/** Counts triangles below ascending ids, which may have gaps. */
function countBelow(db: Database.Database): (id: number) => number {
  const [count, range] = db
    .prepare('SELECT count(*), max(id) + 1 FROM main.triangles')
    .raw()
    .get() as number[];
  if (count === range) return (id) => Math.min(id, count!);
  const between = db.prepare('SELECT count(*) FROM main.triangles WHERE id >= ? AND id < ?').pluck();
  let below = 0;
  let from = 0;
  return (id) => {
    below += between.get(from, id) as number;
    from = id;
    return below;
  };
}
