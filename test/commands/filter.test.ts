/** Covers: commands/describe/describe-filter. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
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
  it('applies its weld and transform before those of the command line', async () => {
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

  it('that is hostile is escaped, and does not affect others', async () => {
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
    expect(listed.stdout).toMatch(/\nbad {2}damaged: limit: -1;.*\ngood {2}--limit 1\n/);
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
