/**
 * How the command line is answered: help, mistyped words, files in place of commands, outputs named in two ways.
 *
 * Covers: commands/options/output-name, commands/reference/help, pipeline/run/output-names.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CommanderError } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { createProgram } from '../../../src/commands/program.js';
import { sayError } from '../../../src/commands/terminal/terminal.js';
import { importMesh, UsageError } from '../../../src/index.js';
import { runCli } from '../../support/cli.js';
import { freshFolder } from '../../support/files.js';
import { makeTube, toBinaryStl, toOff } from '../../support/meshes.js';

const tube = [...makeTube(4, 6)];
const stl = toBinaryStl(tube);

function setUp(): string {
  const folder = freshFolder();
  writeFileSync(join(folder, 'scan.stl'), stl);
  return folder;
}

/** What the program says to words that it refuses; a process of its own would only take longer. */
async function refuse(words: readonly string[]): Promise<string> {
  const said: string[] = [];
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  try {
    await (await createProgram(words)).parseAsync(words, { from: 'user' });
    expect.unreachable();
  } catch (error) {
    if (error instanceof UsageError) sayError(error.message, error.hint);
    else expect(error).toBeInstanceOf(CommanderError);
  } finally {
    spy.mockRestore();
  }
  return said.join('');
}

describe('offload help and version', () => {
  it.each([
    [[], ['--help']],
    [['convert'], ['convert', '--help']],
    [['filter'], ['filter', '--help']],
    [
      ['filter', 'save'],
      ['filter', 'save', '--help'],
    ],
  ])('help %j prints the help of the command', async (words, same) => {
    const [help, option] = await Promise.all([runCli(['help', ...words]), runCli(same)]);
    expect(help.code).toBe(0);
    expect(help.stdout.length).toBeGreaterThan(200);
    expect(help.stdout.toString()).toBe(option.stdout.toString());
    expect(help.stderr).toBe('');
  });

  it('version prints the version', async () => {
    const [command, option] = await Promise.all([runCli(['version']), runCli(['--version'])]);
    expect(command.stdout.toString()).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(command.stdout).toEqual(option.stdout);
  });
});

describe('a mistyped word', () => {
  it.each([
    [['convrt'], "unknown command 'convrt'", "'convert'"],
    [['help', 'covnert'], "unknown command 'covnert'; expected one of convert, import, ", "'convert'"],
    [['help', 'filter', 'sve'], "unknown command 'sve'; expected one of save, list, show, remove", "'save'"],
    [['man', 'exprot'], "unknown command 'exprot'; expected one of convert, ", "'export'"],
    [['filter', 'lst', 'mesh.db'], "unknown command 'lst'", "'list'"],
    [['convert', 'scan.stl', '--forec'], "unknown option '--forec'", "'--force'"],
    [['convert', 'scan.stl', '--from', 'slt'], '--from slt: expected one of stl, ', "'stl'"],
    [['convert', 'scan.stl', '--compress', 'zst'], 'expected one of gzip, zstd, none', "'zstd'"],
    [['convert', 'scan.stl', '--dialect', 'int25'], 'expected one of geomview, int255', "'int255'"],
    [
      ['convert', 'scan.stl', '--drop', 'duplicate,degenrate'],
      "unknown 'degenrate'; expected a list of degenerate, duplicate, unreferenced",
      "'degenerate'",
    ],
    [['lint', 'scan.off', '--for', 'open3'], '--for open3: expected a list of geomview, ', "'open3d'"],
    [
      ['convert', 'scan.stl', '--component', 'larges'],
      '--component larges: expected a number, largest, or',
      "'largest'",
    ],
    [['convert', 'scan.stl', '--units', 'mm:inhc'], 'expected two of um, mm, cm, ', "'inch'"],
    [
      ['export', 'scan.db', '--split', 'componnet'],
      '--split componnet: expected part, solid, object, group, material, source, component or',
      "'component'",
    ],
    [['completion', 'bassh'], '<shell> bassh: expected one of bash, zsh, fish', "'bash'"],
  ])('in %j gets the closest names as a hint', async (args, message, meant) => {
    const said = await refuse(args);
    expect(said).toMatch(/^offload: [^\n]*\nhint: [^\n]*\n$/);
    expect(said).toContain(message);
    expect(said).toContain(`\nhint: did you mean ${meant}?\n`);
  });

  it('is a usage error', async () => {
    for (const args of [['convrt'], ['help', 'covnert']]) {
      const { code, stdout, stderr } = await runCli(args);
      expect(stderr).toMatch(/^offload: unknown command [^\n]*\nhint: did you mean 'convert'\?\n$/);
      expect(code).toBe(2);
      expect(stdout.length).toBe(0);
    }
  });

  it('for a saved filter gets a hint', async () => {
    const folder = setUp();
    await importMesh(join(folder, 'scan.stl'), join(folder, 'scan.db'));
    const run = (...args: string[]) => runCli(args, { cwd: folder });
    await run('filter', 'save', 'scan.db', 'roof', '--where', 'min_z > 1');
    for (const args of [
      ['export', 'scan.db', '--filter', 'rof'],
      ['filter', 'show', 'scan.db', 'rof'],
    ]) {
      const { code, stderr } = await run(...args);
      expect(stderr).toMatch(
        /^offload: scan\.db: unknown filter 'rof'; expected one of 'roof'\nhint: did you mean 'roof'\?\n$/,
      );
      expect(code).toBe(2);
    }
  });

  it('that is like no name gets no hint, and is escaped', async () => {
    const { stderr } = await runCli(['\x1b[31mbogus']);
    expect(stderr).toBe("offload: unknown command '\\x1b[31mbogus'\n");
  });
});

