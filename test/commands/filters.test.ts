import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { countTube, makeTube, toBinaryStl } from '../support/meshes.js';

const counts = countTube(40, 12);

async function setUp() {
  const folder = freshFolder();
  writeFileSync(join(folder, 'in.stl'), toBinaryStl(makeTube(40, 12)));
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(args, { cwd: folder });
    return { code, stdout: stdout.toString(), stderr };
  };
  await run('import', 'in.stl', 'mesh.db');
  const head = (name: string) => readFileSync(join(folder, name), 'latin1').split('\n')[1];
  return { folder, run, head };
}

describe('export with filters', () => {
  it('says what it left out, and keeps to the order of the transform', async () => {
    const { folder, run } = await setUp();
    const welded = await run('export', 'mesh.db', 'a.off', '--weld', '0.5', '--drop', 'duplicate');
    expect(welded.stderr).toMatch(/^\d+ vertices welded into others, \d+ collapsed triangles left out\n/);
    await run('export', 'mesh.db', 'b.off', '--scale', '2', '--translate', '1,0,0', '--limit', '1');
    await run('export', 'mesh.db', 'c.off', '--translate', '1,0,0', '--scale', '2', '--limit', '1');
    const x = (name: string) =>
      Number(readFileSync(join(folder, name), 'latin1').split('\n')[2]!.split(' ')[0]);
    expect([x('b.off'), x('c.off')]).toEqual([1, 2]);
    const mirrored = await run('export', 'mesh.db', 'd.off', '--scale=-1,1,1');
    expect(mirrored.stderr).toMatch(/mirrors the mesh.*--flip/);
  });

  it('explains without writing', async () => {
    const { folder, run } = await setUp();
    const { stdout, stderr } = await run(
      'export',
      'mesh.db',
      '--explain',
      '--where',
      'id < 10 and sin(1) > 0',
    );
    expect(stdout).toMatch(
      /^where id < 10 and sin\(1\) > 0\n {2}by SQLite: SEARCH t USING INTEGER PRIMARY KEY/,
    );
    expect(stdout).toMatch(/\n10 triangles, \d+ vertices\n/);
    expect(stdout).toMatch(/\n {2}area +in square units of the source\n/);
    expect(stderr).toBe('');
    const asJson = await run('export', 'mesh.db', '--explain', '--json', '--limit', '7');
    expect(JSON.parse(asJson.stdout)).toMatchObject({ triangles: 7, steps: [] });
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });

  it('exits with 1 where nothing is left and that is an error, and with 0 otherwise', async () => {
    const { folder, run, head } = await setUp();
    const failing = await run('export', 'mesh.db', 'none.off', '--where', 'id < 0', '--fail-if-empty');
    expect(failing).toMatchObject({
      code: 1,
      stderr: 'offload: mesh.db: no triangle is left; expected at least one\n',
    });
    expect(existsSync(join(folder, 'none.off'))).toBe(false);
    const converting = await run('convert', 'in.stl', 'none.off', '--limit', '0', '--fail-if-empty');
    expect(converting).toMatchObject({
      code: 1,
      stderr: 'offload: in.stl: no triangle is left; expected at least one\n',
    });
    const empty = await run('export', 'mesh.db', 'none.off', '--where', 'id < 0');
    expect(empty).toMatchObject({ code: 0, stderr: expect.stringMatching(/^warning: no triangle is left/) });
    expect(head('none.off')).toBe('0 0 0');
  });

  it.each([
    [['--where', 'area >'], /^offload: --where: area >: syntax error at the end\n$/],
    [['--where', '(area > 1'], /^offload: --where: \(area > 1: unmatched '\('\n$/],
    [['--where', "part = 'a"], /^offload: --where: part = 'a: the quote ' is not closed\n$/],
    [['--where', '/* area'], /^offload: --where: \/\* area: the comment \/\* is not closed\n$/],
    [['--where', 'area > 1)'], /^offload: --where: area > 1\): unmatched '\)'\n$/],
    [['--where', 'area > 1 LIMIT 2'], /^offload: --where: area > 1 LIMIT 2: syntax error near "LIMIT"\n$/],
    [
      ['--where', 'q > 1'],
      /^offload: --where: q > 1: no such column: q\nhint: columns: id, a, b, c, ax\/y\/z, [^\n]{80,120}, source\n$/,
    ],
    [
      ['--where', `${'area > 1 and '.repeat(300)} +`],
      /^offload: --where: (?:area > 1 and ){6}ar…: syntax error at the end\n$/,
    ],
    [
      ['--sql', 'SELECT id FORM triangles'],
      /^offload: --sql: SELECT id FORM triangles: syntax error near "triangles"\n$/,
    ],
    [['--sql', 'SELECT id FROM triangels'], /no such table: triangels\nhint: did you mean 'triangles'\?\n$/],
    [
      ['--where', '1); DELETE FROM triangles; --'],
      /--where: 1\); DELETE FROM triangles: unexpected ';'; expected one SQL expression without parameters\n$/,
    ],
    [['--sql', 'DROP TABLE triangles'], /not a query; expected one SELECT/],
    [['--sql', 'SELECT id FROM triangels'], /no such table: triangels\nhint: did you mean 'triangles'\?\n$/],
    [['--sql', 'SELECT idd FROM triangles'], /no such column: idd\nhint: did you mean 'id'\?\n$/],
    [
      ['--sql', 'SELECT id FROM triangles WHERE area > 2'],
      /no such column: area\nhint: area is a column of triangle_measures\n$/,
    ],
    [
      ['--sql', 'SELECT id FROM nowhere'],
      /no such table: nowhere\nhint: SELECT name, sql FROM sqlite_schema lists tables and views/,
    ],
    [
      ['--sql', 'SELECT id FROM triangles WHERE a > :n'],
      /: no value for :n\nhint: write the value itself in place of :n\n$/,
    ],
    [['--bbox', '0,0,0,1,1'], /5 numbers; expected 6 numbers/],
    [['--bbox', '1,0,0,0,1,1'], /ends before it begins in x/],
    [['--sphere', '0,0,0,-1'], /radius -1/],
    [['--plane', '0,0,0,1'], /normal 0,0,0/],
    [['--touching'], /^offload: --touching needs --bbox, --sphere or --plane\n$/],
    [['--component', 'biggest'], /expected a number, largest, or over:<n>/],
    [['--drop', 'everything'], /expected a list of degenerate, duplicate, unreferenced/],
    [['--sample', '2'], /^offload: --sample 2: expected a share from 0 to 1, or from 0% to 100%\n$/],
    [['--seed', '2'], /^offload: --seed needs --sample\n$/],
    [['--limit', '-1'], /^offload: --limit -1: expected a whole number from 0\n$/],
    [
      ['--orient', 'inward'],
      /^offload: --orient inward: expected outward\nhint: did you mean 'outward'\?\n$/,
    ],
    [
      ['--bbox', `${'1,'.repeat(2000)}1`],
      /^offload: --bbox '(?:1,){40}…': 2001 numbers; expected 6 numbers: /,
    ],
    [['--weld', '0'], /expected a distance greater than 0/],
    [['--rotate', '90'], /expected/],
    [['--units', 'mm:furlong'], /expected two of um, mm/],
    [['--split', 'half'], /expected part, solid, object, group, material, component or grid=/],
    [['--part', 'nobody'], /: no part 'nobody': the mesh has no parts\n$/],
    [['--filter', 'nobody'], /: unknown filter 'nobody'; no filter is saved/],
    [['--component', '9'], /no component 9: the mesh has only component 0\n$/],
  ] as const)('refuses %j', async (args, message) => {
    const { folder, run } = await setUp();
    const { code, stdout, stderr } = await run('export', 'mesh.db', ...args);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });
});

