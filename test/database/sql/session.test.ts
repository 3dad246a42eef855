/** Covers: database/shadow-views, database/sql/errors, database/sql/lines, database/sql/names, database/sql/query. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type LineStyle, nameLine, rowLine } from '../../../src/database/sql/lines.js';
import type { SqlQuery } from '../../../src/database/sql/query.js';
import { SqlSession, type SqlSessionOptions } from '../../../src/database/sql/session.js';
import { DatabaseError, FileError, importMesh, UsageError } from '../../../src/index.js';
import { freshFolder } from '../../support/files.js';
import { rewindSchema } from '../../support/old-schema.js';
import { runs } from '../../support/runs.js';

let folder: string;
let database: string;

beforeEach(async () => {
  folder = freshFolder();
  database = join(folder, 'mesh.db');
  writeFileSync(join(folder, 'in.raw'), '0 0 0 1 0 0 0 1 0\n1 0 0 1 1 0 0 1 0\n');
  await importMesh(join(folder, 'in.raw'), database);
});

function withSession<T>(options: SqlSessionOptions, use: (session: SqlSession) => T): T {
  const session = SqlSession.open(database, options);
  try {
    return use(session);
  } finally {
    session.close();
  }
}

function queryOf(session: SqlSession, text: string): SqlQuery {
  const answer = session.ask(text);
  if (!('query' in answer)) throw new Error('no query');
  return answer.query;
}

const rowsOf = (text: string, options: SqlSessionOptions = {}) =>
  withSession(options, (session) => [...queryOf(session, text).rows()]);
const linesOf = (text: string, style: LineStyle, options: SqlSessionOptions = {}) =>
  withSession(options, (session) => [...queryOf(session, text).lines(style)]);

describe('SqlSession', () => {
  it('answers queries, with comments around them and a semicolon', () => {
    expect(rowsOf('SELECT count(*), max(x) FROM vertices')).toEqual([[4n, 1]]);
    expect(rowsOf('-- how many\n/* of\nthem */ VALUES (1), (2); ')).toEqual([[1n], [2n]]);
    expect(linesOf('SELECT 1 -- one\n;', 'csv')).toEqual(['1']);
    expect(linesOf('WITH two AS (SELECT 2 AS n) SELECT n FROM two;', 'csv')).toEqual(['2']);
  });

  it('binds parameters', () => {
    const options = { parameters: { least: 0.5, name: "it's" } };
    expect(rowsOf('SELECT id FROM vertices WHERE x > :least AND y < @least', options)).toEqual([[1n]]);
    expect(linesOf('SELECT $name', 'csv', options)).toEqual(["it's"]);
    expect(() => rowsOf('SELECT :other', options)).toThrow(UsageError);
    expect(() => rowsOf('SELECT ?', options)).toThrow(UsageError);
  });

  it('reads attached databases', () => {
    const attach = [['old', database]] as const;
    expect(rowsOf('SELECT count(*) FROM vertices JOIN old.vertices USING (x, y, z)', { attach })).toEqual([
      [4n],
    ]);
    const missing = [['old', join(folder, 'absent.db')]] as const;
    expect(() => rowsOf('SELECT 1', { attach: missing })).toThrow(FileError);
    expect(() => rowsOf('SELECT 1', { attach: [['a b', database]] })).toThrow(/'a b' is not a valid name/);
    const text = [['text', join(folder, 'in.raw')]] as const;
    expect(() => rowsOf('SELECT 1', { attach: text })).toThrow(DatabaseError);
  });

  it('reports what is wrong with a query', () => {
    expect(() => rowsOf('SELECT colour FROM vertices')).toThrow(
      expect.objectContaining({
        message: 'SELECT colour FROM vertices: no such column: colour',
        hint: expect.stringContaining('sqlite_schema'),
      }),
    );
    expect(() => rowsOf('SELECT 1; SELECT 2')).toThrow(/several statements; expected one query/);
    expect(() => rowsOf(' -- nothing')).toThrow(/^empty query; expected a SELECT$/);
    expect(() => rowsOf('DELETE FROM triangles;')).toThrow(/^DELETE FROM triangles: not a read-only query$/);
    expect(() => rowsOf(`SELECT '${'long '.repeat(50)}' FROM`)).toThrow(/^.{80}…: /);
  });

  it.each([
    ['SELEC 1', 'SELEC 1: syntax error near "SELEC"', "did you mean 'SELECT'?"],
    ['DELETE FORM triangles', 'DELETE FORM triangles: syntax error near "FORM"', undefined],
    [
      'SELECT id FROM triangels',
      'SELECT id FROM triangels: no such table: triangels',
      "did you mean 'triangles'?",
    ],
    ['SELECT aera FROM triangle_measures', expect.stringContaining('column: aera'), "did you mean 'area'?"],
    ['SELECT v.Z1 FROM vertices v', expect.stringContaining('column: v.Z1'), "did you mean 'z'?"],
    ['SELECT sqr(2)', 'SELECT sqr(2): no such function: sqr', "did you mean 'sqrt'?"],
    ["SELECT name FROM parts WHERE name = '", expect.stringContaining('unrecognized token'), undefined],
  ])('reports what is wrong with %s, and suggests a name', (text, message, hint) => {
    for (const write of [false, true])
      expect(() => rowsOf(text, { write })).toThrow(expect.objectContaining({ message, hint }));
  });

  it('keeps all digits of integers', () => {
    const largest = 2n ** 63n - 1n;
    const parameters = { n: largest, text: '12', whole: 12n };
    expect(rowsOf('SELECT :n, :n - 1, typeof(:n), -:n - 1', { parameters })).toEqual([
      [largest, largest - 1n, 'integer', -largest - 1n],
    ]);
    expect(linesOf('SELECT :n', 'csv', { parameters })).toEqual([String(largest)]);
    expect(rowsOf('SELECT typeof(:x)', { parameters: { x: 2 } })).toEqual([['real']]);
  });

  it('compares an integer with a text column as text, also in views', () => {
    const write = { write: true };
    withSession(write, (session) =>
      session.ask("INSERT INTO parts VALUES (0, '12', 'solid'); INSERT INTO part_runs VALUES (0, 0, 0, 1)"),
    );
    for (const source of ['parts', 'part_bounds', '(SELECT name FROM parts)']) {
      for (const value of [12n, '12'])
        expect(rowsOf(`SELECT name FROM ${source} WHERE name = :n`, { parameters: { n: value } })).toEqual([
          ['12'],
        ]);
    }
    const text = "SELECT count(*) FROM parts WHERE name || '' = :n";
    expect(rowsOf(text, { parameters: { n: 12n } })).toEqual([[0n]]);
    expect(rowsOf(text, { parameters: { n: '12' } })).toEqual([[1n]]);
  });

  it.each([
    'PRAGMA table_info(triangles)',
    'pragma main.table_xinfo("triangles");',
    'PRAGMA table_list',
    "PRAGMA index_list('vertices')",
    'PRAGMA index_info(vertices_position)',
    'PRAGMA foreign_key_list(triangles)',
    '/* all */ PRAGMA integrity_check',
    'PRAGMA integrity_check(1)',
    'PRAGMA quick_check;',
    'PRAGMA user_version',
    'PRAGMA main.page_count',
    'PRAGMA application_id -- ours',
    'PRAGMA journal_mode',
    'PRAGMA compile_options',
  ])('runs a pragma that reports something: %s', (text) => {
    expect(rowsOf(text).length).toBeGreaterThan(0);
    expect(linesOf(text, 'csv').length).toBe(rowsOf(text).length);
  });

  it('runs a pragma without results', () => {
    expect(rowsOf('PRAGMA foreign_key_check')).toEqual([]);
  });

  it('gives a database of an earlier version the current views, without changing it', () => {
    const db = new Database(database);
    rewindSchema(db);
    db.close();
    const before = readFileSync(database);
    expect(rowsOf('SELECT degree, count(*) FROM vertex_degrees GROUP BY degree')).toEqual([
      [2n, 2n],
      [3n, 2n],
    ]);
    const ofSource =
      'SELECT name, triangles, (SELECT count(source) FROM triangle_corners) FROM source_bounds';
    expect(rowsOf(ofSource)).toEqual([['in.raw', 2n, 2n]]);
    expect(rowsOf('PRAGMA user_version')).toEqual([[1n]]);
    expect(readFileSync(database).equals(before)).toBe(true);
    expect(withSession({ write: true }, (session) => session.ask('UPDATE vertices SET z = 0'))).toEqual({
      changes: 4,
    });
    expect(rowsOf('PRAGMA user_version')).toEqual([[6n]]);
    expect(rowsOf(ofSource)).toEqual([['in.raw', 2n, 2n]]);
  });

  const CHANGES = [
    'DELETE FROM triangles',
    'WITH gone AS (SELECT 1 AS id) DELETE FROM triangles WHERE id IN gone',
    'WITH more AS (SELECT 9, 9, 9, 9) INSERT INTO vertices SELECT * FROM more',
    'INSERT INTO vertices VALUES (9, 9, 9, 9) RETURNING id',
    'CREATE TABLE t (x)',
    'CREATE TEMP TABLE t (x)',
    'CREATE TEMP VIEW t AS SELECT 1',
    'DROP TABLE triangles',
    'PRAGMA user_version = 9',
    'PRAGMA journal_mode = WAL',
    'PRAGMA writable_schema = ON',
    'PRAGMA query_only',
    'PRAGMA user_version(9)',
    'PRAGMA main.user_version = 9',
    'PRAGMA journal_mode(WAL)',
    'PRAGMA optimize',
    'PRAGMA wal_checkpoint',
    'PRAGMA table_info(triangles); DELETE FROM triangles',
    "ATTACH 'new.db' AS new",
    'DETACH main',
    'VACUUM',
    "VACUUM INTO 'copy.db'",
    'BEGIN',
    'BEGIN IMMEDIATE',
    'SAVEPOINT s',
    'REINDEX',
    'ANALYZE',
    "SELECT load_extension('x')",
    "SELECT writefile('x', 'y')",
    'SELECT 1; DELETE FROM triangles',
    'EXPLAIN DELETE FROM triangles; DELETE FROM triangles',
    '/* SELECT */ DELETE FROM triangles',
    '-- SELECT\nDELETE FROM triangles',
  ];

  it.each(CHANGES)('refuses statements that change anything: %s', (text) => {
    const before = readFileSync(database);
    expect(() => rowsOf(text)).toThrow(UsageError);
    expect(() => linesOf(text, 'csv')).toThrow(UsageError);
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  it('changes a writable database, all statements or none', () => {
    const write = { write: true };
    const ask = (text: string) => withSession(write, (session) => session.ask(text));
    expect(ask('UPDATE vertices SET z = 1 WHERE x = 1')).toEqual({ changes: 2 });
    expect(ask('DELETE FROM triangles WHERE id = 1; DELETE FROM vertices WHERE id = 3')).toEqual({
      changes: 2,
    });
    expect(rowsOf('SELECT (SELECT count(*) FROM triangles), (SELECT count(*) FROM vertices)')).toEqual([
      [1n, 3n],
    ]);
    expect(() => ask('DELETE FROM triangles; DELETE FROM faces')).toThrow(/no such table: faces/);
    expect(rowsOf('SELECT count(*) FROM triangles')).toEqual([[1n]]);
    expect(() => ask('INSERT INTO vertices VALUES (9, 0, 0, 0)')).toThrow(
      /mesh.db: UNIQUE constraint failed/,
    );
    expect(rowsOf('DELETE FROM triangles RETURNING id', write)).toEqual([[0n]]);
    expect(linesOf('INSERT INTO triangles VALUES (5, 0, 1, 2) RETURNING a, c', 'csv', write)).toEqual([
      '0,2',
    ]);
    expect(ask('BEGIN; DELETE FROM triangles; COMMIT')).toEqual({ changes: 1 });
    expect(ask('VACUUM')).toHaveProperty('changes');
  });
});