describe('a file in place of a command', () => {
  it.each([
    [
      'scan.stl',
      "'scan.stl' is a file",
      'use offload convert scan.stl to write OFF, or offload import scan.stl to',
    ],
    ['absent.ply.gz', "'absent.ply.gz' is a file", 'use offload convert absent.ply.gz to write OFF, or '],
    ['my scan', "'my scan' is a file", "use offload convert 'my scan' to write OFF, or "],
    [
      '-',
      "'-' is standard input",
      'use offload convert - scan.off to write OFF, or offload import - scan.db to',
    ],
    [
      'absent.db',
      "'absent.db' is a database",
      'use offload info absent.db to see what is in it, or offload export',
    ],
    [
      'mesh',
      "'mesh' is a database",
      'use offload info mesh to see what is in it, or offload export mesh to write',
    ],
  ])('%s gets the commands for it as a hint', async (word, message, hint) => {
    const folder = setUp();
    writeFileSync(join(folder, 'my scan'), stl);
    await importMesh(join(folder, 'scan.stl'), join(folder, 'mesh'));
    const { code, stderr } = await runCli([word, '--force'], { cwd: folder });
    expect(stderr).toMatch(new RegExp(`^offload: ${message}, not a command\nhint: ${hint}`));
    expect(code).toBe(2);
  });

  it('is ignored if it has the name of a command', async () => {
    const folder = setUp();
    writeFileSync(join(folder, 'formats'), stl);
    expect((await runCli(['formats'], { cwd: folder })).code).toBe(0);
  });
});

