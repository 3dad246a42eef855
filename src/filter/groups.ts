/**
 * Divides a mesh into groups of triangles, for one file each: parts, sources, connected components, or the cells of a
 * grid. A group is a list of runs of ids; its selected triangles are found when its file is written.
 */

import { IdSet } from '../collections/id-set.js';
import { LabelRows } from '../collections/label-rows.js';
import { RowCache } from '../collections/row-cache.js';
import type { Connection } from '../database/open-database.js';
import { checkTables } from '../database/quick-check.js';
import type { RowMap } from '../database/rows/row-mapper.js';
import type { MeshRows } from '../database/rows/selection.js';
import { selectSourceRuns } from '../database/source-runs.js';
import { UsageError } from '../errors.js';
import type { PartStart } from '../mesh.js';
import { integer, listOf, variant } from '../options.js';
import { formatCount } from '../wording.js';

/** Kinds of parts, the most likely first. */
export const PART_KINDS: readonly PartKind[] = ['solid', 'object', 'group', 'material'];
export type PartKind = PartStart['partKind'];

/**
 * The kind of groups: `part` is the first kind of part that the mesh has. Cells have equal sides along each axis; the
 * centroid of a triangle decides its cell.
 */
export type Division =
  | { readonly by: 'part' | PartKind }
  | { readonly by: 'source' }
  | { readonly by: 'component' }
  | { readonly by: 'grid'; readonly cells: readonly [number, number, number] };

/** The rule for a {@link Division}. */
export const DIVISION = variant<Division, 'by'>('by', {
  part: {},
  solid: {},
  object: {},
  group: {},
  material: {},
  source: {},
  component: {},
  grid: { cells: listOf<number, readonly [number, number, number]>(integer(1), 'numbers', 3) },
});

/** The key of a group: the name of a part, null for triangles in none, or a number. */
export type GroupKey = string | number | null;

/** Triangles of consecutive ids, both ends inclusive, and the key of their group. */
export type GroupRun = readonly [key: GroupKey, first: number, last: number];

/** The most groups, with a file each. */
const GROUPS_MAX = 10_000;
/** Runs processed between two yields. */
const TURN_RUNS = 2 ** 14;

/** The tables that a division by part, source or component reads with SQL alone. */
const TABLES = ['parts', 'part_runs', 'sources', 'components', 'component_runs'];

/** The groups that contain selected triangles. */
export class Groups {
  private readonly keys = new Set<GroupKey>();
  private readonly selected: IdSet | undefined;
  private runs = '';

  constructor(
    private readonly db: Connection,
    private readonly rows: MeshRows,
    private readonly map: RowMap,
  ) {
    checkTables(db, TABLES);
    this.selected = map.triangles && IdSet.attach(map.triangles);
  }

  /** Returns the bytes of the sets of {@link restrict}, and of those that a selection has before it. */
  static setsBytes({ triangleRange, vertexRange }: MeshRows): number {
    return 3 * IdSet.bytesOf(triangleRange) + 2 * IdSet.bytesOf(vertexRange);
  }

  /** Divides by connected components, which must have been found. Occasionally yields. Throws like {@link add}. */
  *byComponent(): Generator<void> {
    yield* this.addAll('SELECT component, first, last FROM component_runs ORDER BY first');
    this.runs = 'SELECT first, last FROM component_runs WHERE component IS ?';
  }

  /** Divides by sources, in their order; keys are their ids. Occasionally yields. Throws like {@link add}. */
  *bySource(): Generator<void> {
    const runs = `FROM (${selectSourceRuns(this.db)}) WHERE first IS NOT NULL`;
    yield* this.addAll(`SELECT source, first, last ${runs}`);
    this.runs = `SELECT first, last ${runs} AND source IS ?`;
  }

  /**
   * Divides by the names of parts of a kind, equal names together; triangles in none come last. Occasionally yields.
   * Throws UsageError if the mesh has no such parts, and the errors of {@link add}.
   */
  *byPart(asked: 'part' | PartKind): Generator<void> {
    const { db, rows } = this;
    const kind = findKind(db, asked);
    const ofKind = `FROM main.part_runs JOIN main.parts ON parts.id = part WHERE kind = '${kind}'`;
    const named = `SELECT name, first, last ${ofKind} ORDER BY part_runs.id`;
    yield* this.addAll(named);
    const others = `SELECT NULL, after + 1, coalesce(next, ${rows.triangleRange}) - 1 FROM (
        SELECT last AS after, lead(first) OVER (ORDER BY first) AS next
        FROM (SELECT -1 AS first, -1 AS last UNION ALL SELECT first, last ${ofKind}))
      WHERE after + 1 < coalesce(next, ${rows.triangleRange})`;
    yield* this.addAll(others);
    this.createTable();
    db.exec(`INSERT INTO temp.groups ${named}; INSERT INTO temp.groups ${others}`);
    this.createIndex();
  }

