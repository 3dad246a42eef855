/**
 * An R*Tree of boxes around runs of triangles with consecutive ids that are close together. A mesh in scan or surface
 * order has a box for sixty-four triangles, one in random order a box for each. Either way, a spatial filter reads only
 * pages that may hold results.
 *
 * SQLite stores the boxes as 32-bit floats, rounded outward. Later changes of triangles are not tracked.
 */

import type Database from 'better-sqlite3';
import { FLOAT32_LARGEST } from '../io/number-text.js';
import type { Bounds, TriangleBatch } from '../mesh.js';
import { hasTable } from './migrate.js';
import type { Rows } from './pages/leaf-decoder.js';
import type { CornerPositions } from './rows/corner-positions.js';

/** The R*Tree's table. */
export const TABLE = 'triangle_boxes';
/** The most triangles in a box. */
const RUN_TRIANGLES = 64;
/** Boxes inserted into the R*Tree at a time: each takes SQLite some ten microseconds, more on a slow disk. */
const TURN_BOXES = 1024;
const FLOAT32_SMALLEST = 2 ** -126;

/** Bytes of the R*Tree for each box, including its internal tables, measured on 160,000. */
export const BOX_BYTES = 90;

/** Returns the number of boxes; 0 without an R*Tree. */
export function countBoxes(db: Database.Database): number {
  if (!hasTable(db, TABLE)) return 0;
  return db.prepare(`SELECT count(*) FROM ${TABLE}_rowid`).pluck().get() as number;
}

/** Yields the first and last ids of the runs whose boxes intersect a box. */
export function* findRuns(db: Database.Database, { min, max }: Bounds): Generator<[number, number]> {
  const sql = `SELECT first, last FROM ${TABLE} WHERE max_x >= ? AND min_x <= ? AND max_y >= ? AND min_y <= ?
    AND max_z >= ? AND min_z <= ?`;
  const values = [0, 1, 2].flatMap((axis) => [min[axis]!, max[axis]!]);
  yield* db.prepare(sql).raw().iterate(values) as IterableIterator<[number, number]>;
}

/** Divides triangles, in id order, into runs, and collects their boxes in a temporary table. */
export class BoxBuilder {
  /** The number of boxes so far. */
  count = 0;
  private readonly insert: Database.Statement;
  private first = 0;
  private last = -2;
  private margins = 0;
  /** The nine coordinates of a triangle. */
  private readonly corner = new Float64Array(9);
  private readonly min = new Float64Array(3);
  private readonly max = new Float64Array(3);
  private readonly low = new Float64Array(3);
  private readonly high = new Float64Array(3);

  constructor(
    private readonly db: Database.Database,
    private readonly positions: CornerPositions,
  ) {
    db.exec(`DROP TABLE IF EXISTS temp.boxes;
      CREATE TEMP TABLE boxes (min_x, max_x, min_y, max_y, min_z, max_z, first INTEGER, last INTEGER)`);
    this.insert = db.prepare('INSERT INTO temp.boxes VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  }

  take({ count, ids, corners }: TriangleBatch & Rows): void {
    for (let k = 0; k < count; k++) this.add(ids[k]!, corners, 3 * k);
  }

  /** Ends the last box, so that `count` is final. */
  seal(): void {
    this.endRun();
    this.last = -2;
  }

  /**
   * Moves the boxes into a new R*Tree that replaces an earlier one, in a transaction that the caller commits.
   * Occasionally yields how many are in it.
   */
  *finish(): Generator<number> {
    const { db, count } = this;
    db.exec(`DROP TABLE IF EXISTS ${TABLE};
      CREATE VIRTUAL TABLE ${TABLE} USING rtree(id, min_x, max_x, min_y, max_y, min_z, max_z, +first, +last)`);
    const move = db.prepare(
      `INSERT INTO ${TABLE} SELECT rowid, * FROM temp.boxes WHERE rowid > ? AND rowid <= ?`,
    );
    for (let done = 0; done < count; done += TURN_BOXES) {
      move.run(done, done + TURN_BOXES);
      yield Math.min(count, done + TURN_BOXES);
    }
    db.exec('DROP TABLE temp.boxes');
  }

  private add(id: number, corners: Float64Array, at: number): void {
    const { low, high, min, max, corner } = this;
    this.positions.copyNext(corners[at]!, corners[at + 1]!, corners[at + 2]!, corner);
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(corner[axis]!, corner[axis + 3]!, corner[axis + 6]!);
      high[axis] = Math.max(corner[axis]!, corner[axis + 3]!, corner[axis + 6]!);
    }
    let own = 0;
    let joint = 0;
    for (let axis = 0; axis < 3; axis++) {
      own += high[axis]! - low[axis]!;
      joint += Math.max(max[axis]!, high[axis]!) - Math.min(min[axis]!, low[axis]!);
    }
    const goesOn = id === this.last + 1 && id - this.first < RUN_TRIANGLES && joint <= this.margins + own;
    if (!goesOn) {
      this.endRun();
      this.first = id;
      this.margins = 0;
      min.set(low);
      max.set(high);
    }
    for (let axis = 0; axis < 3; axis++) {
      min[axis] = Math.min(min[axis]!, low[axis]!);
      max[axis] = Math.max(max[axis]!, high[axis]!);
    }
    this.margins += own;
    this.last = id;
  }

  private endRun(): void {
    if (this.last < 0) return;
    const bounds = [0, 1, 2].flatMap((axis) => [roundDown(this.min[axis]!), -roundDown(-this.max[axis]!)]);
    this.insert.run(...bounds, this.first, this.last);
    this.count++;
  }
}

/**
 * Handles what SQLite's rounding to a 32-bit float misses: numbers beyond the largest, and those closer to 0 than the
 * smallest normal one, which its rounding factor leaves unchanged.
 */
function roundDown(value: number): number {
  if (value > FLOAT32_LARGEST) return FLOAT32_LARGEST;
  if (value >= FLOAT32_SMALLEST || value <= -FLOAT32_SMALLEST) return value;
  return value < 0 ? -FLOAT32_SMALLEST : 0;
}