describe('an output', () => {
  it('is named by an argument or by --output, and replaced with -f', async () => {
    const folder = setUp();
    const run = (...args: string[]) => runCli(args, { cwd: folder });
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    expect((await run('import', '-o', 'a.db', 'scan.stl')).code).toBe(0);
    expect((await run('convert', 'scan.stl', '--output', 'a.off')).code).toBe(0);
    expect((await run('export', 'a.db', '--output=b.off')).code).toBe(0);
    expect((await run('export', 'a.db', '-o', 'pieces', '--split', 'grid=1,1,1')).code).toBe(0);
    expect((await run('convert', 'scan.stl', '-o', '-')).stdout.toString()).toBe(toOff(tube));
    expect(read('a.off')).toBe(toOff(tube));
    expect(read('b.off')).toBe(toOff(tube));
    expect((await run('convert', 'scan.stl', '-o', 'a.off')).code).toBe(1);
    expect((await run('convert', 'scan.stl', '-fo', 'a.off')).code).toBe(0);
    expect((await run('import', '-f', 'scan.stl', 'a.db')).code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['a.db', 'a.off', 'b.off', 'pieces', 'scan.stl']);
  });

  it('of export cannot be named twice', async () => {
    const folder = setUp();
    const { code, stderr } = await runCli(['export', 'scan.stl', 'a', '-o', 'b'], { cwd: folder });
    expect(stderr).toBe('offload: two outputs, a and --output b; expected one\n');
    expect(code).toBe(2);
    expect(readdirSync(folder)).toEqual(['scan.stl']);
  });

  it('of import is named after its input', async () => {
    const folder = setUp();
    writeFileSync(join(folder, 'Packed.1.STL.gz'), gzipSync(stl));
    for (const [input, database] of [
      ['scan.stl', 'scan.db'],
      ['./Packed.1.STL.gz', 'Packed.1.db'],
    ] as const) {
      const { code, stderr } = await runCli(['import', input], { cwd: folder });
      expect(stderr).toContain(`, ${database} `);
      expect(code).toBe(0);
      expect(readdirSync(folder)).toContain(database);
    }
    const { code, stderr } = await runCli(['import', 'scan.stl'], { cwd: folder });
    expect([code, stderr]).toEqual([1, 'offload: scan.db: already exists\nhint: --force replaces it\n']);
  });

  it.skipIf(process.platform === 'win32')('of import needs a name if its input has none', async () => {
    const folder = setUp();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    for (const [input, message] of [
      ['-', 'standard input has no name to derive the database name from'],
      ['pipe', 'pipe: is a pipe, so no database name can be derived from it'],
    ] as const) {
      const { code, stderr } = await runCli(['import', input], { cwd: folder, input: stl });
      expect(stderr).toBe(`offload: ${message}\nhint: name the database: offload import ${input} scan.db\n`);
      expect(code).toBe(2);
    }
  });
});

describe('a carriage return at the end of an argument', () => {
  it.each([
    [['convert\r', 'scan.stl'], 2, "unknown command 'convert\\x0d'"],
    [['convert', 'scan.stl', '--force\r'], 2, "unknown option '--force\\x0d'"],
    [['convert', 'scan.stl\r'], 1, 'scan.stl\\x0d: cannot read: no such file or directory'],
    [['convert', 'scan.stl', 'a.off\r'], 2, 'a.off\\x0d: the output name ends in a carriage return'],
    [['import', 'scan.stl', '-o', 'a.db\r'], 2, 'a.db\\x0d: the output name ends in a carriage return'],
    [['convert', 'scan.stl', '--keep', 'a.db\r'], 2, 'a.db\\x0d: the output name ends in a carriage return'],
    [
      ['convert', 'scan.stl', '--memory', '512M\r', 'a.off', '--from', 'st\r'],
      2,
      "--from 'st\\x0d': expected one of stl, ",
    ],
  ])('is reported for %j', async (args, expected, message) => {
    const folder = setUp();
    const { code, stderr } = await runCli(args, { cwd: folder });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(
      /\nhint: '[^\n]*\\x0d' ends in a carriage return: save the script with Unix line endings \(LF instead of CRLF\)\n$/,
    );
    expect(code).toBe(expected);
    expect(readdirSync(folder)).toEqual(['scan.stl']);
  });

  it('is ignored if the command is understood', async () => {
    const folder = setUp();
    await importMesh(join(folder, 'scan.stl'), join(folder, 'scan.db'));
    const { code, stdout } = await runCli(['sql', 'scan.db', 'SELECT 1\r'], { cwd: folder });
    expect([code, stdout.toString()]).toEqual([0, '1\n1\n']);
  });
});
