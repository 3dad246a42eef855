/** Parts of triangles in id order: the solids of the mesh, or its objects if it has no solids. */
import type Database from 'better-sqlite3';

/** Runs fetched by one SELECT. */
const RANGE_RUNS = 10_000;

/** Consecutive triangles of one part, or between parts; `last` is included. */
export interface PartRun {
  readonly last: number;
  /** Undefined between parts. */
  readonly part: { readonly id: number; readonly name: string } | undefined;
}

/** Finds the part of each triangle, for ids in ascending order. */
export class PartRuns {
  private readonly kind: 'solid' | 'object' | undefined;
  private rows: Iterator<readonly [first: number, last: number, id: number, name: string]>;
  private next: readonly [first: number, last: number, id: number, name: string] | undefined;
  private run: PartRun = { last: -1, part: undefined };

  constructor(private readonly db: Database.Database) {
    const exists = db.prepare('SELECT EXISTS (SELECT 1 FROM parts WHERE kind = ?)').pluck();
    this.kind = (['solid', 'object'] as const).find((kind) => exists.get(kind) === 1);
    this.rows = this.list();
    this.next = this.take();
  }

  /** Returns the run of a triangle, whose id is not below the previous one. */
  find(triangle: number): PartRun {
    while (triangle > this.run.last) {
      if (this.next !== undefined && this.next[1] < triangle) {
        this.next = this.take();
      } else if (this.next === undefined || triangle < this.next[0]) {
        this.run = { last: (this.next?.[0] ?? Number.POSITIVE_INFINITY) - 1, part: undefined };
      } else {
        const [, last, id, name] = this.next;
        this.run = { last, part: { id, name } };
      }
    }
    return this.run;
  }

  private take() {
    const { value, done } = this.rows.next();
    return done ? undefined : value;
  }

  private *list() {
    if (this.kind === undefined) return;
    const statement = this.db
      .prepare(
        'SELECT r.first, r.last, p.id, p.name FROM part_runs AS r JOIN parts AS p ON p.id = r.part ' +
          `WHERE p.kind = ? AND r.first > ? ORDER BY r.first LIMIT ${RANGE_RUNS}`,
      )
      .raw();
    let first = -1;
    for (;;) {
      const runs = statement.all(this.kind, first) as [number, number, number, string][];
      yield* runs;
      if (runs.length < RANGE_RUNS) return;
      first = runs.at(-1)![0];
    }
  }
}
