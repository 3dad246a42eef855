/** Covers: filter/expression/columns, filter/expression/lexer, filter/expression/nodes, filter/expression/parser. */
import Database from 'better-sqlite3';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { columnNames, NUMBER_COLUMNS, selectTriangles } from '../../../src/filter/expression/columns.ts';
import {
  checkExpression,
  compileExpression,
  parseExpression,
} from '../../../src/filter/expression/expression.ts';

type Point = readonly [number, number, number];

interface Mesh {
  readonly vertices: readonly Point[];
  readonly triangles: readonly (readonly [number, number, number])[];
}

function store({ vertices, triangles }: Mesh): Database.Database {
  const db = new Database(':memory:');
  db.exec(`CREATE TABLE vertices (id INTEGER PRIMARY KEY, x REAL NOT NULL, y REAL NOT NULL, z REAL NOT NULL) STRICT;
    CREATE TABLE triangles (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, c INTEGER) STRICT`);
  const addVertex = db.prepare('INSERT INTO vertices VALUES (?, ?, ?, ?)');
  const addTriangle = db.prepare('INSERT INTO triangles VALUES (?, ?, ?, ?)');
  for (const [id, point] of vertices.entries()) addVertex.run(id, ...point);
  for (const [id, corners] of triangles.entries()) addTriangle.run(id, ...corners);
  return db;
}

const readNumber = (db: Database.Database) => (literal: string) =>
  db.prepare(`SELECT ${literal}`).pluck().get() as number;

/** Ids by our own evaluation; undefined where it is SQLite's. */
function evaluate(db: Database.Database, mesh: Mesh, text: string): number[] | undefined {
  const expression = parseExpression(text, readNumber(db));
  if (expression === undefined) return undefined;
  const { test } = compileExpression(structuredClone(expression));
  return mesh.triangles.flatMap(([a, b, c], id) => {
    const corners = Float64Array.from([a, b, c].flatMap((vertex) => mesh.vertices[vertex]!));
    return test(id, a, b, c, corners) ? [id] : [];
  });
}

function ask(db: Database.Database, text: string): number[] {
  const sql = `SELECT id FROM (${selectTriangles()}) AS triangle WHERE (\n${text}\n) ORDER BY id`;
  return db.prepare(sql).pluck().all() as number[];
}

const coordinate = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  fc.constantFrom(0.1, -0.5, 1e-3, 1e150, -1e300, 1e308, 5e-324, 3.4e38),
  fc.double({ min: -100, max: 100, noNaN: true }),
);
const meshes = fc
  .array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 1, maxLength: 8 })
  .chain((vertices) => {
    const corner = fc.nat(vertices.length - 1);
    return fc.array(fc.tuple(corner, corner, corner), { minLength: 1, maxLength: 12 }).map((triangles) => ({
      vertices: vertices.map((point) => point.map((value) => value + 0) as unknown as Point),
      triangles,
    }));
  });

/** Conditions of all that is evaluated without SQLite, as text. */
const { condition } = fc.letrec<{ number: string; condition: string }>((tie) => {
  const pair = fc.tuple(tie('number'), tie('number'));
  return {
    number: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...NUMBER_COLUMNS.keys(), 'ID', '"Ax"', '[area]'),
      fc.constantFrom(
        '0',
        '1',
        '2',
        '7',
        '1.5',
        '0.0',
        '1e3',
        '.25',
        '1e308',
        '0x1F',
        '9007199254740991',
        'null',
      ),
      fc.tuple(pair, fc.constantFrom('+', '-', '*', '/', '%')).map(([[x, y], sign]) => `${x} ${sign} ${y}`),
      tie('number').map((x) => `(${x})`),
      tie('number').map((x) => `- ${x}`),
      tie('number').map((x) => `abs(${x})`),
      tie('number').map((x) => `sqrt(${x})`),
      fc.tuple(pair, fc.constantFrom('min', 'MAX')).map(([[x, y], name]) => `${name}(${x}, ${y})`),
    ),
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc
        .tuple(pair, fc.constantFrom('<', '<=', '>', '>=', '=', '==', '!=', '<>', 'is', 'IS NOT'))
        .map(([[x, y], sign]) => `${x} ${sign} ${y}`),
      tie('number'),
      tie('number').map((x) => `${x} IS NULL`),
      tie('number').map((x) => `${x} not null`),
      fc.tuple(tie('number'), pair).map(([x, [low, high]]) => `${x} between ${low} and ${high}`),
      fc.tuple(tie('number'), pair).map(([x, [low, high]]) => `${x} NOT BETWEEN ${low} AND ${high}`),
      fc.tuple(tie('number'), pair).map(([x, [y, z]]) => `${x} in (${y}, ${z})`),
      fc.tuple(tie('number'), pair).map(([x, [y, z]]) => `${x} not in (${y}, ${z}) -- and so on\n`),
      fc
        .tuple(
          tie('number'),
          fc.array(tie('number'), { minLength: 1, maxLength: 5 }),
          fc.constantFrom('in', 'not in'),
        )
        .map(
          ([x, list, sign]) => `${x} ${sign} (-3, -2, -1, -0.5, 0.0, 1e-3, 0.1, 1, 2, 3, ${list.join(', ')})`,
        ),
      fc.tuple(tie('condition'), tie('condition')).map(([x, y]) => `${x} and ${y}`),
      fc.tuple(tie('condition'), tie('condition')).map(([x, y]) => `(${x} OR /* or */ ${y})`),
      tie('condition').map((x) => `not ${x}`),
      tie('condition').map((x) => `NOT (${x})`),
    ),
  };
});

