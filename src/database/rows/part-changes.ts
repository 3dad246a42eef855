/** The parts and sources of selected triangles: where each begins and ends in the order of the selection. */
import type Database from 'better-sqlite3';
import type { IdSet } from '../../collections/id-set.js';
import type { PartChange } from '../../mesh.js';
import { checkTables } from '../quick-check.js';
import { selectSourceRuns } from '../source-runs.js';

type PartKind = PartChange['partKind'];

/** A row of `part_runs` with its part, or a source. */
type Run = readonly [first: number, last: number, kind: PartKind, part: number, name: string];

/** Runs with triangles between two ids. One sort orders them; an index would serve nothing else. */
const WITHIN = 'WHERE last >= @from AND first <= @to';
const PART_RUNS = `
  SELECT first, last, kind, part, name FROM main.part_runs JOIN main.parts ON parts.id = part ${WITHIN}`;

/**
 * Kinds in the order in which changes at one triangle are yielded. Their state is kept in arrays: a Map that is cleared for
 * each of a million parts leaves a chain of tables behind, which V8 collected only after 200 MB.
 */
const KINDS: readonly PartKind[] = ['solid', 'object', 'group', 'material', 'source'];

/** From triangle `id` on, the part of a kind is another one; null for none. */
interface Border {
  readonly id: number;
  readonly kind: PartKind;
  readonly part: number | null;
  readonly name?: string | undefined;
}

/** Whether the mesh has parts. */
export function hasParts(db: Database.Database): boolean {
  return db.prepare('SELECT EXISTS (SELECT 1 FROM main.part_runs)').pluck().get() === 1;
}

/**
 * Yields the changes of parts and, on request, of sources among `triangleCount` triangles: those of a set, or all. Parts
 * and sources without selected triangles are left out. Throws DatabaseError if the tables are damaged.
 */
export function* partChanges(
  db: Database.Database,
  set: IdSet | undefined,
  triangleCount: number,
  { sources = false }: { readonly sources?: boolean } = {},
): Generator<PartChange> {
  if (triangleCount === 0) return;
  checkTables(db, ['parts', 'part_runs', 'sources']);
  const rankOf = set === undefined ? countBelow(db) : rankIn(set);
  /** The part of each kind that was yielded last, and the border at the current triangle. */
  const former: (number | null)[] = KINDS.map(() => null);
  const pending: (Border | undefined)[] = KINDS.map(() => undefined);
  let at = 0;
  let id = 0;
  const flush = function* (): Generator<PartChange> {
    for (const [k, partKind] of KINDS.entries()) {
      const border = pending[k];
      pending[k] = undefined;
      if (border === undefined || border.part === former[k]) continue;
      former[k] = border.part;
      yield { at, id, partKind, name: border.name };
    }
  };
  const [from, to] = set?.bounds() ?? [0, Number.MAX_SAFE_INTEGER];
  const sourceRuns = `SELECT first, last, 'source', source, name FROM (${selectSourceRuns(db)}) ${WITHIN}`;
  const sql = `${PART_RUNS} ${sources ? `UNION ALL ${sourceRuns}` : ''} ORDER BY first`;
  const runs = db.prepare(sql).raw().iterate({ from, to }) as Iterable<Run>;
  for (const border of bordersOf(runs)) {
    const rank = rankOf(border.id);
    if (rank > at) yield* flush();
    at = rank;
    id = border.id;
    if (at === triangleCount) return;
    pending[KINDS.indexOf(border.kind)] = border;
  }
  yield* flush();
}

/** Yields where runs begin and end, in the order of ids; at one id, ends come first. */
function* bordersOf(runs: Iterable<Run>): Generator<Border> {
  /** The last triangle of the open run of each kind; infinite for none. */
  const open = KINDS.map(() => Number.POSITIVE_INFINITY);
  for (const [first, last, kind, part, name] of runs) {
    for (const end of takeEnds(open, first)) yield end;
    open[KINDS.indexOf(kind)] = last;
    yield { id: first, kind, part, name };
  }
  yield* takeEnds(open, Number.POSITIVE_INFINITY);
}

const NONE: readonly Border[] = [];

/** Removes the runs that end before an id, and returns their ends in the order of ids. */
function takeEnds(open: number[], until: number): readonly Border[] {
  let ends: Border[] | undefined;
  for (const [k, kind] of KINDS.entries()) {
    const last = open[k]!;
    if (last >= until) continue;
    open[k] = Number.POSITIVE_INFINITY;
    ends ??= [];
    ends.push({ id: last + 1, kind, part: null });
  }
  return ends?.sort((a, b) => a.id - b.id) ?? NONE;
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
