/** Covers: commands/sql/child, commands/sql/output, commands/sql/pager, commands/sql/prompt. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLI, type CliOptions, runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';

let imported: Buffer;
let folder: string;

beforeAll(async () => {
  const first = mkdtempSync(join(tmpdir(), 'offload-test-'));
  writeFileSync(join(first, 'in.raw'), '0 0 0 1 0 0 0 1 0\n1 0 0 1 1 0 0 1 0.5\n');
  const { code } = await runCli(['import', 'in.raw', 'mesh.db'], { cwd: first });
  expect(code).toBe(0);
  imported = readFileSync(join(first, 'mesh.db'));
  rmSync(first, { recursive: true });
});

beforeEach(() => {
  folder = freshFolder();
  writeFileSync(join(folder, 'mesh.db'), imported);
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
    [['--line'], 'id = 3\n z = 0.0\n n = NULL\n\nid = 4\n z = 0.5\n n = NULL\n'],
    [['--table'], 'id    z     n\n--  ---  ----\n 3  0.0  NULL\n 4  0.5  NULL\n'],
  ])('answers with %j', async (options, expected) => {
    const { code, stdout, stderr } = await sql([CORNERS, ...options]);
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({ code: 0, stdout: expected, stderr: '' });
  });

  it('writes output that programs can parse, for any values', async () => {
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

  it('reads the query from a file or standard input', async () => {
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
    expect(both).toMatchObject({
      code: 2,
      stderr: 'offload: both a query and --file; expected one of them\n',
    });
    const absent = await sql(['--file', 'absent.sql']);
    expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining('absent.sql') });
    const empty = await sql([], { input: ' \n' });
    expect(empty).toMatchObject({ code: 2, stderr: 'offload: empty query; expected a SELECT\n' });
  });

  it('accepts parameters and attached databases', async () => {
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
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('such as least=2 or name:text=12'),
    });
  });

  it('infers the type of a parameter', async () => {
    const types = async (...values: string[]) => {
      const names = values.map((_, k) => `p${k}`);
      const fields = names.map((name) => `typeof(:${name}) || ' ' || :${name} AS ${name}`);
      const params = values.flatMap((value, k) => ['--param', `${names[k]}${value}`]);
      const { stdout } = await sql([`SELECT ${fields.join(', ')}`, '--jsonl', ...params]);
      return Object.values(JSON.parse(stdout.toString()) as object);
    };
    expect(
      await types(
        '=9007199254740993',
        '=-1',
        '=2.50',
        '=1e3',
        '=007',
        '=wheel 2',
        '=',
        '=9223372036854775808',
      ),
    ).toEqual([
      'integer 9007199254740993',
      'integer -1',
      'real 2.5',
      'real 1000.0',
      'text 007',
      'text wheel 2',
      'text ',
      expect.stringMatching(/^real 9\.2233720368547\d*e\+18$/),
    ]);
    expect(await types(':text=12', ':integer=007', ':real=2')).toEqual(['text 12', 'integer 7', 'real 2.0']);
    for (const wrong of ['n:int=1', 'n:integer=x', 'n:real=x', 'n:integer=9223372036854775808'])
      expect(await sql(['SELECT 1', '--param', wrong])).toMatchObject({ code: 2 });
  });

  it('writes REAL numbers alike in every form for people or spreadsheets', async () => {
    const query = 'SELECT 1.0 AS a, 1 / 3.0 AS b, 1e21 AS c, 9e999 AS d, -0.5 AS e';
    const [csv, tsv, line, table] = await Promise.all(
      ['--csv', '--tsv', '--line', '--table'].map(async (form) =>
        (await sql([query, form])).stdout.toString(),
      ),
    );
    const numbers = csv!.trim().split('\n')[1]!.split(',');
    expect(numbers).toEqual(['1.0', '0.33333333333333332', '1.0e+21', 'Inf', '-0.5']);
    expect(tsv!.trim().split('\n')[1]!.split('\t')).toEqual(numbers);
    expect(line!.trim().split('\n')).toEqual(numbers.map((text, k) => `${'abcde'[k]} = ${text}`));
    expect(table!.trim().split('\n')[2]!.trim().split(/ +/)).toEqual(numbers);
  });

  it('warns of a parameter that the query does not use', async () => {
    const { code, stdout, stderr } = await sql([
      "SELECT ':least' AS n, @most AS m -- :least",
      '--param',
      'least=2',
      '--param',
      'most=3',
    ]);
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 0,
      stdout: 'n,m\n:least,3\n',
      stderr: 'warning: the query has no parameter :least; --param least is not used\n',
    });
  });

  it.each([
    [['SELECT :least, :most', '--param', 'most=3'], ':least', 'give it a value with --param least=<value>'],
    [['SELECT ?'], '?', 'name the parameter, as in :name, and give its value with --param name=<value>'],
  ])('names the parameter without a value in %j', async (args, name, hint) => {
    expect(await sql(args)).toMatchObject({
      code: 2,
      stderr: `offload: ${args[0]}: no value for ${name}\nhint: ${hint}\n`,
    });
  });

  it('refuses several statements with a parameter', async () => {
    const text = 'DELETE FROM filters WHERE name = :n; SELECT 1';
    expect(await sql([text, '--write', '--param', 'n=x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'several statements with a parameter, :n\nhint: run the statements one by',
      ),
    });
  });

  it('keeps all digits of integers in every form', async () => {
    const digits = '9007199254740993';
    for (const form of ['--table', '--line', '--json', '--jsonl', '--csv', '--tsv']) {
      const { stdout } = await sql([`SELECT ${digits} AS n`, form]);
      expect(stdout.toString(), form).toContain(digits);
    }
  });

  it('refuses a value that is too long to write, and truncates it in a table', async () => {
    for (const [what, length] of [
      ['zeroblob', 100_000_000],
      ["printf('%.*c', 20000000, 'x') || ", 20_000_001],
    ] as const) {
      const value = what === 'zeroblob' ? `zeroblob(${length})` : `${what}'y'`;
      const { code, stderr } = await sql([`SELECT ${value} AS b`, '--json']);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(
          new RegExp(`^offload: the column b has a value of ${length} .*\nhint: .*substr\\(b, 1, 1000\\)\n$`),
        ),
      });
    }
    const csv = await sql(['SELECT zeroblob(300000000) AS b', '--memory', '3G']);
    expect(csv).toMatchObject({ code: 2, stderr: expect.stringContaining('a value is too long\nhint: ') });
    // SQLite and Node each have a copy of it, which may be more than --memory allows.
    const huge = await sql(['SELECT zeroblob(300000000) AS b', '--json']);
    expect(huge.code).not.toBe(0);
    expect(huge.stderr).toMatch(
      /^offload: (?:the column b has a value of|the query exceeded the memory limit of) .*\nhint: .*\n$/,
    );
    const table = await sql(['SELECT zeroblob(100000000) AS b', '--table']);
    expect(table.stdout.toString()).toBe(`b\n${'-'.repeat(60)}\n${'0'.repeat(59)}…\n`);
  });

  it('limits the rows, and reports it', async () => {
    const query =
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1500) SELECT i FROM n';
    const table = await sql([query, '--table']);
    expect(table.stdout.toString().split('\n')).toHaveLength(1000 + 3);
    expect(table.stderr).toBe('showing the first 1,000 rows; --limit 0 shows all\n');
    const all = await sql([query, '--table', '--limit', '0']);
    expect(all.stdout.toString().split('\n')).toHaveLength(1500 + 3);
    expect(all.stderr).toBe('');
    const some = await sql([query, '--limit', '1', '--quiet']);
    expect(some).toMatchObject({ stdout: Buffer.from('i\n1\n'), stderr: '' });
    const whole = await sql([query]);
    expect(whole.stdout.toString().split('\n')).toHaveLength(1500 + 2);
  });

  it('stops a query after the timeout', async () => {
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
    const { code, stdout, stderr } = await sql([endless, '--timeout', '1']);
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'offload: mesh.db: the query timed out after 1 s\n' +
        'hint: allow more time with --timeout <seconds>; --timeout 0 disables the limit\n',
    });
    const quick = await sql(['SELECT 1 AS a', '--timeout', '50']);
    expect(quick).toMatchObject({ code: 0, stdout: Buffer.from('a\n1\n'), stderr: '' });
    const wrong = await sql(['SELECT b', '--timeout', '50']);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^offload: SELECT b: no such column: b\n/),
    });
  });

  it.each([[], ['--timeout', '50']])(
    'ends by an interrupt while SQLite is at work, with %j',
    async (...options) => {
      const endless =
        'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
      const child = spawn(process.execPath, [CLI, 'sql', 'mesh.db', endless, ...options], { cwd: folder });
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const began = performance.now();
      child.kill('SIGINT');
      const [code, signal] = await once(child, 'close');
      // Two seconds, and as much for a machine that has other work.
      expect(performance.now() - began).toBeLessThan(4000);
      expect(options.length === 0 ? signal : code).toBe(options.length === 0 ? 'SIGINT' : 130);
    },
  );

  it('changes nothing without --write', async () => {
    const before = readFileSync(join(folder, 'mesh.db'));
    const refused = await sql(['DELETE FROM triangles']);
    expect(refused).toMatchObject({
      code: 2,
      stderr:
        'offload: DELETE FROM triangles: not a read-only query\n' +
        'hint: --write allows statements that change the database\n',
    });
    expect(readFileSync(join(folder, 'mesh.db')).equals(before)).toBe(true);
    const written = await sql(['DELETE FROM triangles WHERE id = 1', '--write']);
    expect(written).toMatchObject({ code: 0, stderr: '1 row changed\n' });
    const { stdout } = await sql(['SELECT count(*) AS n FROM triangles']);
    expect(stdout.toString()).toBe('n\n1\n');
  });

  it('refuses conflicting forms, and a file that is no database', async () => {
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
  /** What a terminal of ten lines shows while these lines are typed. */
  const type = (args: string, lines: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    execFileSync(
      'script',
      ['-qec', `stty rows 10 cols 80; "${process.execPath}" "${CLI}" sql mesh.db ${args}`, '/dev/null'],
      {
        cwd: folder,
        env: { ...process.env, PAGER: 'cat', ...env, XDG_STATE_HOME: folder, TERM: 'dumb' },
        input: lines.map((line) => `${line}\n`).join(''),
        timeout: 30_000,
      },
    )
      .toString()
      .replaceAll('\r', '');

  /** Types with pauses: a tab in the midst of what comes at once is part of a text that is pasted. */
  const typeKeys = (...pieces: readonly string[]) => {
    const typing = pieces.map((_, index) => `sleep 1; printf %s "$${index + 1}"`).join('; ');
    const command = `"${process.execPath}" "${CLI}" sql mesh.db`;
    const script = `{ ${typing}; sleep 1; } | script -qec '${command}' /dev/null`;
    return execFileSync('sh', ['-c', script, 'sh', ...pieces], {
      cwd: folder,
      env: { ...process.env, XDG_STATE_HOME: folder, TERM: 'xterm' },
      timeout: 30_000,
    })
      .toString()
      .replaceAll('\r', '');
  };

  it('prompts, keeps a history, and shows the schema', () => {
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
    // The last line closes the prompt while queries before it are still to be run.
    expect(shown).not.toContain('this is a bug');
    const history = readFileSync(join(folder, 'offload', 'sql-history'), 'utf8').split('\n');
    expect(history).toContain('FROM vertices;');
  });

  it('answers with a table', () => {
    expect(type("'SELECT 1 AS one'", [])).toMatch(/one\n---\n {2}1\n/);
  });

  it('sets how rows are shown', () => {
    const shown = type('--csv', [
      '.mode',
      'SELECT 1 AS one;',
      '.mode line',
      '.mode',
      'SELECT 2 AS two;',
      '.mode json',
      'SELECT 3 AS three;',
      '.mode page',
      '.quit',
    ]);
    expect(shown).toContain('\none\n1\n');
    expect(shown).toContain('\nline\n');
    expect(shown).toContain('\ntwo = 2\n');
    expect(shown).toContain('{"three":3}');
    expect(shown).toContain("no mode 'page'; expected table, line, json, jsonl, csv, tsv");
  });

  const TEN = "'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10) SELECT i FROM n'";

  it('shows a table longer than the screen with a pager', () => {
    const PAGER = "sed 's/^/paged /'";
    expect(type(TEN, [], { PAGER })).toMatch(/paged {2}i\n.*\npaged 10\n/s);
    expect(type("'SELECT 1 AS i'", [], { PAGER })).not.toContain('paged');
    expect(type(`--no-pager ${TEN}`, [], { PAGER })).not.toContain('paged');
    expect(type(TEN, [], { PAGER: 'head -n 1' })).toBe(' i\n');
    expect(type(`${TEN} || true`, [], { PAGER: 'no-such-pager' })).toContain(
      "offload: cannot run the pager 'no-such-pager'\nhint: ",
    );
  });

  it('does not time out while rows are being read', () => {
    const shown = type(`--timeout 1 ${TEN}`, [], { PAGER: 'sleep 2; cat' });
    expect(shown).toContain('10\n');
    expect(shown).not.toContain('timed out');
  });

  it('completes names, but none with control characters', async () => {
    const evil = 'evil\x1b]0;owned\x07';
    await sql([`CREATE TABLE "${evil}" (x); CREATE TABLE evilness ("col\x1b[31m" INTEGER)`, '--write']);
    const shown = typeKeys('SELECT count(*) FROM evi\t', '\x15.mo\t', '\x03.tables\n.schema\n.quit\n');
    expect(shown).toContain('FROM evilness');
    // A column, `modified`, begins likewise.
    expect(shown).toContain('.mode');
    expect(shown).toContain('evil\\x1b]0;owned\\x07');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    expect(shown.replaceAll(/\x1b\[\d*[A-Z]/g, '')).not.toMatch(/[\x1b\x07]/);
  });
});
