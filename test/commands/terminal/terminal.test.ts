import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Terminal, type TerminalOptions } from '../../../src/commands/terminal/terminal.js';
import { runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toBinaryStl } from '../../support/meshes.js';
import { HAS_PTY, runOnTerminal } from '../../support/on-terminal.js';

/** Escapes, which are not to stand in a regular expression, as terminals show them. */
const show = (text: string) => text.replaceAll('\x1b', '^');

describe('the forecast of disk space', () => {
  const say = (options: TerminalOptions, bytes: number, freeBytes: number, leastBytes?: number) => {
    const lines: string[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    new Terminal(options)
      .listeners()
      .onForecast?.({ folder: '.', freeBytes, items: [{ what: 'output', bytes, leastBytes }] });
    write.mockRestore();
    return lines.join('');
  };

  it('is shown if space is tight, or with --verbose', () => {
    const line = 'disk space in .: about 60.0 GB needed (output 60.0 GB), 100 GB free\n';
    expect(say({}, 60e9, 100e9)).toBe(line);
    expect(say({}, 40e9, 100e9)).toBe('');
    expect(say({ verbose: true }, 40e9, 100e9)).toBe(line.replaceAll('60.0', '40.0'));
    expect(say({ quiet: true }, 60e9, 100e9)).toBe('');
    // It may be too little, or enough; the error says so if it is certainly too little.
    const range = 'disk space in .: about 40.0 GB to 120 GB needed (output 40.0 GB to 120 GB), 100 GB free\n';
    expect(say({}, 120e9, 100e9, 40e9)).toBe(range);
    expect(say({}, 140e9, 100e9, 101e9)).toBe('');
  });
});

describe('progress', () => {
  const progress = { stage: 'import', done: 5, total: 10, unit: 'bytes', triangles: 1, vertices: 3 } as const;

  it.each([
    ['stays silent', {}, ''],
    ['is a line every ten seconds with --verbose', { verbose: true }, /^(reading .*50 %.*\n){2}$/],
  ] as const)('%s if standard error is no terminal', (_, options, expected) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const lines: string[] = [];
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
    const { onProgress } = new Terminal(options).listeners();
    for (let seconds = 0; seconds < 25; seconds++) {
      onProgress?.(progress);
      vi.advanceTimersByTime(1000);
    }
    write.mockRestore();
    vi.useRealTimers();
    if (expected === '') expect(lines).toEqual([]);
    else expect(lines.join('')).toMatch(expected);
  });
});

describe.skipIf(!HAS_PTY)('a terminal', () => {
  let folder: string;
  const tube = [...makeTube(300, 200)];

  beforeEach(() => {
    folder = freshFolder();
    writeFileSync(join(folder, 'in.stl'), toBinaryStl(tube));
    writeFileSync(join(folder, 'open.stl'), toBinaryStl(tube.slice(0, 99)));
  });

  it.each([40, 80])('of %i columns shows a progress line that fits, and clears it', async (columns) => {
    const { code, terminal } = await runOnTerminal(['import', 'in.stl', 'in.db'], { cwd: folder, columns });
    expect(code).toBe(0);
    const drawn = terminal.split('\r\x1b[K');
    const said = drawn.pop()!;
    expect(drawn.length).toBeGreaterThan(1);
    for (const line of drawn.slice(1)) {
      expect(line).toMatch(/^(?:reading|welding|indexing) +.*(?:[a-zB%]|left|so far)$/);
      expect(line.length).toBeLessThan(columns);
    }
    expect(said).toMatch(/^120,400 triangles, .*\n6\.02 MB read, in\.db .*\n$/);
  });

  it('gets no progress line if it is dumb', async () => {
    const env = { TERM: 'dumb' };
    const { terminal } = await runOnTerminal(['import', 'in.stl', 'in.db'], { cwd: folder, env });
    expect(terminal).toMatch(/^120,400 triangles/);
    expect(terminal).not.toContain('\x1b');
  });

  it('gets colors, separately for each stream', async () => {
    const check = (streams: string, env = {}) =>
      runOnTerminal(['check', 'open.stl', '--tmp', '.'], { cwd: folder, streams, env });
    const both = await check('oe');
    expect(show(both.terminal)).toMatch(/closed +\^\[31mno\^\[39m\n/);
    expect(show(both.terminal)).toMatch(/boundary edges +\^\[31m\d+ +\^\[39m SELECT/);
    const piped = await check('e');
    expect(piped.stdout).toMatch(/closed +no\n/);
    expect(piped.stdout).not.toContain('\x1b');
    const plain = await check('oe', { NO_COLOR: '1' });
    expect(plain.terminal).toMatch(/closed +no\n/);
    expect(plain.terminal).not.toContain('\x1b[3');
    const forced = await runCli(['check', 'open.stl'], { cwd: folder, env: { FORCE_COLOR: '1' } });
    expect(show(forced.stdout.toString())).toMatch(/closed +\^\[31mno\^\[39m\n/);
  });

  it('shows errors and hints in color, also those of the command line', async () => {
    const run = (streams: string, ...args: string[]) => runOnTerminal(args, { cwd: folder, streams });
    writeFileSync(join(folder, 'x.off'), '');
    const { terminal } = await run('e', 'convert', 'in.stl', 'x.off');
    expect(terminal).toBe(
      '\x1b[1m\x1b[31moffload:\x1b[39m\x1b[22m x.off: already exists\n\x1b[36mhint:\x1b[39m --force replaces it\n',
    );
    expect(show((await run('e', 'convert')).terminal)).toMatch(
      /^\^\[1m\^\[31moffload:\^\[39m\^\[22m missing /,
    );
    expect((await run('o', 'convert')).stderr).toMatch(/^offload: missing /);
  });

  it('shows the verdicts of lint in color', async () => {
    writeFileSync(
      join(folder, 'in.off'),
      'OFF\n# a comment\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n# another\n3 0 1 2\n',
    );
    const { terminal } = await runOnTerminal(['lint', 'in.off'], { cwd: folder, streams: 'o' });
    expect(show(terminal)).toMatch(/ {2}\^\[32mok\^\[39m\n/);
    expect(show(terminal)).toMatch(/ {2}\^\[31m(?:refuses|misreads):\^\[39m /);
  });
});
