/**
 * Reads rows by SELECT over ranges of ids, with their attributes from other tables. This is slower than reading leaf
 * pages, but works in any journal mode.
 */
import type Database from 'better-sqlite3';
import type { AttributeDecoder, TriangleBatch, VertexBatch } from '../../mesh.js';
import type { Rows } from '../pages/leaf-decoder.js';

/** Rows fetched by one SELECT. */
const RANGE_ROWS = 10_000;

/** The origin of triangle colors. */
export type TriangleColors =
  | { readonly table: 'triangle_colors' }
  | { readonly table: 'stl_attributes'; readonly decode: AttributeDecoder };

/** Columns that are read together, and their join. */
interface ColumnGroup {
  readonly columns: readonly string[];
  readonly join?: string;
}

const POSITIONS: ColumnGroup = { columns: ['t.x', 't.y', 't.z'] };
const CORNERS: ColumnGroup = { columns: ['t.a', 't.b', 't.c'] };
const VERTEX_COLORS: ColumnGroup = {
  columns: ['c.r', 'c.g', 'c.b', 'c.a'],
  join: 'LEFT JOIN vertex_colors AS c ON c.vertex = t.id',
};
const VERTEX_NORMALS: ColumnGroup = {
  columns: ['n.x', 'n.y', 'n.z'],
  join: 'LEFT JOIN vertex_normals AS n ON n.vertex = t.id',
};
const TRIANGLE_COLORS: ColumnGroup = {
  columns: ['c.r', 'c.g', 'c.b', 'c.a'],
  join: 'LEFT JOIN triangle_colors AS c ON c.triangle = t.id',
};
const WORDS: ColumnGroup = {
  columns: ['coalesce(word, 0)'],
  join: 'LEFT JOIN stl_attributes AS s ON s.triangle = t.id',
};

export class SelectedRows {
  constructor(private readonly db: Database.Database) {}

  *vertices(wanted: {
    readonly hasColors: boolean;
    readonly hasNormals: boolean;
  }): Generator<VertexBatch & Rows> {
    const groups = [POSITIONS];
    if (wanted.hasNormals) groups.push(VERTEX_NORMALS);
    if (wanted.hasColors) groups.push(VERTEX_COLORS);
    for (const { count, ids, values } of this.ranges('vertices', groups)) {
      yield {
        count,
        ids,
        positions: values[0]!,
        normals: wanted.hasNormals ? values[1] : undefined,
        colors: wanted.hasColors ? values.at(-1) : undefined,
      };
    }
  }

  *triangles(colors?: TriangleColors): Generator<TriangleBatch & Rows> {
    if (colors === undefined) {
      for (const { count, ids, values } of this.ranges('triangles', [CORNERS])) {
        yield { count, ids, corners: values[0]! };
      }
    } else if (colors.table === 'triangle_colors') {
      for (const { count, ids, values } of this.ranges('triangles', [CORNERS, TRIANGLE_COLORS])) {
        yield { count, ids, corners: values[0]!, colors: values[1] };
      }
    } else {
      const decoded = new Float64Array(4 * RANGE_ROWS);
      for (const { count, ids, values } of this.ranges('triangles', [CORNERS, WORDS])) {
        for (let k = 0; k < count; k++) colors.decode(values[1]![k]!, decoded, 4 * k, ids[k]!);
        yield { count, ids, corners: values[0]!, colors: decoded };
      }
    }
  }

  /** Yields the rows of a table in id order. The values of each group are in an array of their own, NaN for NULL. */
  private *ranges(
    table: 'vertices' | 'triangles',
    groups: readonly ColumnGroup[],
  ): Generator<Rows & { readonly values: readonly Float64Array[] }> {
    const columns = groups.flatMap((group) => group.columns).join(', ');
    const joins = groups.map(({ join = '' }) => join).join(' ');
    const statement = this.db
      .prepare(
        `SELECT t.id, ${columns} FROM ${table} AS t ${joins} WHERE t.id > ? ORDER BY t.id LIMIT ${RANGE_ROWS}`,
      )
      .raw();
    const values = groups.map((group) => new Float64Array(group.columns.length * RANGE_ROWS));
    const ids = new Float64Array(RANGE_ROWS);
    let last = -1;
    for (;;) {
      const rows = statement.all(last) as (number | null)[][];
      if (rows.length === 0) return;
      last = rows[rows.length - 1]![0]!;
      for (let k = 0; k < rows.length; k++) ids[k] = rows[k]![0]!;
      let column = 1;
      for (const [index, group] of groups.entries()) {
        const width = group.columns.length;
        for (let k = 0; k < rows.length; k++) {
          const row = rows[k]!;
          for (let d = 0; d < width; d++) values[index]![width * k + d] = row[column + d] ?? Number.NaN;
        }
        column += width;
      }
      yield { count: rows.length, ids, values };
    }
  }
}