describe('convert with filters', () => {
  it('writes what is left, and keeps the whole mesh in a database that is kept', async () => {
    const { run, head } = await setUp();
    const { stderr } = await run(
      'convert',
      'in.stl',
      'part.off',
      '--component',
      'largest',
      '--limit',
      '20',
      '--keep',
      'kept.db',
    );
    expect(stderr).toMatch(/\n20 triangles and \d+ vertices written\n/);
    expect(head('part.off')).toMatch(/^\d+ 20 0$/);
    const { stdout } = await run('info', 'kept.db', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ triangles: counts.triangles, components: 1 });
  });

  it('refuses a wrong filter before it reads the input', async () => {
    const { run } = await setUp();
    expect(await run('convert', 'absent.stl', 'x.off', '--where', '(area')).toMatchObject({
      code: 2,
      stderr: "offload: --where: (area: unmatched '('\n",
    });
  });
});

describe('saved filters', () => {
  it('are saved, listed, shown, used, replaced and removed', async () => {
    const { run, head } = await setUp();
    const options = [
      '--where',
      "normal_z > 0.1 or area = 'it''s'",
      '--bbox',
      '-9,-9,-9,9,9,9',
      '--touching',
      '--limit',
      '30',
    ];
    expect(await run('filter', 'save', 'mesh.db', 'roof', ...options)).toMatchObject({ code: 0, stderr: '' });
    await run('filter', 'save', 'mesh.db', 'few', '--sample', '10%', '--seed', '4');
    const list = await run('filter', 'list', 'mesh.db');
    expect(list.stdout.split('\n')).toEqual([
      'few  --sample 0.1 --seed 4',
      expect.stringMatching(/^roof {2}--where 'normal_z > .*' --bbox -9,.* --touching --limit 30$/),
      '',
    ]);
    expect(JSON.parse((await run('filter', 'list', 'mesh.db', '--json')).stdout)).toMatchObject([
      { name: 'few', filter: { sample: { share: 0.1, seed: 4 } } },
      { name: 'roof', filter: { limit: 30 } },
    ]);
    expect((await run('info', 'mesh.db')).stdout).toMatch(/\nfilter +few {2}--sample 0.1/);

    await run('export', 'mesh.db', 'one.off', '--filter', 'roof');
    await run('export', 'mesh.db', 'two.off', ...options);
    expect(head('one.off')).toBe(head('two.off'));
    await run('export', 'mesh.db', 'three.off', '--filter', 'roof', '--limit', '7');
    expect(head('three.off')).toMatch(/^\d+ 7 0$/);

    const again = await run('filter', 'save', 'mesh.db', 'roof', '--limit', '3');
    expect(again).toMatchObject({ code: 2, stderr: expect.stringMatching(/'roof' already exists/) });
    await run('filter', 'save', 'mesh.db', 'roof', '--limit', '3', '--force');
    expect((await run('filter', 'show', 'mesh.db', 'roof')).stdout).toBe('--limit 3\n');
    expect(await run('filter', 'remove', 'mesh.db', 'roof')).toMatchObject({ code: 0 });
    expect(await run('filter', 'show', 'mesh.db', 'roof')).toMatchObject({ code: 2, stdout: '' });
    expect(await run('filter', 'save', 'mesh.db', 'nothing')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/the filter is empty/),
    });
  });
});

