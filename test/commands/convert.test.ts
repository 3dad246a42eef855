/** Covers: commands/options/name-values, commands/options/options, commands/terminal/run, pipeline/convert-mesh. */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, runCli } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { countTube, makeTube, toAsciiStl, toBinaryStl, toOff } from '../support/meshes.js';

const tube = [...makeTube(60, 12)];
const counts = countTube(60, 12);
const stl = toBinaryStl(tube);

function setUp(): string {
  const folder = freshFolder();
  writeFileSync(join(folder, 'in.stl'), stl);
  return folder;
}

const read = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');

describe('wrong usage', () => {
  it.each([
    [['bogus'], "offload: unknown command 'bogus'"],
    [['convert'], "offload: missing required argument 'inputs'"],
    [['convert', 'in.stl', '--bogus'], "offload: unknown option '--bogus'"],
    [['convert', 'in.stl', '--sample'], "offload: option '--sample <share>' needs a value\n"],
    [['convert', 'in.stl', '--memory', '10M'], 'offload: --memory 10M: expected at least 192M\n'],
    ...['convert', 'import', 'export', 'index', 'info', 'check', 'locate'].map((name): [string[], string] => [
      [name, 'in.stl', '4', '-q', '-v'],
      "offload: option '-q, --quiet' cannot be used with option '-v, --verbose'",
    ]),
    [['convert', 'in.stl', '--memory', 'much'], 'expected a size such as 512M or 2G'],
    [['convert', 'in.stl', '--from', 'ply3'], 'offload: --from ply3: expected one of '],
    [['convert', 'in.stl', 'in.stl', '--force'], 'offload: in.stl: the output is the input itself'],
    [
      ['convert', 'in.stl', 'x.off', '--keep', 'x.off'],
      'offload: x.off: named both as the output and as the database',
    ],
    [
      ['convert', 'in.stl', 'x.off', '--dialect', 'int255'],
      'offload: --dialect: int255 has no effect without colors\n',
    ],
    [['convert', 'in.stl', 'x.off', '--colors', '--dialect', 'rgb'], 'expected one of geomview, int255'],
    [
      ['convert', 'in.stl', 'x.off', '--precision', '18'],
      'offload: --precision: expected 1 to 17 digits, got 18\n',
    ],
    [
      ['convert', 'in.stl', 'x.off', '--binary', '--precision', '3'],
      'offload: --precision: binary OFF has 32-bit numbers, which cannot be rounded to digits',
    ],
    [['convert', 'in.stl', 'x.fbx'], 'offload: x.fbx: ends in .fbx, but the output is OFF; expected .off'],
    [
      ['convert', 'in.stl', 'x.plz'],
      'offload: x.plz: ends in .plz, not in a known format; expected .off, .ply, .stl, .obj or .parquet\n' +
        'hint: did you mean .ply? to keep the name, choose the format with --to\n',
    ],
    [['convert', 'in.stl', 'x.stl', '--soup'], 'offload: --soup has no effect on STL'],
    [['convert', 'in.stl', 'x.off.xz'], 'offload: x.off.xz: ends in .xz, but the output is OFF'],
    [['import', 'in.stl', '-'], 'offload: a database cannot go to standard output'],
    [['convert', 'in.off'], 'offload: in.off: already ends in .off; expected an output name'],
  ])('%j is wrong usage', async (args, message) => {
    const folder = setUp();
    const { code, stdout, stderr } = await runCli(args, { cwd: folder });
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(stdout.length).toBe(0);
    expect(readdirSync(folder)).toEqual(['in.stl']);
  });
});

