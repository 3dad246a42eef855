/** Covers: view/jobs/sql-job, view/jobs/run-job. */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { ErrorAnswer } from '../../../src/view/wire/messages.js';
import type { SqlLine, SqlRequest } from '../../../src/view/wire/sql.js';
import { runCli } from '../../support/cli.js';
import { beginQuery, ENDLESS, listJobs } from '../../support/jobs.js';
import { databaseOf, type OpenView, openView } from '../../support/views.js';

const JSON_TYPE = { 'content-type': 'application/json' };

/** Asks and returns the lines of the answer. */
async function linesOf({ ask }: OpenView, asked: SqlRequest): Promise<SqlLine[]> {
  const reply = await ask('/api/sql', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(asked) });
  expect(reply.status, reply.body.toString()).toBe(200);
  expect(reply.headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
  return reply.body
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as SqlLine);
}

const rowsOf = (lines: readonly SqlLine[]) => lines.flatMap((line) => ('rows' in line ? line.rows : []));

/** Asks for what is refused and returns the error with the marked part of the query. */
async function errorOf({ ask }: OpenView, query: string): Promise<ErrorAnswer & { marked?: string }> {
  const reply = await ask('/api/sql', {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ query }),
  });
  expect(reply.status).toBe(400);
  const error = JSON.parse(reply.body.toString()) as ErrorAnswer;
  const { span } = error;
  return span === undefined ? error : { ...error, marked: query.slice(span.from, span.to) };
}

