/**
 * The columns of a triangle for conditions. Each column that is not stored is one SQL expression over others; SQLite
 * and offload both compute it from this text.
 */

/** A numeric column. */
interface NumberColumn {
  readonly type: 'integer' | 'real';
  /** Its SQL over other columns; absent if it is stored. */
  readonly sql?: string;
  /** Its meaning, with its unit. */
  readonly description: string;
}

const AXES = ['x', 'y', 'z'] as const;
type Axis = (typeof AXES)[number];

const real = (description: string, sql?: string): NumberColumn =>
  sql === undefined ? { type: 'real', description } : { type: 'real', description, sql };

/** Twice the area along an axis: the cross product of the edges from a. */
const crossOf: Readonly<Record<Axis, string>> = {
  x: '(by - ay) * (cz - az) - (bz - az) * (cy - ay)',
  y: '(bz - az) * (cx - ax) - (bx - ax) * (cz - az)',
  z: '(bx - ax) * (cy - ay) - (by - ay) * (cx - ax)',
};
const SQUARES = AXES.map((axis) => `(${crossOf[axis]}) * (${crossOf[axis]})`).join(' + ');

/** The length of the edge between two corners. */
const lengthOf = (from: string, to: string): string =>
  `sqrt(${AXES.map((axis) => `(${to}${axis} - ${from}${axis}) * (${to}${axis} - ${from}${axis})`).join(' + ')})`;
const EDGES = [
  ['a', 'b'],
  ['b', 'c'],
  ['c', 'a'],
] as const;
const [AB, BC, CA] = EDGES.map(([from, to]) => lengthOf(from, to)) as [string, string, string];

const forAxes = (column: (axis: Axis) => [string, NumberColumn]): [string, NumberColumn][] =>
  AXES.map(column);

/** The numeric columns by name; a column follows those it is computed from. */
export const NUMBER_COLUMNS: ReadonlyMap<string, NumberColumn> = new Map<string, NumberColumn>([
  ['id', { type: 'integer', description: 'of the triangle, from 0' }],
  ...['a', 'b', 'c'].map((corner): [string, NumberColumn] => [
    corner,
    { type: 'integer', description: `id of the vertex at corner ${corner}` },
  ]),
  ...['a', 'b', 'c'].flatMap((corner) =>
    forAxes((axis) => [`${corner}${axis}`, real(`${axis} of corner ${corner}, in the source's units`)]),
  ),
  ...forAxes((axis) => [
    `centroid_${axis}`,
    real(`${axis} of the center`, `(a${axis} + b${axis} + c${axis}) / 3`),
  ]),
  ...forAxes((axis) => [`min_${axis}`, real(`smallest ${axis}`, `min(a${axis}, b${axis}, c${axis})`)]),
  ...forAxes((axis) => [`max_${axis}`, real(`largest ${axis}`, `max(a${axis}, b${axis}, c${axis})`)]),
  ['area', real('in square units of the source', `0.5 * sqrt(${SQUARES})`)],
  ...forAxes((axis) => [
    `normal_${axis}`,
    real(`${axis} of the unit normal; NULL if there is none`, `(${crossOf[axis]}) / sqrt(${SQUARES})`),
  ]),
  ['ab', real('length of the edge from a to b', AB)],
  ['bc', real('length of the edge from b to c', BC)],
  ['ca', real('length of the edge from c to a', CA)],
  [
    'aspect',
    real(
      '1 if all edges are equal, larger the thinner it is; NULL if the area is 0',
      `max(${AB}, ${BC}, ${CA}) * (${AB} + ${BC} + ${CA}) / (2 * sqrt(3.0) * sqrt(${SQUARES}))`,
    ),
  ],
]);

/** Columns with one value for a run of triangles; see labels.ts. */
const OTHER_COLUMNS: readonly (readonly [string, string])[] = [
  ['part', 'name of its solid, object or group; NULL if none'],
  ['material', 'name of its material; NULL if none'],
  ['component', 'number of its connected component'],
  ['source', "name of its source file without the folder, or '-' for standard input"],
];

/** Lists the names of all columns. */
export function columnNames(): string[] {
  return columnHelp().map(([name]) => name);
}

/** Summarizes the names of all columns, with the axes of a kind together: `min_x/y/z`. */
export function summarizeColumns(): string {
  return columnNames()
    .filter((name) => !/^\w+[yz]$/.test(name))
    .map((name) => (/^\w+x$/.test(name) ? `${name}/y/z` : name))
    .join(', ');
}

/** Lists the names and descriptions of all columns. */
export function columnHelp(): (readonly [string, string])[] {
  const numbers = [...NUMBER_COLUMNS].map(([name, { description }]) => [name, description] as const);
  return [...numbers, ...OTHER_COLUMNS];
}

/** Returns a SELECT of all triangles with the numeric columns. SQLite omits lookups that a query does not need. */
export function selectTriangles(): string {
  const derived = [...NUMBER_COLUMNS].filter(([, { sql }]) => sql !== undefined);
  const corners = ['a', 'b', 'c'].flatMap((corner) =>
    AXES.map((axis) => `v${corner}.${axis} AS ${corner}${axis}`),
  );
  return `SELECT *, ${derived.map(([name, { sql }]) => `${sql} AS ${name}`).join(', ')} FROM (
    SELECT t.id, t.a, t.b, t.c, ${corners.join(', ')} FROM main.triangles AS t
    LEFT JOIN main.vertices AS va ON va.id = t.a
    LEFT JOIN main.vertices AS vb ON vb.id = t.b
    LEFT JOIN main.vertices AS vc ON vc.id = t.c)`;
}
