import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI, runCli } from '../../support/cli.js';
import { makeTube, toBinaryStl } from '../../support/meshes.js';
import { HAS_PTY, runOnTerminal } from '../../support/on-terminal.js';

const tube = [...makeTube(100, 30)];
const NAMES = ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'].filter(
  (name) => name === '-' || existsSync(name),
);
let folder: string;
let off: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'offload-test-'));
  writeFileSync(join(folder, 'in.stl'), toBinaryStl(tube));
  expect((await runCli(['convert', 'in.stl', '--keep', 'in.db', '-q'], { cwd: folder })).code).toBe(0);
  off = readFileSync(join(folder, 'in.off'), 'utf8');
  // More than a pipe holds, so that a reader can be gone before the end.
  expect(off.length).toBeGreaterThan(100_000);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(NAMES)('standard output as %s', (name) => {
  it('receives the complete OFF through a pipe, and nothing else', async () => {
    for (const args of [
      ['export', 'in.db', name],
      ['convert', 'in.stl', name],
    ]) {
      const { code, stdout, stderr } = await runCli(args, { cwd: folder });
      expect([code, stdout.toString()]).toEqual([0, off]);
      expect(stderr).toMatch(/\bstandard output 168 kB; /);
    }
  });

  it('can be redirected to a file without --force', () => {
    const args = [
      '-c',
      'echo old > out; "$0" "$@" > out',
      process.execPath,
      CLI,
      'export',
      'in.db',
      name,
      '-q',
    ];
    const { status, stderr } = spawnSync('sh', args, { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe(off);
    expect(readdirSync(folder).filter((one) => one.includes('partial'))).toEqual([]);
  });

  it('may be closed early', () => {
    const shell = '("$0" "$@" 2> err; echo $? > code) | head -1; cat err code';
    const args = ['-c', shell, process.execPath, CLI, 'export', 'in.db', name, '-q'];
    const { stdout } = spawnSync('sh', args, { cwd: folder, encoding: 'utf8' });
    expect(stdout).toBe('OFF\n0\n');
  });

  it.skipIf(!HAS_PTY)('does not send binary data to a terminal', async () => {
    for (const [option, what] of [
      [['--binary'], 'binary OFF'],
      [['--compress', 'gzip'], 'gzip data'],
      [['--compress', 'zstd'], 'zstd data'],
    ] as const) {
      const args = ['export', 'in.db', name, ...option];
      const { code, terminal } = await runOnTerminal(args, { cwd: folder, env: { NO_COLOR: '1' } });
      expect(code).toBe(2);
      expect(terminal).toBe(
        `offload: ${what} cannot be shown on a terminal; expected an output file or a pipe\n` +
          'hint: name an output file, or redirect standard output with > or |\n',
      );
    }
    const piped = await runOnTerminal(['export', 'in.db', name, '--binary', '-q'], {
      cwd: folder,
      streams: 'ie',
    });
    expect([piped.code, piped.terminal, piped.stdout.slice(0, 11)]).toEqual([0, '', 'OFF BINARY\n']);
  });
});

describe('a named pipe', () => {
  it('may be closed early', async () => {
    expect(spawnSync('mkfifo', ['pipe'], { cwd: folder }).status).toBe(0);
    const reader = spawn('head', ['-1', 'pipe'], { cwd: folder });
    const { code, stderr } = await runCli(['export', 'in.db', 'pipe', '-q'], { cwd: folder });
    reader.kill();
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('a terminal', () => {
  it.skipIf(!HAS_PTY)('shows an OFF as text, without progress in between', async () => {
    const { code, terminal } = await runOnTerminal(['convert', 'in.stl', '-', '-q'], { cwd: folder });
    expect([code, terminal]).toEqual([0, off]);
    const loud = await runOnTerminal(['convert', 'in.stl', '-'], { cwd: folder });
    expect(loud.terminal.startsWith(off)).toBe(true);
  });
});

describe.skipIf(!existsSync('/dev/fd/0'))('an output named by a descriptor of a file', () => {
  it.each([
    ['export', 'in.db'],
    ['convert', 'in.stl'],
  ])('is written, and so are temporary files: %s', (...args) => {
    const script = '"$0" "$@" --weld 1e-9 --force 3> out';
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', script, process.execPath, CLI, ...args, '/dev/fd/3', '-q'],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe(off);
    expect(readdirSync(folder).filter((one) => one.includes('partial'))).toEqual([]);
  });
});