describe('POST /api/sql', () => {
  it('answers with columns, rows and the end', async () => {
    const path = await databaseOf();
    const view = await openView(path);
    const query = 'SELECT id, area, NULL AS n, a FROM triangle_measures ORDER BY area DESC, id';
    const lines = await linesOf(view, { query });
    expect(lines[0]).toEqual({
      columns: [
        { name: 'id', isTriangle: true },
        { name: 'area', isTriangle: false },
        { name: 'n', isTriangle: false },
        { name: 'a', isTriangle: false },
      ],
    });
    const db = new Database(path, { readonly: true });
    const expected = db.prepare(query).raw().all();
    db.close();
    expect(expected.length).toBe(984);
    expect(rowsOf(lines)).toEqual(expected);
    expect(lines.at(-1)).toEqual({ end: { rows: 984, isCut: false, milliseconds: expect.any(Number) } });
  });

  it('tells which columns have ids of triangles', async () => {
    const view = await openView(await databaseOf());
    const query = `SELECT v.id, t.id AS t, t.id + 0 AS id, t.id + 0 AS triangle, 1 AS triangle_id, t.a
      FROM vertices v, triangles t LIMIT 1`;
    const [first] = await linesOf(view, { query });
    const columns = 'columns' in first! ? first.columns : [];
    expect(columns.map(({ isTriangle }) => isTriangle)).toEqual([false, true, true, true, true, false]);
  });

  it('gives values of any type and size', async () => {
    const view = await openView(await databaseOf());
    const query = `SELECT 9007199254740993, 9e999, -9e999, 1.5, 'é
"', x'0aff', zeroblob(20000000), printf('%.*c', 20000000, 'x')`;
    expect(rowsOf(await linesOf(view, { query }))).toEqual([
      [
        { integer: '9007199254740993' },
        { real: 'Inf' },
        { real: '-Inf' },
        1.5,
        'é\n"',
        { blob: '0AFF', length: 2 },
        { blob: '00'.repeat(100), length: 20_000_000 },
        { text: 'x'.repeat(1000), length: 20_000_000 },
      ],
    ]);
  });

  it('ends rows at a bound, but not CSV, which equals that of offload sql', async () => {
    const path = await databaseOf();
    const view = await openView(path);
    const query = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100001)
      SELECT i, i / 4.0 AS r, CASE i % 3 WHEN 0 THEN 'a "b",' WHEN 1 THEN NULL ELSE x'ff' END AS "c,d" FROM n`;
    const lines = await linesOf(view, { query });
    expect(rowsOf(lines).length).toBe(100_000);
    expect(lines.at(-1)).toMatchObject({ end: { rows: 100_000, isCut: true } });
    const csv = await linesOf(view, { query, format: 'csv' });
    expect(csv.length).toBeGreaterThan(5);
    expect(csv.at(-1)).toMatchObject({ end: { rows: 100_001, isCut: false } });
    const text = csv.map((line) => ('csv' in line ? line.csv : '')).join('');
    const { stdout } = await runCli(['sql', path, query, '--csv'], { cwd: dirname(path) });
    expect(text).toBe(stdout.toString());
  });

  it('tells what is wrong, where, and what to do', async () => {
    const view = await openView(await databaseOf());
    expect(await errorOf(view, 'SELECT aera FROM triangle_measures')).toMatchObject({
      code: 'SQL_INVALID',
      message: expect.stringContaining('no such column: aera'),
      hint: expect.stringContaining('area'),
      marked: 'aera',
    });
    expect(await errorOf(view, '')).toMatchObject({ message: expect.stringContaining('empty query') });
    // SQLite finds that out when it begins.
    expect((await linesOf(view, { query: 'SELECT :least' })).at(-1)).toMatchObject({
      error: {
        message: 'SELECT :least: no value for :least',
        hint: expect.stringContaining('offload sql --param'),
        span: { from: 7, to: 13 },
      },
    });
  });

  it.each([
    ["ATTACH 'x.db' AS x", 'ATTACH'],
    ['PRAGMA journal_mode = WAL', 'PRAGMA'],
    ['DELETE FROM triangles', 'DELETE'],
    ['WITH a AS (SELECT 1) DELETE FROM triangles', 'WITH'],
    ['CREATE TEMP TABLE t (a)', 'CREATE'],
    ['BEGIN', 'BEGIN'],
    ['SELECT 1; DELETE FROM triangles', 'DELETE FROM triangles'],
  ])('refuses %s', async (query, marked) => {
    const path = await databaseOf();
    const view = await openView(path);
    const before = readFileSync(path);
    expect(await errorOf(view, query)).toMatchObject({ code: 'SQL_INVALID', marked });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('refuses other bodies', async () => {
    const { ask } = await openView(await databaseOf());
    for (const body of ['{}', 'null', '{"query":1}', '{"query":"SELECT 1","format":"xml"}']) {
      expect((await ask('/api/sql', { method: 'POST', headers: JSON_TYPE, body })).status, body).toBe(400);
    }
  });

  it('ends the process when the request is closed', async () => {
    const view = await openView(await databaseOf());
    const { end, first } = beginQuery(view.server, ENDLESS);
    await first;
    const jobs = listJobs();
    expect(jobs.length).toBe(1);
    end();
    await expect.poll(() => listJobs(), { timeout: 10_000 }).toEqual([]);
  });

  it('ends an endless query at the time limit', async () => {
    const view = await openView(await databaseOf(), { timeLimitMs: 2000 });
    const lines = await linesOf(view, { query: ENDLESS });
    expect(lines.at(-1)).toMatchObject({ error: { message: 'the query timed out after 2 s' } });
    await expect.poll(() => listJobs(), { timeout: 10_000 }).toEqual([]);
  });

  it('ends a query that takes too much memory', async () => {
    const view = await openView(await databaseOf(), { memoryBytes: 256 * 2 ** 20 });
    const query = `SELECT length(group_concat(printf('%.*c', 1000000, 'x'))) FROM triangles`;
    const lines = await linesOf(view, { query });
    expect(lines.at(-1)).toMatchObject({
      error: { message: expect.stringContaining('memory limit'), hint: expect.stringContaining('--memory') },
    });
  });

  it('reports an error after the first rows at the end', async () => {
    const view = await openView(await databaseOf());
    const query = `SELECT CASE WHEN id < 500 THEN 1 ELSE abs(-9223372036854775807 - 1) END FROM triangles`;
    const lines = await linesOf(view, { query });
    expect(lines[0]).toHaveProperty('columns');
    expect(lines.at(-1)).toMatchObject({ error: { message: expect.stringContaining('integer overflow') } });
  });
});
