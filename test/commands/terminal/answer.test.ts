/** Covers: main. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { CLI, runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toBinaryStl, toOff } from '../../support/meshes.js';

const tube = [...makeTube(12, 6)];
let folder: string;

beforeEach(() => {
  folder = freshFolder();
  writeFileSync(join(folder, 'solid.stl'), toBinaryStl(tube));
  writeFileSync(join(folder, 'open.stl'), toBinaryStl(tube.slice(1)));
  writeFileSync(join(folder, 'solid.off'), toOff(tube));
  writeFileSync(join(folder, 'comment.off'), toOff(tube).replace('\n3 ', '\n# faces\n3 '));
  writeFileSync(join(folder, 'cut.stl'), toBinaryStl(tube).subarray(0, -7));
  writeFileSync(join(folder, 'cut.off'), toOff(tube).slice(0, 60));
});

/** For each command: arguments that are answered with yes, with no, and those that cannot be answered. */
const QUESTIONS = [
  [['check'], ['solid.stl'], ['open.stl'], [['cut.stl'], ['none.stl'], ['.']]],
  [
    ['lint'],
    ['solid.off', '--for', 'cgal'],
    ['comment.off'],
    [['cut.off'], ['none.off'], ['.'], ['solid.stl']],
  ],
  [
    ['verify', 'solid.off'],
    ['solid.stl'],
    ['open.stl'],
    [['cut.stl'], ['none.stl'], ['.'], ['open.stl', '--from', 'raw']],
  ],
] as const;

describe.each(QUESTIONS)('offload %s', (command, yes, no, troubles) => {
  it('exits with 0 for yes and 1 for no, and with --quiet prints nothing', async () => {
    for (const [args, expected] of [
      [yes, 0],
      [no, 1],
    ] as const) {
      const { code, stdout, stderr } = await runCli([...command, ...args, '--quiet'], { cwd: folder });
      expect([code, stdout.toString(), stderr], args.join()).toEqual([expected, '', '']);
      const strict = command[0] === 'verify' ? [] : ['--strict'];
      const loud = await runCli([...command, ...args, ...strict], { cwd: folder });
      expect(loud.code).toBe(expected);
      expect(loud.stdout.length).toBeGreaterThan(0);
    }
  });

  it('exits with 2 for trouble, and then prints errors only', async () => {
    for (const args of troubles) {
      const { code, stdout, stderr } = await runCli([...command, ...args, '--quiet'], { cwd: folder });
      expect([code, stdout.toString()], args.join()).toEqual([2, '']);
      expect(stderr).toMatch(/^offload: /);
    }
  });

  it('refuses --quiet together with --json', async () => {
    const { code, stdout, stderr } = await runCli([...command, ...yes, '-q', '--json'], { cwd: folder });
    expect([code, stdout.toString()]).toEqual([2, '']);
    expect(stderr).toBe("offload: option '-q, --quiet' cannot be used with option '--json'\n");
  });

  it.skipIf(!existsSync('/dev/full'))('exits with 2 if its result cannot be written', () => {
    const args = ['-c', 'exec "$0" "$@" > /dev/full', process.execPath, CLI, ...command, ...yes];
    const { status, stderr } = spawnSync('sh', args, { cwd: folder, encoding: 'utf8' });
    expect(stderr).toContain('offload: standard output: cannot write: no space left on the device');
    expect(status).toBe(2);
  });

  it('keeps its exit code if the result is not read', () => {
    const strict = command[0] === 'verify' ? '' : '--strict';
    const shell = `("$0" "$@" ${strict} 2> err; echo $? > code) | true; cat err code`;
    const args = ['-c', shell, process.execPath, CLI, ...command, ...no];
    const { stdout } = spawnSync('sh', args, { cwd: folder, encoding: 'utf8' });
    expect(stdout).toMatch(/\n1\n$/);
    expect(stdout).not.toContain('offload: ');
  });

  it('lists its exit codes in its help', async () => {
    const { stdout } = await runCli([command[0], '--help']);
    expect(stdout.toString()).toMatch(
      /\nExit codes:\n {2}0 {2}.*\n {2}1 {2}.*\n {2}2 {2}.*, or wrong usage\n\n/,
    );
  });
});

describe('other commands', () => {
  it.each([
    ['convert', 'cut.stl', 'x.off'],
    ['import', 'cut.stl', 'x.db'],
    ['export', 'none.db'],
    ['info', 'none.db'],
    ['index', 'none.db'],
  ])('exit with 1 on failure: %s %s', async (...args) => {
    const { code, stdout } = await runCli(args, { cwd: folder });
    expect([code, stdout.length]).toEqual([1, 0]);
  });
});