describe('offload convert', () => {
  it('writes beside the input and prints a summary', async () => {
    const folder = setUp();
    const { code, stdout, stderr } = await runCli(['convert', 'in.stl'], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout.length).toBe(0);
    const triangles = counts.triangles.toLocaleString('en-US');
    const corners = (3 * counts.triangles).toLocaleString('en-US');
    expect(stderr).toContain(
      `${triangles} triangles, ${corners} corners welded into ${counts.vertices} vertices\n`,
    );
    expect(stderr).toMatch(
      /73\.3 kB read, database [\d.]+ kB, in\.off [\d.]+ kB; [\d.]+ s, peak memory [\d.]+ MB\n$/,
    );
    expect(stderr).not.toContain('\x1b');
    expect(read(folder, 'in.off')).toBe(toOff(tube));
    expect(readdirSync(folder).sort()).toEqual(['in.off', 'in.stl']);
  });

  it('prints nothing with --quiet, and decisions with --verbose', async () => {
    const folder = setUp();
    const quiet = await runCli(['convert', 'in.stl', '-q'], { cwd: folder });
    expect(quiet.stderr).toBe('');
    const verbose = await runCli(['convert', 'in.stl', '-v', '--force'], { cwd: folder });
    expect(verbose.stderr).toContain(
      'in.stl is stl (binary): its size is 84 + 50 x the count in its header\n',
    );
    expect(verbose.stderr).toMatch(/disk space in \.: about .* needed \(database .*, output .*\), .* free\n/);
  });

  it('reads standard input and writes standard output', async () => {
    const { code, stdout } = await runCli(['convert', '-'], { input: stl });
    expect(code).toBe(0);
    expect(stdout.toString()).toBe(toOff(tube));
  });

  it('reads a file without an extension, with and without --from', async () => {
    const folder = setUp();
    writeFileSync(join(folder, 'mesh'), toAsciiStl(tube).replaceAll('solid tube', 'SOLID'));
    expect((await runCli(['convert', 'mesh', 'a.off'], { cwd: folder })).code).toBe(0);
    expect((await runCli(['convert', 'mesh', 'b.off', '--from', 'stl'], { cwd: folder })).code).toBe(0);
    expect(read(folder, 'a.off')).toBe(read(folder, 'b.off'));
    const { code, stderr } = await runCli(['convert', 'mesh', 'c.off', '--from', 'raw'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^offload: mesh: line 1: 'SOLID' is not a number; expected /);
  });

  it.skipIf(!existsSync('/dev/full'))('reports that standard output is full', () => {
    const args = ['-c', 'exec "$0" "$@" > /dev/full', process.execPath, CLI, 'convert', 'in.stl', '-'];
    const { status, stderr } = spawnSync('sh', args, { cwd: setUp(), encoding: 'utf8' });
    expect(stderr).toContain('offload: standard output: cannot write: no space left on the device');
    expect(status).toBe(1);
  });

  it('sums up warnings of one kind', async () => {
    const folder = freshFolder();
    writeFileSync(
      join(folder, 'in.stl'),
      toAsciiStl(tube.slice(0, 3)).replaceAll('endloop', 'endloop extra'),
    );
    const { code, stderr } = await runCli(['convert', 'in.stl'], { cwd: folder });
    expect(code).toBe(0);
    expect(stderr.match(/^warning: /gm)).toHaveLength(2);
    expect(stderr).toMatch(/^warning: 3 in total like 'line 7: /m);
  });

  it('replaces an output with --force only, also through a link', async () => {
    const folder = setUp();
    writeFileSync(join(folder, 'real.off'), 'precious');
    symlinkSync('real.off', join(folder, 'out.off'));
    const { code, stderr } = await runCli(['convert', 'in.stl', 'out.off'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toBe('offload: out.off: already exists\nhint: --force replaces it\n');
    expect(read(folder, 'real.off')).toBe('precious');
    expect((await runCli(['convert', 'in.stl', 'out.off', '--force'], { cwd: folder })).code).toBe(0);
    expect(read(folder, 'real.off')).toBe(toOff(tube));
  });

  it('keeps the database with --keep', async () => {
    const folder = setUp();
    expect((await runCli(['convert', 'in.stl', '--keep', 'in.db'], { cwd: folder })).code).toBe(0);
    expect((await runCli(['export', 'in.db', 'again.off'], { cwd: folder })).code).toBe(0);
    expect(read(folder, 'again.off')).toBe(read(folder, 'in.off'));
    expect(readdirSync(folder).sort()).toEqual(['again.off', 'in.db', 'in.off', 'in.stl']);
  });

  it('accepts names with blanks, Unicode and dots', async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'Ge räte.v2'));
    writeFileSync(join(folder, 'Ge räte.v2', 'čaj 1.0.STL'), stl);
    expect((await runCli(['convert', 'Ge räte.v2/čaj 1.0.STL'], { cwd: folder })).code).toBe(0);
    expect(readdirSync(join(folder, 'Ge räte.v2')).sort()).toEqual(['čaj 1.0.STL', 'čaj 1.0.off'].sort());
  });

  it.each([
    [
      'a missing file',
      ['convert', 'absent.stl'],
      'offload: absent.stl: cannot read: no such file or directory\n',
    ],
    ['a folder', ['convert', 'folder'], 'offload: folder: the folder has no mesh file\n'],
    [
      'a folder as output',
      ['convert', 'in.stl', 'folder'],
      'offload: folder: is a directory; expected a file name',
    ],
    [
      'a missing folder',
      ['convert', 'in.stl', 'absent/out.off'],
      'offload: the folder absent does not exist\n',
    ],
    [
      'a missing --tmp',
      ['convert', 'in.stl', '--tmp', 'absent'],
      'offload: the folder absent does not exist\n',
    ],
    [
      'a full device',
      ['convert', 'in.stl', '/dev/full'],
      'offload: /dev/full: cannot write: no space left on the device\n',
    ],
    [
      'an empty file',
      ['convert', 'empty.stl', 'out.off'],
      'offload: empty.stl: byte 0: the file is empty (0 bytes); expected ',
    ],
    [
      'garbage',
      ['convert', 'garbage.dat'],
      'offload: garbage.dat: byte 0: unrecognized binary data; expected one of',
    ],
    [
      'a mesh as a database',
      ['export', 'in.stl', 'out.off'],
      'offload: in.stl: not a database; expected one made by offload import\nhint: offload convert converts a mesh file to OFF, offload import imports it into a database\n',
    ],
    [
      'an empty database',
      ['export', 'empty.db'],
      'offload: empty.db: the file is empty (0 bytes); expected a database\nhint: offload import creates one\n',
    ],
    [
      'a database in a missing folder',
      ['import', 'in.stl', 'absent/a.db'],
      'offload: the folder absent does not exist\n',
    ],
    ['no database', ['info', 'absent.db'], 'offload: absent.db: cannot open: no such file or directory\n'],
    ['an import over a file', ['import', 'in.stl', 'garbage.dat'], 'offload: garbage.dat: already exists\n'],
  ])('refuses %s', async (_, args, message) => {
    const folder = setUp();
    mkdirSync(join(folder, 'folder'));
    for (const name of ['empty.stl', 'empty.db']) writeFileSync(join(folder, name), '');
    writeFileSync(join(folder, 'garbage.dat'), createHash('sha512').update('garbage').digest());
    const before = readdirSync(folder);
    const { code, stdout, stderr } = await runCli(args, { cwd: folder });
    expect(stderr.slice(0, message.length)).toBe(message);
    // Space on a disk is of no use to a device.
    if (args.includes('/dev/full')) expect(stderr).toBe(message);
    expect(code).toBe(1);
    expect(stdout.length).toBe(0);
    expect(readdirSync(folder)).toEqual(before);
  });

  it('ends silently if the reader of its output ends', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'in.stl'), toBinaryStl(makeTube(500, 100)));
    const child = spawn(process.execPath, [CLI, 'convert', 'in.stl', '-', '-q'], {
      cwd: folder,
      env: { ...process.env, TMPDIR: folder, NODE_DISABLE_COMPILE_CACHE: '1' },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual(['in.stl']);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('is ended by %s without a trace', async (signal, expected) => {
    for (const [verb, target] of [
      ['convert', 'out.off'],
      ['import', 'out.db'],
    ] as const) {
      const folder = freshFolder();
      // Standard input that does not end keeps it at work for as long as the test needs.
      const child = spawn(process.execPath, [CLI, verb, '-', target], { cwd: folder });
      child.stdin.on('error', () => undefined);
      let stderr = '';
      child.stderr.on('data', (chunk) => {
        stderr += chunk;
      });
      child.stdin.write(toBinaryStl(makeTube(500, 100), { count: 1_000_000 }));
      const isAtWork = () => readdirSync(folder).some((name) => name.includes('.partial'));
      for (let tries = 0; tries < 400 && !isAtWork(); tries++) await new Promise((go) => setTimeout(go, 25));
      expect(isAtWork()).toBe(true);
      child.kill(signal);
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect(code).toBe(expected);
      expect(stderr).toContain('offload: interrupted');
      expect(readdirSync(folder)).toEqual([]);
    }
  });
});

describe('convert with filters', () => {
  it('writes the remaining triangles, and keeps the complete mesh in the database', async () => {
    const folder = setUp();
    const run = (...args: string[]) => runCli(args, { cwd: folder });
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
    expect(read(folder, 'part.off')).toMatch(/^OFF\n\d+ 20 0\n/);
    const { stdout } = await run('info', 'kept.db', '--json');
    expect(JSON.parse(stdout.toString())).toMatchObject({ triangles: counts.triangles, components: 1 });
  });

  it('refuses a wrong filter before it reads the input', async () => {
    const args = ['convert', 'absent.stl', 'x.off', '--where', '(area'];
    expect(await runCli(args, { cwd: setUp() })).toMatchObject({
      code: 2,
      stderr: "offload: --where: (area: unmatched '('\n",
    });
  });
});
