/**
 * No output replaces what it is not meant to, with or without --force.
 *
 * Covers: io/output/output-check, pipeline/load/replaced-filters.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { convertMesh, exportMesh, importMesh, splitMesh } from '../../src/index.js';
import { CLI, runCli, runProgram } from '../support/cli.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

const stl = toBinaryStl(makeTube(20, 12));
const IS_POSIX = process.platform !== 'win32';

/** A folder with a mesh and its database. */
async function setUp(): Promise<string> {
  const folder = freshFolder();
  writeFileSync(join(folder, 'in.stl'), stl);
  await importMesh(join(folder, 'in.stl'), join(folder, 'in.db'));
  return folder;
}

function readAll(folder: string): Map<string, string> {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

describe('a replaced database', () => {
  it('is reported with the names of its saved filters', async () => {
    const folder = await setUp();
    const run = (...args: string[]) => runCli(args, { cwd: folder });
    const silent = await run('import', 'in.stl', '-f', '--json');
    expect(JSON.parse(silent.stdout.toString())).toMatchObject({ warnings: [] });
    for (const name of ['roof', 'base']) await run('filter', 'save', 'in.db', name, '--where', 'min_z > 1');
    const { code, stdout, stderr } = await run('import', 'in.stl', '-f', '--json');
    const message = "replacing in.db deletes 2 saved filters: 'base', 'roof'";
    expect({ code, stderr }).toEqual({ code: 0, stderr: `warning: ${message}\n` });
    expect(JSON.parse(stdout.toString())).toMatchObject({
      warnings: [{ kind: 'import-filters', message, count: 1 }],
    });
    expect((await run('filter', 'list', 'in.db')).stdout.toString()).toBe('');
  });
});

describe('an output never replaces', () => {
  it.each([
    ['a mesh by a database', ['import', 'in.stl', 'other.stl'], 'ends in .stl, but the output is a database'],
    [
      'a compressed mesh by a database',
      ['import', 'in.stl', 'other.PLY.gz'],
      'ends in .PLY.gz, but the output is a database',
    ],
    ['an OFF by a database', ['import', 'in.stl', 'other.off'], 'ends in .off, but the output is a database'],
    [
      'a foreign mesh by a database',
      ['import', 'in.stl', 'other.3mf'],
      'ends in .3mf, but the output is a database',
    ],
    [
      'a compressed file by a database',
      ['import', 'in.stl', 'other.zst'],
      'ends in .zst, but the output is a database',
    ],
    [
      'a mesh by a database that is kept',
      ['convert', 'in.stl', 'a.off', '--keep', 'other.stl'],
      'ends in .stl',
    ],
    ['another file by a database', ['import', 'in.stl', 'notes'], 'is not a database'],
    ['a database by an OFF', ['convert', 'in.stl', 'in.db'], 'ends in .db, but the output is OFF'],
    [
      'a database by an OFF from it',
      ['export', 'in.db', 'x.sqlite3'],
      'ends in .sqlite3, but the output is OFF',
    ],
    [
      'a mesh by an OFF',
      ['export', 'in.db', 'other.stl', '--to', 'off'],
      'ends in .stl, but the output is OFF',
    ],
    [
      'a database of any name by an OFF',
      ['export', 'in.db', 'database'],
      'is a database; only another database',
    ],
    [
      'a database of any name by a picture',
      ['info', 'in.db', '--svg', 'database'],
      'is a database; only another database',
    ],
    ['a database by its picture', ['info', 'in.db', '--svg', 'in.db'], 'ends in .db, but the output is SVG'],
    [
      'another picture',
      ['info', 'in.db', '--svg', 'x.png'],
      'x.png: ends in .png, but the output is SVG; expected .svg',
    ],
  ])('%s', async (_, args, message) => {
    const folder = await setUp();
    for (const name of ['other.stl', 'other.off']) writeFileSync(join(folder, name), stl);
    writeFileSync(join(folder, 'notes'), 'mine');
    copyFileSync(join(folder, 'in.db'), join(folder, 'database'));
    const before = readAll(folder);
    const { code, stderr } = await runCli([...args, '--force'], { cwd: folder });
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(readAll(folder)).toEqual(before);
  });

  it('a dangling symbolic link', async () => {
    const folder = await setUp();
    symlinkSync('nowhere', join(folder, 'out.off'));
    for (const more of [[], ['--force']]) {
      const { code, stderr } = await runCli(['convert', 'in.stl', 'out.off', ...more], { cwd: folder });
      expect(stderr).toBe(
        'offload: out.off: is a symbolic link to a file that does not exist\nhint: delete the link, or name the file itself\n',
      );
      expect(code).toBe(1);
    }
    expect(readdirSync(folder).sort()).toEqual(['in.db', 'in.stl', 'out.off']);
  });

  it('a file or link that appears during the write; the output is kept', async () => {
    const folder = await setUp();
    const at = (name: string) => join(folder, name);
    const appear = [
      ['a.off', () => writeFileSync(at('a.off'), 'mine')],
      ['b.off', () => symlinkSync('nowhere', at('b.off'))],
    ] as const;
    for (const [name, act] of appear) {
      const done = new Set<string>();
      const onProgress = () => {
        if (!done.has(name)) act();
        done.add(name);
      };
      const { message, hint } = await convertMesh(at('in.stl'), at(name), { onProgress }).then(
        () => expect.unreachable(),
        (error) => error,
      );
      const [, kept] = /: was created by another program meanwhile; the complete output is (.*)$/.exec(
        message,
      )!;
      expect(hint).toBe(`move ${kept} to another name, or over ${at(name)}`);
      expect(readFileSync(kept!, 'latin1')).toMatch(/^OFF\n/);
    }
    expect(readFileSync(at('a.off'), 'utf8')).toBe('mine');
    expect(existsSync(at('nowhere'))).toBe(false);
  });

  it('a database that appears during an import; the new one is kept', async () => {
    const folder = await setUp();
    const at = (name: string) => join(folder, name);
    const onProgress = () => copyFileSync(at('in.stl'), at('new.db'));
    for (const run of [
      () => importMesh(at('in.stl'), at('new.db'), { onProgress }),
      () => convertMesh(at('in.stl'), at('out.off'), { onProgress, keep: at('new.db') }),
    ]) {
      const { message } = await run().then(
        () => expect.unreachable(),
        (error) => error,
      );
      const [, kept] = /new\.db: was created .*; the complete output is (.*)$/.exec(message)!;
      const { code, stdout } = await runCli(['info', kept!, '--json']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout.toString()).triangles).toBe(20 * 12 * 2 + 2 * 12);
      execFileSync('rm', [kept!, at('new.db')]);
      expect(readdirSync(folder).sort()).toEqual(['in.db', 'in.stl']);
    }
  });

  it('a database that appears under the name of an output that --force replaces', async () => {
    const folder = await setUp();
    const at = (name: string) => join(folder, name);
    writeFileSync(at('out.off'), 'mine');
    const onProgress = () => copyFileSync(at('in.db'), at('out.off'));
    const { message } = await exportMesh(at('in.db'), at('out.off'), { force: true, onProgress }).then(
      () => expect.unreachable(),
      (error) => error,
    );
    const [, kept] = /out\.off: was created .*; the complete output is (.*)$/.exec(message)!;
    expect(readFileSync(kept!, 'latin1')).toMatch(/^OFF\n/);
    expect(readFileSync(at('out.off'))).toEqual(readFileSync(at('in.db')));
  });

  it('the output of another run that finishes first', async () => {
    const folder = await setUp();
    // The input of the slow run ends when the other one is done.
    const input = new Readable({ read: () => undefined });
    input.push(stl.subarray(0, 1000));
    const slow = runCli(['convert', '-', 'out.off'], { cwd: folder, input });
    while (!readdirSync(folder).some((name) => name.startsWith('out.off.'))) {
      await new Promise((resume) => setTimeout(resume, 20));
    }
    expect((await runCli(['export', 'in.db', 'out.off'], { cwd: folder })).code).toBe(0);
    const first = readFileSync(join(folder, 'out.off'));
    const { ino } = statSync(join(folder, 'out.off'));
    input.push(stl.subarray(1000));
    input.push(null);
    const { code, stderr } = await slow;
    expect(code).toBe(1);
    const [, kept] = /complete output is (out\.off\.[0-9a-f]{8}\.partial)\nhint: move/.exec(stderr)!;
    expect(readFileSync(join(folder, kept!))).toEqual(first);
    expect(statSync(join(folder, 'out.off')).ino).toBe(ino);
  });
});

