/**
 * Covers: commands/describe/describe-selection, commands/options/filter-options, pipeline/threads/answer-thread,
 * pipeline/threads/roles/answer-role.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

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
  it('reports what is left out, and keeps the order of the transform', async () => {
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

  it('exits with 1 if nothing is left and --fail-if-empty is given, and with 0 otherwise', async () => {
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
    [['--split', 'half'], /expected part, solid, object, group, material, source, component or grid=/],
    [['--part', 'nobody'], /: no part 'nobody': the mesh has no parts\n$/],
    [['--source', 'in.off'], /^offload: no source is named 'in.off'\nhint: did you mean 'in.stl'\?\n$/],
    [['--source', './in.stl.gz'], /^offload: no source is named '\/.*\/in.stl.gz'\nhint: /],
    [['--source', '*.obj'], /^offload: no source matches '\*.obj'\nhint: offload info lists the sources\n$/],
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

describe('an endless condition', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('ends on %s, and leaves nothing', async (signal) => {
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
