import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { CLI, type CliOptions, runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';

let folder: string;

beforeEach(async () => {
  folder = freshFolder();
  writeFileSync(join(folder, 'in.raw'), '0 0 0 1 0 0 0 1 0\n1 0 0 1 1 0 0 1 0.5\n');
  const { code } = await runCli(['import', 'in.raw', 'mesh.db'], { cwd: folder });
  expect(code).toBe(0);
});

const sql = (args: readonly string[], options: CliOptions = {}) =>
  runCli(['sql', 'mesh.db', ...args], { cwd: folder, ...options });

const CORNERS = 'SELECT id, z, NULL AS n FROM vertices WHERE id > 2';

describe('offload sql', () => {
  it.each([
    [[], 'id,z,n\n3,0.0,\n4,0.5,\n'],
    [['--csv'], 'id,z,n\n3,0.0,\n4,0.5,\n'],
    [['--tsv'], 'id\tz\tn\n3\t0.0\t\n4\t0.5\t\n'],
    [['--json'], '[\n  {"id":3,"z":0,"n":null},\n  {"id":4,"z":0.5,"n":null}\n]\n'],
    [['--jsonl'], '{"id":3,"z":0,"n":null}\n{"id":4,"z":0.5,"n":null}\n'],
    [['--table'], 'id    z     n\n--  ---  ----\n 3    0  NULL\n 4  0.5  NULL\n'],
  ])('answers with %j', async (options, expected) => {
    const { code, stdout, stderr } = await sql([CORNERS, ...options]);
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({ code: 0, stdout: expected, stderr: '' });
  });

  it('writes what programs can read, whatever stands in it', async () => {
    const query = `SELECT 1 AS a, 'x"' AS a, x'0aff' AS b, 9e999 AS i, char(27) || '[31m' AS c`;
    const json = await sql([query, '--json']);
    expect(JSON.parse(json.stdout.toString())).toEqual([
      { a: 1, a_2: 'x"', b: '0AFF', i: Number.POSITIVE_INFINITY, c: '\x1b[31m' },
    ]);
    const table = await sql([query, '--table']);
    expect(table.stdout.toString()).toContain('\\x1b[31m');
    const nothing = await sql(['SELECT 1 AS a WHERE 0', '--json']);
    expect(nothing.stdout.toString()).toBe('[]\n');
    const header = await sql(['SELECT 1 AS a WHERE 0']);
    expect(header.stdout.toString()).toBe('a\n');
  });

  it('takes the query from a file or standard input', async () => {
    writeFileSync(join(folder, 'q.sql'), '-- how many\nSELECT count(*) AS n FROM triangles;\n');
    for (const [args, input] of [
      [['--file', 'q.sql'], ''],
      [[], 'SELECT count(*) AS n FROM triangles'],
      [['-'], 'SELECT count(*) AS n FROM triangles\n'],
    ] as const) {
      const { stdout } = await sql(args, { input });
      expect(stdout.toString()).toBe('n\n2\n');
    }
    const both = await sql(['SELECT 1', '--file', 'q.sql']);
    expect(both).toMatchObject({ code: 2, stderr: 'offload: a query and --file; expected one of them\n' });
    const absent = await sql(['--file', 'absent.sql']);
    expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining('absent.sql') });
    const empty = await sql([], { input: ' \n' });
    expect(empty).toMatchObject({ code: 2, stderr: 'offload: nothing to ask; expected a query\n' });
  });

  it('takes parameters and other databases', async () => {
    const { stdout } = await sql([
      'SELECT count(*) AS n FROM vertices JOIN old.vertices USING (x, y, z) WHERE z < :most AND :name = $name',
      '--param',
      'most=0.25',
      '--param',
      'name=wheel 2',
      '--attach',
      'old=mesh.db',
    ]);
    expect(stdout.toString()).toBe('n\n4\n');
    const wrong = await sql(['SELECT 1', '--param', 'most']);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('such as least=2') });
  });

  it('shows the first rows, and says so', async () => {
    const query =
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1500) SELECT i FROM n';
    const table = await sql([query, '--table']);
    expect(table.stdout.toString().split('\n')).toHaveLength(1000 + 3);
    expect(table.stderr).toBe('the first 1,000 rows; --limit 0 shows all\n');
    const all = await sql([query, '--table', '--limit', '0']);
    expect(all.stdout.toString().split('\n')).toHaveLength(1500 + 3);
    expect(all.stderr).toBe('');
    const some = await sql([query, '--limit', '1', '--quiet']);
    expect(some).toMatchObject({ stdout: Buffer.from('i\n1\n'), stderr: '' });
    const whole = await sql([query]);
    expect(whole.stdout.toString().split('\n')).toHaveLength(1500 + 2);
  });

  it('stops what takes too long', async () => {
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
    const { code, stdout, stderr } = await sql([endless, '--timeout', '1']);
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'offload: mesh.db: no end of the query after 1 s\nhint: --timeout 0 waits as long as it takes\n',
    });
    const quick = await sql(['SELECT 1 AS a', '--timeout', '50']);
    expect(quick).toMatchObject({ code: 0, stdout: Buffer.from('a\n1\n'), stderr: '' });
    const wrong = await sql(['SELECT b', '--timeout', '50']);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^offload: SELECT b: no such column: b\n/),
    });
  });

  it('changes nothing unless it is told to', async () => {
    const before = readFileSync(join(folder, 'mesh.db'));
    const refused = await sql(['DELETE FROM triangles']);
    expect(refused).toMatchObject({
      code: 2,
      stderr:
        'offload: DELETE FROM triangles: not only a question; expected a query\n' +
        'hint: --write lets statements change the database\n',
    });
    expect(readFileSync(join(folder, 'mesh.db')).equals(before)).toBe(true);
    const written = await sql(['DELETE FROM triangles WHERE id = 1', '--write']);
    expect(written).toMatchObject({ code: 0, stderr: '1 row changed\n' });
    const { stdout } = await sql(['SELECT count(*) AS n FROM triangles']);
    expect(stdout.toString()).toBe('n\n1\n');
  });

  it('refuses two ways to answer, and a database that is none', async () => {
    const two = await sql(['SELECT 1', '--csv', '--json']);
    expect(two).toMatchObject({ code: 2, stderr: 'offload: --json and --csv; expected one of them\n' });
    const none = await runCli(['sql', 'absent.db', 'SELECT 1'], { cwd: folder });
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('absent.db: cannot open') });
  });
});