describe('lines', () => {
  it('are CSV and TSV', () => {
    const text = `SELECT 1 AS id, 0.5 AS "a,b", NULL AS "", '' AS empty, 'it says "no"' AS quoted,
      'two' || char(10) || 'lines' AS "line\tend", char(9) || '\\' AS tab, x'00ff' AS bytes`;
    expect(linesOf(text, 'csv')).toEqual(['1,0.5,,"","it says ""no""","two\nlines",\t\\,00FF']);
    expect(linesOf(text, 'tsv')).toEqual(['1\t0.5\t\t\tit says "no"\ttwo\\nlines\t\\t\\\\\t00FF']);
    const columns = withSession({}, (session) => queryOf(session, text).columns);
    expect(nameLine(columns, 'csv')).toBe('id,"a,b","",empty,quoted,line\tend,tab,bytes');
    expect(nameLine(columns, 'tsv')).toBe('id\ta,b\t\tempty\tquoted\tline\\tend\ttab\tbytes');
  });

  it('keep the order of the query', () => {
    const text = 'SELECT id FROM vertices ORDER BY y DESC, x';
    expect(linesOf(text, 'csv')).toEqual(rowsOf(text).map(String));
    expect(linesOf('SELECT id FROM vertices ORDER BY id DESC LIMIT 2 OFFSET 1', 'csv')).toEqual(['2', '1']);
  });

  it('include query plans', () => {
    expect(linesOf('EXPLAIN QUERY PLAN SELECT * FROM vertices', 'csv')[0]).toContain('SCAN vertices');
  });

  it('are the same with and without formatting in SQLite, and numbers round-trip', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', ' ', '"', ',', '\t', '\n', '\r', '\\', 'é', "'") });
    const integers = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    const values = fc.oneof(integers, texts, fc.constant(null));
    fc.assert(
      fc.property(fc.array(values, { minLength: 1, maxLength: 6 }), (row) => {
        const parameters = Object.fromEntries(row.map((value, k) => [`p${k}`, value ?? 'NULL']));
        const fields = row.map((value, k) => (value === null ? 'NULL' : `:p${k}`));
        for (const style of ['csv', 'tsv'] as const) {
          expect(linesOf(`SELECT ${fields.join(', ')}`, style, { parameters })).toEqual([
            rowLine(row, style, String),
          ]);
        }
      }),
      { numRuns: runs(40, 100) },
    );
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const [line] = linesOf('SELECT :value', 'csv', { parameters: { value } });
        expect(Number(line)).toBe(value + 0);
      }),
      { numRuns: runs(100, 300) },
    );
  });
});