describe('a saved filter', () => {
  it('brings its weld and transform along, before those of the command line', async () => {
    const { folder, run } = await setUp();
    const options = ['--limit', '50', '--weld', '0.3', '--scale', '2', '--flip'];
    expect(await run('filter', 'save', 'mesh.db', 'one', ...options)).toMatchObject({ code: 0, stderr: '' });
    await run('filter', 'save', 'mesh.db', 'two', '--translate', '1,0,0');
    expect((await run('filter', 'show', 'mesh.db', 'one')).stdout).toBe(
      '--limit 50 --weld 0.3 --scale 2,2,2 --flip\n',
    );
    await run('export', 'mesh.db', 'a.off', '--filter', 'one', '--filter', 'two', '--rotate', 'z,90');
    await run('export', 'mesh.db', 'b.off', ...options, '--translate', '1,0,0', '--rotate', 'z,90');
    const read = (name: string) => readFileSync(join(folder, name), 'latin1');
    expect(read('a.off')).toBe(read('b.off'));
    await run('export', 'mesh.db', 'c.off', '--filter', 'one', '--flip', '--weld', '0.1');
    await run('export', 'mesh.db', 'd.off', ...options.slice(0, -1));
    expect(read('c.off')).toBe(read('d.off'));
  });

  it('is compiled when it is saved', async () => {
    const { run } = await setUp();
    expect(await run('filter', 'save', 'mesh.db', 'wrong', '--where', 'arae > 1')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/no such column: arae\nhint: did you mean 'area'\?\n$/),
    });
    expect((await run('filter', 'list', 'mesh.db')).stdout).toBe('');
  });

  it('that somebody has put there says nothing to the terminal, and stops no other', async () => {
    const { run } = await setUp();
    const hostile = JSON.stringify({
      where: ["ax > 0 and '\u001b[31m' <> ''"],
      sql: ['SELECT 1 --\u009b2J'],
    });
    const insert = `INSERT INTO filters VALUES ('\u001b[2J', '${hostile.replaceAll("'", "''")}', ''),
      ('bad', '{"limit":-1}', ''), ('a; b', '5', ''), ('good', '{"limit":1}', '')`;
    await run('sql', 'mesh.db', '--write', insert);
    const explained = await run('export', 'mesh.db', '--explain', '--filter', '\u001b[2J');
    expect(explained.stdout).toMatch(/^where ax > 0 and '\\x1b\[31m' <> ''\n/);
    const listed = await run('filter', 'list', 'mesh.db');
    expect(listed.stdout).toMatch(/\nbad {2}damaged: a limit of -1;.*\ngood {2}--limit 1\n/);
    const verbose = await run('export', 'mesh.db', 'x.off', '--filter', '\u001b[2J', '--verbose');
    const said = [explained, listed, verbose].map(({ stdout, stderr }) => stdout + stderr).join();
    for (const control of ['\u001b', '\u009b']) expect(said).not.toContain(control);
    expect(await run('export', 'mesh.db', 'y.off', '--filter', 'good')).toMatchObject({ code: 0 });
    expect(await run('export', 'mesh.db', 'z.off', '--filter', 'bad')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /the filter 'bad' is damaged: .*\nhint: offload filter remove mesh.db bad/,
      ),
    });
    const { stderr } = await run('export', 'mesh.db', 'z.off', '--filter', 'a; b');
    expect(stderr).toContain("hint: offload filter remove mesh.db 'a; b'");
    expect(await run('filter', 'remove', 'mesh.db', 'bad')).toMatchObject({ code: 0 });
  });
});

describe('a condition without an end', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('hears of %s, and leaves nothing', async (signal) => {
    const { folder } = await setUp();
    const endless =
      'WITH RECURSIVE t (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT x FROM t WHERE x < 0';
    const args = ['export', 'mesh.db', 'x.off', '--where', `id IN (${endless})`];
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('close', (code, by) => resolve(by ?? code)));
    const isAtWork = () => readdirSync(folder).some((name) => name.includes('.partial'));
    while (!isAtWork()) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const begin = performance.now();
    child.kill(signal);
    expect(await ended).toBe(signal);
    // Two seconds, and as much for a machine that has other work.
    expect(performance.now() - begin).toBeLessThan(4000);
    expect(readdirSync(folder).sort()).toEqual(['in.stl', 'mesh.db']);
  });
});

describe('an R*Tree', () => {
  it('is built by index and shown by info', async () => {
    const { run } = await setUp();
    const { code, stderr } = await run('index', 'mesh.db');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^984 triangles indexed in \d+ boxes in mesh\.db; /);
    expect((await run('info', 'mesh.db')).stdout).toMatch(/\nindex +R\*Tree of \d+ boxes\n/);
    expect(await run('index', 'absent.db')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/cannot open/),
    });
  });
});