/** Whether a terminal can be had: util-linux's `script` makes one. */
function hasTerminal(): boolean {
  try {
    return execFileSync('script', ['--version']).toString().includes('util-linux');
  } catch {
    return false;
  }
}

describe.skipIf(!hasTerminal())('offload sql on a terminal', () => {
  /** What the terminal shows while these lines are typed. */
  const type = (args: string, lines: readonly string[]) =>
    execFileSync('script', ['-qec', `"${process.execPath}" "${CLI}" sql mesh.db ${args}`, '/dev/null'], {
      cwd: folder,
      env: { ...process.env, XDG_STATE_HOME: folder, TERM: 'dumb' },
      input: lines.map((line) => `${line}\n`).join(''),
      timeout: 30_000,
    })
      .toString()
      .replaceAll('\r', '');

  it('prompts, remembers, and shows the schema', () => {
    const shown = type('', [
      '.tables',
      '.schema triangles',
      '.what',
      'SELECT count(*) AS n',
      'FROM vertices;',
      'SELECT colour;',
      '.quit',
    ]);
    expect(shown).toContain('\ntriangle_measures\n');
    expect(shown).toContain('CREATE TABLE triangles (');
    expect(shown).toContain("unknown command '.what'");
    expect(shown).toMatch(/\nn\n-\n5\n/);
    expect(shown).toContain('no such column: colour');
    const history = readFileSync(join(folder, 'offload', 'sql-history'), 'utf8').split('\n');
    expect(history).toContain('FROM vertices;');
  });

  it('answers with a table', () => {
    expect(type("'SELECT 1 AS one'", [])).toMatch(/one\n---\n {2}1\n/);
  });
});