describe('a condition', () => {
  it('is evaluated as in SQLite', () => {
    let evaluated = 0;
    let fulfilled = 0;
    fc.assert(
      fc.property(meshes, fc.array(condition, { minLength: 1, maxLength: 20 }), (mesh, texts) => {
        const db = store(mesh);
        for (const text of texts) {
          checkExpression(text);
          const found = evaluate(db, mesh, text);
          if (found === undefined) continue;
          expect(found, text).toEqual(ask(db, text));
          evaluated++;
          fulfilled += found.length;
        }
        db.close();
      }),
      { numRuns: 400, seed: 49 },
    );
    expect(evaluated).toBeGreaterThan(1000);
    expect(fulfilled).toBeGreaterThan(1000);
  });

  it.each([
    '7 / 2 = 3',
    '-7 / 2 = -3',
    '- (7 / 2) = -3',
    '-7 % 3 = -1 and 7 % -3 = 1',
    '7 / 2.0 = 3.5 and 7.0 / 2 = 3.5',
    'id / 2 = 1',
    'id / -2 = -1',
    '(id - 5) / 2 = -1',
    '(id - 5) % 2 = -1',
    'id / 2 * 2 = id',
    '7 / 0 is null and 7 % 0 is null and 7.0 / 0 is null',
    'not 1 = 2 = 0',
    'not id between 1 and 2 or id = 1',
  ])('has the arithmetic and the precedence of SQLite: %s', (text) => {
    const mesh = { vertices: [[0, 0, 0]], triangles: Array(6).fill([0, 0, 0]) } as unknown as Mesh;
    const db = store(mesh);
    const found = evaluate(db, mesh, text);
    if (found !== undefined) expect(found).toEqual(ask(db, text));
    expect(found === undefined).toBe(text === 'not 1 = 2 = 0');
  });

  it.each([
    ['id in', [7, 1]],
    ['id not in', [0, 2]],
  ])('finds a value in a long list: %s', (start, expected) => {
    const mesh = { vertices: [[0, 0, 0]], triangles: Array(8).fill([0, 0, 0]) } as unknown as Mesh;
    const db = store(mesh);
    const isIn = start === 'id in';
    const list = Array.from({ length: 100_000 }, (_, k) => (isIn ? 9 + k : 3 + k));
    const text = `${start} (${(isIn ? [...list, 7, 1.0] : [...list, 1]).join()})`;
    expect(evaluate(db, mesh, text)).toEqual([...expected].sort());
    expect(ask(db, text)).toEqual([...expected].sort());
    const withNull = `${text.slice(0, -1)}, null)`;
    expect(evaluate(db, mesh, withNull)).toEqual(isIn ? [1, 7] : []);
    expect(ask(db, withNull)).toEqual(isIn ? [1, 7] : []);
  });

  it('is evaluated to the nesting limit of SQLite', () => {
    const mesh: Mesh = { vertices: [[1, 2, 3]], triangles: [[0, 0, 0]] };
    const db = store(mesh);
    for (const text of [Array(990).fill('id = 1').join(' or '), `0 < ${Array(990).fill('ax').join(' + ')}`]) {
      expect(evaluate(db, mesh, text)).toEqual(ask(db, text));
    }
  });

  it.each([
    'a in (select 1)',
    "az = '1'",
    'sin(ax) > 0',
    'ax like 1',
    'case when ax then 1 end',
    'cast(ax as int) = 1',
    'part = 1',
    'a & 1',
    'ax collate binary > 1',
    'ax % 2 = 1',
    'max(id, 0.5) / 2 = 1',
    '(ax > 1) + 1',
    'triangle.ax > 1',
    'ax is true',
    'id in ()',
    'a * a * a > 5',
    '9007199254740993 > id',
    'min(ax) > 1',
    'ax || 1',
    '1_000 > id',
  ])('is left to SQLite: %s', (text) => {
    const db = store({ vertices: [[0, 0, 0]], triangles: [] });
    expect(parseExpression(text, readNumber(db))).toBeUndefined();
  });

  it.each([
    '',
    '  -- nothing',
    'id = 1)',
    '(id = 1',
    'id = 1; delete from triangles',
    "az = 'open",
    'az = "open',
    'id /* open',
    '1) union select 1 --',
    '1) or (1',
    'id = ?',
    'id = :x',
    'id = @x',
    'id = $x',
    'id \0= 1',
    'id \v= 1',
    '[id',
    '`id',
  ])('is refused if it is not a single expression: %j', (text) => {
    expect(() => checkExpression(text)).toThrow(UsageError);
  });

  it('may contain what only looks like its end', () => {
    const text = `"ax" > 0 and ')' <> "a)" /* ) */ -- )`;
    expect(() => checkExpression(text)).not.toThrow();
  });
});

describe('the columns', () => {
  it('have the values of SQLite', () => {
    const db = store({ vertices: [[0, 0, 0]], triangles: [[0, 0, 0]] });
    const columns = db
      .prepare(selectTriangles())
      .columns()
      .map(({ name }) => name);
    expect(columns).toEqual([...NUMBER_COLUMNS.keys()]);
    expect(columnNames()).toEqual([...columns, 'part', 'material', 'component', 'source']);
  });

  it('cost only the lookups that a condition needs', () => {
    const db = store({ vertices: [[0, 0, 0]], triangles: [[0, 0, 0]] });
    const plan = (text: string) =>
      (
        db
          .prepare(`EXPLAIN QUERY PLAN SELECT id FROM (${selectTriangles()}) AS triangle WHERE ${text}`)
          .all() as {
          detail: string;
        }[]
      ).map(({ detail }) => detail);
    expect(plan('id < 10')).toEqual(['SEARCH t USING INTEGER PRIMARY KEY (rowid<?)']);
    expect(plan('bz > 1').filter((line) => line.startsWith('SEARCH'))).toHaveLength(1);
  });
});