describe.skipIf(!IS_POSIX)('permissions', () => {
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

  it('of a replaced file are kept', async () => {
    const folder = await setUp();
    const at = (name: string) => join(folder, name);
    const run = (...args: string[]) => runCli([...args, '--force'], { cwd: folder });
    await run('convert', 'in.stl', 'in.off', '--keep', 'kept.db');
    for (const name of ['in.off', 'in.db', 'kept.db']) chmodSync(at(name), 0o600);
    expect((await run('import', 'in.stl', 'in.db')).code).toBe(0);
    expect((await run('convert', 'in.stl', 'in.off', '--keep', 'kept.db')).code).toBe(0);
    expect(['in.off', 'in.db', 'kept.db'].map((name) => modeOf(at(name)))).toEqual(['600', '600', '600']);
    const during: string[] = [];
    const onProgress = () => {
      for (const name of readdirSync(folder)) if (name.endsWith('.partial')) during.push(modeOf(at(name)));
    };
    const options = { force: true, keep: at('kept.db'), onProgress };
    await convertMesh(at('in.stl'), at('in.off'), options);
    expect(during.length).toBeGreaterThanOrEqual(2);
    expect(new Set(during)).toEqual(new Set(['600']));
    chmodSync(at('in.off'), 0o664);
    expect((await run('export', 'in.db', 'in.off')).code).toBe(0);
    expect(modeOf(at('in.off'))).toBe('664');
  });

  it('of the files and the folder of a split are kept', async () => {
    const folder = await setUp();
    const at = (name: string) => join(folder, name);
    const split = () => splitMesh(at('in.db'), at('pieces'), { by: 'grid', cells: [2, 1, 1] }, options);
    const during = new Set<string>();
    const options = {
      force: true,
      onProgress: () => {
        for (const name of readdirSync(folder)) if (name.endsWith('.partial')) during.add(modeOf(at(name)));
      },
    };
    await split();
    during.clear();
    const [first, ...others] = readdirSync(at('pieces')).map((name) => at(join('pieces', name)));
    chmodSync(first!, 0o600);
    chmodSync(at('pieces/manifest.json'), 0o640);
    chmodSync(at('pieces'), 0o700);
    const before = others.map(modeOf);
    await split();
    expect(modeOf(first!)).toBe('600');
    expect(others.map(modeOf)).toEqual(before);
    expect(modeOf(at('pieces'))).toBe('700');
    expect([...during]).toEqual(['700']);
  });

  it('of new files follow the umask', async () => {
    const folder = await setUp();
    const script =
      'umask 0007; p=$0; "$p" "$1" import in.stl a.db; "$p" "$1" convert in.stl a.off; "$p" "$1" export a.db pieces --split grid=1,1,1';
    await runProgram('sh', ['-c', script, process.execPath, CLI], { cwd: folder });
    const modes = ['a.db', 'a.off', 'pieces/manifest.json', 'pieces/cell_0_0_0.off', 'pieces'];
    expect(modes.map((name) => modeOf(join(folder, name)))).toEqual(['660', '660', '660', '660', '770']);
  });
});

