/** Labels of triangles, as runs of consecutive ids: the part, the component or the source that they belong to. */

import type Database from 'better-sqlite3';
import { selectSourceRuns } from './source-runs.js';

export const RUN_LABELS = ['part', 'component', 'source'] as const;
export type RunLabel = (typeof RUN_LABELS)[number];

/** A label of some triangles. */
export interface LabelEntry {
  readonly id: number;
  /** Empty if it has none. */
  readonly name: string;
  readonly triangles: number;
}

/** Kinds of parts by precedence, the last one first: an object goes before a group. */
const PART_KINDS = ['group', 'object', 'solid'] as const;

interface Run {
  readonly first: number;
  readonly last: number;
  readonly id: number;
}

/**
 * Yields the ids of labels of consecutive triangles, from triangle 0 to `range` - 1, at most `most` at a time; NaN for a
 * triangle without one. The array is used again.
 */
export function* readLabels(
  db: Database.Database,
  label: RunLabel,
  range: number,
  most: number,
): Generator<Float32Array> {
  const queries =
    label === 'part'
      ? PART_KINDS.map(
          (kind) => `SELECT first, last, part AS id FROM part_runs JOIN parts ON parts.id = part
          WHERE kind = '${kind}' ORDER BY first`,
        )
      : label === 'component'
        ? ['SELECT first, last, component AS id FROM component_runs ORDER BY first']
        : [
            `SELECT first, last, source AS id FROM (${selectSourceRuns(db)}) WHERE first IS NOT NULL ORDER BY first`,
          ];
  const cursors = queries.map((sql) => new RunCursor(db.prepare(sql).iterate() as IterableIterator<Run>));
  const values = new Float32Array(Math.min(most, range));
  try {
    for (let first = 0; first < range; first += most) {
      const part = values.subarray(0, Math.min(most, range - first));
      part.fill(Number.NaN);
      for (const cursor of cursors) cursor.fill(part, first);
      yield part;
    }
  } finally {
    for (const cursor of cursors) cursor.close();
  }
}

/** Returns the largest labels, at most `most`, and the number of all. */
export function listLabels(
  db: Database.Database,
  label: RunLabel,
  most: number,
): { readonly labels: LabelEntry[]; readonly count: number } {
  const all = {
    part: `SELECT p.id, p.name, total(last - first + 1) AS triangles FROM parts AS p JOIN part_runs ON part = p.id
      WHERE kind <> 'material' GROUP BY p.id`,
    component: "SELECT id, '' AS name, triangles FROM components",
    source: `SELECT source AS id, name, last - first + 1 AS triangles FROM (${selectSourceRuns(db)})
      WHERE first IS NOT NULL`,
  }[label];
  const labels = db.prepare(`SELECT * FROM (${all}) ORDER BY triangles DESC, id LIMIT ?`).all(most);
  const count = db.prepare(`SELECT count(*) FROM (${all})`).pluck().get() as number;
  return { labels: labels as LabelEntry[], count };
}

/** Runs in the order of their first triangles, of which one is current. */
class RunCursor {
  private current: Run | undefined;

  constructor(private readonly runs: IterableIterator<Run>) {
    this.advance();
  }

  /** Writes the ids of the runs that meet the triangles from `first` on. */
  fill(target: Float32Array, first: number): void {
    const end = first + target.length;
    while (this.current !== undefined && this.current.first < end) {
      const { first: begin, last, id } = this.current;
      target.fill(id, Math.max(0, begin - first), Math.max(0, Math.min(end, last + 1) - first));
      // It goes on in the next piece.
      if (last >= end) return;
      this.advance();
    }
  }

  close(): void {
    this.runs.return?.();
  }

  private advance(): void {
    const { value, done } = this.runs.next();
    this.current = done ? undefined : value;
  }
}