  /** Divides by the runs that `insert` receives before `finish`. Throws the errors of {@link add}. */
  byRuns(): { insert: (runs: readonly GroupRun[]) => void; finish: () => void } {
    this.createTable();
    const statement = this.db.prepare('INSERT INTO temp.groups VALUES (?, ?, ?)');
    const insert = (runs: readonly GroupRun[]) => {
      for (const run of runs) if (this.add(run)) statement.run(run);
    };
    return { insert, finish: () => this.createIndex() };
  }

  /** Lists the keys of all groups: numbers ascending, names in the order of their first triangles. */
  list(): GroupKey[] {
    const keys = [...this.keys];
    return keys.every((key) => typeof key === 'number') ? keys.sort((a, b) => a - b) : keys;
  }

  private *addAll(sql: string): Generator<void> {
    let taken = 0;
    for (const run of this.db.prepare(sql).raw().iterate() as Iterable<GroupRun>) {
      this.add(run);
      if (++taken % TURN_RUNS === 0) yield;
    }
  }

  /** Whether a run contains a selected triangle. Throws UsageError once there are too many groups. */
  private add([key, first, last]: GroupRun): boolean {
    if (this.selected?.hasAny(first, last) === false) return false;
    this.keys.add(key);
    if (this.keys.size > GROUPS_MAX) throw tooMany();
    return true;
  }

  private createTable(): void {
    this.db.exec(`DROP TABLE IF EXISTS temp.groups;
      CREATE TEMP TABLE groups (key, first INTEGER, last INTEGER)`);
  }

  private createIndex(): void {
    this.db.exec('CREATE INDEX temp.groups_key ON groups (key)');
    this.runs = 'SELECT first, last FROM temp.groups WHERE key IS ?';
  }

  /** Returns the selected part of a group: the same map with fewer rows; undefined if it is empty. */
  restrict(key: GroupKey, cacheBytes: number): RowMap | undefined {
    const { rows, map } = this;
    const wanted = IdSet.create(rows.triangleRange);
    const runs = this.db.prepare(this.runs).raw();
    for (const [first, last] of runs.iterate(key) as Iterable<[number, number]>) wanted.addRange(first, last);
    if (this.selected !== undefined) wanted.intersect(this.selected);

    const labels = map.labels && new RowCache(new LabelRows(map.labels), cacheBytes);
    const triangles = IdSet.create(rows.triangleRange);
    const vertices = IdSet.create(rows.vertexRange);
    for (const { count, ids, corners } of rows.cornersOf(wanted)) {
      for (let k = 0; k < count; k++) {
        if (!wanted.has(ids[k]!)) continue;
        triangles.add(ids[k]!);
        for (let corner = 3 * k; corner < 3 * k + 3; corner++) {
          const vertex = corners[corner]!;
          vertices.add(labels === undefined ? vertex : labels.values[labels.locate(vertex)]!);
        }
      }
    }
    triangles.seal();
    vertices.seal();
    return triangles.size === 0
      ? undefined
      : { ...map, triangles: triangles.share(), vertices: vertices.share() };
  }
}

/** Returns the requested kind of parts. Throws UsageError if the mesh has none. */
function findKind(db: Connection, asked: 'part' | PartKind): PartKind {
  const has = db
    .prepare('SELECT EXISTS (SELECT 1 FROM main.part_runs JOIN main.parts ON parts.id = part WHERE kind = ?)')
    .pluck();
  const kind = (asked === 'part' ? PART_KINDS : [asked]).find((name) => has.get(name) === 1);
  if (kind !== undefined) return kind;
  const expected = asked === 'part' ? 'solids, objects, groups or materials' : `at least one ${asked}`;
  throw new UsageError(`${db.name}: the mesh has no ${asked}s; expected ${expected}`, {
    code: 'NOT_IN_MESH',
    hint: '`MeshDatabase.parts` lists the parts',
  });
}

function tooMany(): UsageError {
  const most = formatCount(GROUPS_MAX);
  return new UsageError(`a split into more than ${most} files; expected at most ${most}`, {
    hint: "select fewer with a filter, such as `filter.components: [{ kind: 'over', triangles: n }]`, or make cells larger",
  });
}
