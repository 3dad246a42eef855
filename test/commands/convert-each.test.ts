import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CLI, runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl, toOff } from '../support/meshes.js';
import { HAS_PTY, runOnTerminal } from '../support/on-terminal.js';

const tube = [...makeTube(12, 6)];
const stl = toBinaryStl(tube);
const off = toOff(tube);

/** A folder `tiles` with tile0.stl to tile5.stl. */
function setUp(count = 6): string {
  const cwd = freshFolder();
  mkdirSync(join(cwd, 'tiles'));
  for (let k = 0; k < count; k++) writeFileSync(join(cwd, `tiles/tile${k}.stl`), stl);
  return cwd;
}

describe('convert --each', () => {
  it('writes an OFF for each file of a folder, beside it', async () => {
    const cwd = setUp();
    writeFileSync(join(cwd, 'tiles/other.off'), off);
    const { code, stdout, stderr } = await runCli(['convert', '--each', 'tiles'], { cwd });
    expect(stderr).toMatch(
      /^6 files converted, 936 triangles, [\d.]+ kB written; [\d.]+ s, peak memory \d+ MB\n$/,
    );
    expect(stdout.toString()).toBe('');
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, 'tiles/tile3.off'), 'utf8')).toBe(off);
    expect(readdirSync(join(cwd, 'tiles'))).toHaveLength(13);
    // Again: the outputs are not inputs, and they are not replaced.
    const again = await runCli(['convert', '--each', 'tiles', '-q'], { cwd });
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(
      'offload: 6 of 6 files failed\n tiles/tile0.stl  tiles/tile0.off: already exists\n',
    );
    expect(again.stderr).toMatch(/\nhint: --force replaces it\n$/);
    expect(await runCli(['convert', '--each', 'tiles', '-qf'], { cwd })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });

  it('writes into a folder that is named last, or with --output', async () => {
    const cwd = setUp(2);
    const run = (...args: string[]) => runCli(['convert', '--each', '-q', ...args], { cwd });
    expect(await run('tiles/tile0.stl', 'tiles/tile1.stl', 'new/')).toMatchObject({ code: 0, stderr: '' });
    expect(await run('-f', 'tiles/*.stl', 'new')).toMatchObject({ code: 0, stderr: '' });
    expect(await run('tiles', '-o', 'other', '--compress', 'gzip')).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(join(cwd, 'new'))).toEqual(['tile0.off', 'tile1.off']);
    expect(readdirSync(join(cwd, 'other'))).toEqual(['tile0.off.gz', 'tile1.off.gz']);
    const list = join(cwd, 'list');
    writeFileSync(list, 'tiles/tile1.stl\n');
    expect(await run('--files-from', 'list', 'third/')).toMatchObject({ code: 0 });
    expect(readdirSync(join(cwd, 'third'))).toEqual(['tile1.off']);
    expect(await run('tiles/tile0.stl', 'absent')).toMatchObject({
      code: 2,
      stderr: 'offload: absent: no such file or folder\nhint: to create a folder, write absent/\n',
    });
    expect(await run()).toMatchObject({ code: 2, stderr: "offload: missing required argument 'inputs'\n" });
    expect(await run('tiles', '--keep', 'a.db')).toMatchObject({ code: 2 });
  });

  it('writes the format of --to, and leaves out files of a folder that have it', async () => {
    const cwd = setUp(2);
    writeFileSync(join(cwd, 'tiles/tile2.PLY.gz'), '');
    const args = ['convert', '--each', '-q', 'tiles', '--to', 'ply'];
    expect(await runCli(args, { cwd })).toMatchObject({ code: 0, stderr: '' });
    const outputs = readdirSync(join(cwd, 'tiles')).filter((name) => name.endsWith('.ply'));
    expect(outputs).toEqual(['tile0.ply', 'tile1.ply']);
    expect(readFileSync(join(cwd, 'tiles/tile1.ply'), 'latin1')).toMatch(/^ply\n/);
    expect(await runCli([...args, '--dialect', 'int255'], { cwd })).toMatchObject({ code: 2 });
  });

  it('goes on after failures and lists them', async () => {
    const cwd = setUp(3);
    writeFileSync(join(cwd, 'tiles/tile1.stl'), stl.subarray(0, 2000));
    const args = ['convert', '--each', 'tiles', 'none.stl', '-o', 'out'];
    const { code, stderr } = await runCli(args, { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^offload: 2 of 4 files failed\n tiles\/tile1\.stl {2}byte \d+: .*\n none\.stl {9}cannot read: no such file or directory\nhint: .* --salvage .*\n2 files converted, /,
    );
    expect(readdirSync(join(cwd, 'out'))).toEqual(['tile0.off', 'tile2.off']);
    const json = await runCli([...args, '--force', '--json', '--salvage', '-v'], { cwd });
    expect(json.code).toBe(1);
    expect(json.stderr).toContain('\ntiles/tile2.stl to out/tile2.off: 156 triangles\n');
    expect(JSON.parse(json.stdout.toString())).toMatchObject({
      converted: 3,
      failed: 1,
      files: [
        {
          input: 'tiles/tile0.stl',
          output: 'out/tile0.off',
          triangles: 156,
          bytes: off.length,
          warnings: [],
        },
        { input: 'tiles/tile1.stl', warnings: [{ count: 1 }] },
        { input: 'tiles/tile2.stl' },
        { input: 'none.stl', output: 'out/none.off', error: { code: 'FILE_NOT_FOUND', hint: null } },
      ],
      warnings: [{ message: expect.stringMatching(/^tiles\/tile1\.stl: /), count: 1 }],
      peakMemoryBytes: expect.any(Number),
    });
  });

  it('lists the first fifty of many failures', async () => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, 'list'), Array.from({ length: 60 }, (_, k) => `none${k}.stl\n`).join(''));
    const { code, stderr } = await runCli(['convert', '--each', '--files-from', 'list'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain(
      '\n none49.stl  cannot read: no such file or directory\n  and 10 more; --json lists all\n',
    );
    expect(stderr).not.toContain('none50');
  });

  it('filters each file by SQL of the user', async () => {
    const cwd = setUp(2);
    const args = ['convert', '--each', 'tiles', '--sql', 'SELECT id FROM triangles WHERE id < 2', '--json'];
    const { stdout } = await runCli(args, { cwd });
    expect(JSON.parse(stdout.toString()).files).toMatchObject([{ triangles: 2 }, { triangles: 2 }]);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)('leaves complete outputs after %s', async (signal) => {
    const cwd = setUp(300);
    const child = spawn(process.execPath, [CLI, 'convert', '--each', 'tiles', 'out/'], { cwd });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    const ended = once(child, 'close');
    const list = () => {
      try {
        return readdirSync(join(cwd, 'out'));
      } catch {
        return [];
      }
    };
    while (list().filter((name) => name.endsWith('.off')).length < 5) await sleep(5);
    child.kill(signal);
    const [code] = await ended;
    const outputs = list().filter((name) => name.endsWith('.off'));
    expect(outputs.length).toBeLessThan(300);
    for (const name of outputs) expect(readFileSync(join(cwd, 'out', name), 'utf8')).toBe(off);
    if (signal === 'SIGKILL') return;
    expect(code).toBe(130);
    expect(list()).toEqual(outputs);
    expect(stderr).toBe(
      `offload: interrupted; finished outputs: ${outputs.length} of 300; no unfinished files remain\n`,
    );
  });

  it.runIf(HAS_PTY)('shows the number of files on a terminal', async () => {
    const cwd = setUp(60);
    const { code, terminal } = await runOnTerminal(['convert', '--each', 'tiles'], { cwd });
    expect(code).toBe(0);
    expect(terminal).toMatch(/\d+ of 60 files/);
  });
});