describe.skipIf(!IS_POSIX)('a pipe', () => {
  it('is refused as a database and as a source for locate, without waiting for it', async () => {
    const folder = await setUp();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    const run = (...args: string[]) => runCli(args, { cwd: folder });
    for (const args of [
      ['export', 'pipe', 'out.off'],
      ['info', 'pipe'],
      ['sql', 'pipe', 'SELECT 1'],
      ['index', 'pipe'],
      ['filter', 'list', 'pipe'],
      ['locate', 'pipe', '0'],
    ]) {
      const { code, stderr } = await run(...args);
      expect(stderr, args.join(' ')).toBe('offload: pipe: is a pipe; expected a database\n');
      expect(code).toBe(1);
    }
    const source = await run('locate', 'in.db', '0', '--source', 'pipe');
    expect(source.stderr).toBe('offload: pipe: is a pipe; expected a mesh file\n');
    const output = await run('import', 'in.stl', 'pipe');
    expect(output.stderr).toBe(
      'offload: pipe: is a device or a pipe; expected a file name for the database\n',
    );
    const attached = await run('sql', 'in.db', 'SELECT 1', '--attach', 'other=pipe');
    expect([attached.code, attached.stderr]).toEqual([1, 'offload: pipe: is a pipe; expected a database\n']);
  });
});
