/**
 * A mesh divided into groups of triangles, for a file each: parts, connected components, or the cells of a grid. A group
 * is a list of runs of ids; what of it is selected is found when its turn comes.
 */
import type Database from 'better-sqlite3';
import { UsageError } from '../../errors.js';
import { checkTables } from '../quick-check.js';
import type { MeshRows } from '../selection.js';
import { IdSet } from './id-set.js';
import { LabelRows } from './label-rows.js';
import { RowCache } from './row-cache.js';
import type { RowMap } from './row-mapper.js';

/** What groups are. Cells have equal sides along each axis; a triangle is in the one that its centroid is in. */
export type Division =
  | { readonly by: 'part' }
  | { readonly by: 'component' }
  | { readonly by: 'grid'; readonly cells: readonly [number, number, number] };

export interface Group {
  /** What is asked for runs by. */
  readonly key: string | number | null;
  /** For people, and for the name of its file. */
  readonly name: string;
}

/** The most groups: a file each. */
export const GROUPS_MAX = 10_000;

/** Kinds of parts, those that are mostly meant first. */
/** What a division reads by SQL alone. */
const TABLES_OF = {
  part: ['parts', 'part_runs'],
  component: ['components', 'component_runs'],
  grid: [],
} as const;

const KINDS = ['solid', 'object', 'group', 'material'];

/** Where the groups of a division are, as SQL: `groups` yields key and name in order, `runs` those of a key. */
interface GroupQueries {
  readonly groups: string;
  readonly runs: string;
}

export class Groups {
  private constructor(
    private readonly db: Database.Database,
    private readonly queries: GroupQueries,
  ) {}

  /** Divides a mesh. Throws UsageError where it has no parts, or too many groups. */
  static divide(db: Database.Database, rows: MeshRows, division: Division, cacheBytes: number): Groups {
    checkTables(db, TABLES_OF[division.by]);
    const groups = new Groups(db, divideBy(db, rows, division, cacheBytes));
    const count = db.prepare(`SELECT count(*) FROM (${groups.queries.groups})`).pluck().get() as number;
    if (count <= GROUPS_MAX) return groups;
    throw new UsageError(
      `a split into ${count.toLocaleString('en-US')} files; expected ${GROUPS_MAX.toLocaleString('en-US')} at the most`,
      { hint: 'leave small components out with --component over:<n>, or make cells larger' },
    );
  }

  list(): Group[] {
    return this.db.prepare(this.queries.groups).all() as Group[];
  }

  /** Bytes of the sets that {@link restrict} makes, and of those that a selection has before it. */
  static setsBytes({ triangleRange, vertexRange }: MeshRows): number {
    return 3 * IdSet.bytesOf(triangleRange) + 2 * IdSet.bytesOf(vertexRange);
  }

  /** What of a group is in a selection: the same map, with fewer rows. Undefined where that is nothing. */
  restrict(rows: MeshRows, map: RowMap, { key }: Group, cacheBytes: number): RowMap | undefined {
    const wanted = IdSet.create(rows.triangleRange);
    const runs = this.db.prepare(this.queries.runs).raw();
    for (const [first, last] of runs.iterate({ key }) as Iterable<[number, number]>)
      wanted.addRange(first, last);
    if (map.triangles !== undefined) wanted.intersect(IdSet.attach(map.triangles));

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

function divideBy(
  db: Database.Database,
  rows: MeshRows,
  division: Division,
  cacheBytes: number,
): GroupQueries {
  if (division.by === 'component') {
    return {
      groups: "SELECT id AS key, 'component ' || id AS name FROM components ORDER BY id",
      runs: 'SELECT first, last FROM component_runs WHERE component = @key',
    };
  }
  const type = division.by === 'part' ? 'TEXT' : 'INTEGER';
  db.exec(`DROP TABLE IF EXISTS temp.groups;
    CREATE TEMP TABLE groups (key ${type}, first INTEGER, last INTEGER)`);
  const runs = 'SELECT first, last FROM temp.groups WHERE key IS @key';
  if (division.by === 'part') {
    divideByPart(db, rows.triangleRange);
    const order = '(SELECT min(id) FROM main.parts WHERE parts.name = key)';
    return {
      groups: `SELECT key, coalesce(key, 'rest') AS name FROM temp.groups GROUP BY key ORDER BY key IS NULL, ${order}`,
      runs,
    };
  }
  divideByCell(db, rows, division.cells, cacheBytes);
  const [, ny, nz] = division.cells;
  const name = `'cell ' || (key / ${ny * nz}) || ' ' || (key / ${nz} % ${ny}) || ' ' || (key % ${nz})`;
  return { groups: `SELECT key, ${name} AS name FROM temp.groups GROUP BY key ORDER BY key`, runs };
}

/** Runs of parts of one kind, those of equal names together, and of what is in none of them. */
function divideByPart(db: Database.Database, triangleRange: number): void {
  const ofKind = `FROM main.part_runs JOIN main.parts ON parts.id = part WHERE kind = ?`;
  const kind = KINDS.find((name) => db.prepare(`SELECT EXISTS (SELECT 1 ${ofKind})`).pluck().get(name) === 1);
  if (kind === undefined) {
    throw new UsageError(`${db.name}: the mesh has no parts; expected solids, objects, groups or materials`);
  }
  db.prepare(`INSERT INTO temp.groups SELECT name, first, last ${ofKind}`).run(kind);
  db.prepare(
    `INSERT INTO temp.groups SELECT NULL, after + 1, coalesce(next, @range) - 1 FROM (
       SELECT last AS after, lead(first) OVER (ORDER BY first) AS next
       FROM (SELECT -1 AS first, -1 AS last UNION ALL SELECT first, last FROM temp.groups))
     WHERE after + 1 < coalesce(next, @range)`,
  ).run({ range: triangleRange });
}

/** Runs of neighbouring ids in one cell of the box around all vertices. */
function divideByCell(
  db: Database.Database,
  rows: MeshRows,
  cells: readonly [number, number, number],
  cacheBytes: number,
): void {
  const box = db.prepare('SELECT min(x), min(y), min(z), max(x), max(y), max(z) FROM vertices').raw();
  const bounds = box.get() as number[];
  const positions = new RowCache(rows.positions(rows.vertexLeaves()), cacheBytes);
  const insert = db.prepare('INSERT INTO temp.groups VALUES (?, ?, ?)');
  const sums = new Float64Array(3);
  let key = -1;
  let first = -1;
  let last = -1;
  for (const { count, ids, corners } of rows.cornersOf()) {
    for (let k = 0; k < count; k++) {
      sums.fill(0);
      for (let corner = 3 * k; corner < 3 * k + 3; corner++) {
        const from = positions.locate(corners[corner]!);
        for (let axis = 0; axis < 3; axis++) sums[axis]! += positions.values[from + axis]!;
      }
      let cell = 0;
      for (let axis = 0; axis < 3; axis++) {
        const [min, size] = [bounds[axis]!, bounds[axis + 3]! - bounds[axis]!];
        const place = size === 0 ? 0 : Math.floor(((sums[axis]! / 3 - min) / size) * cells[axis]!);
        cell = cell * cells[axis]! + Math.max(0, Math.min(cells[axis]! - 1, place));
      }
      if (cell !== key || ids[k] !== last + 1) {
        if (first >= 0) insert.run(key, first, last);
        key = cell;
        first = ids[k]!;
      }
      last = ids[k]!;
    }
  }
  if (first >= 0) insert.run(key, first, last);
}
