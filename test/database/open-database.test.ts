/** Covers: database/build/build-lock. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { BuildLock } from '../../src/database/build/build-lock.js';
import { openDatabase } from '../../src/database/open-database.js';
import { exportMesh, FileError, importMesh, MeshDatabase, UsageError } from '../../src/index.js';
import { runCli } from '../support/cli.js';
import { dump, isSound } from '../support/dump.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

/** Names that better-sqlite3 would trim, or take for something else than a file. */
const ODD_NAMES = [
  ' lead.db',
  '\u3000lead.db',
  '\nlead.db',
  './:memory:',
  'file:x.db',
  'file:x.db?mode=memory',
];
const BAD_NAMES = ['', ':memory:', 'trail.db ', 'trail.db\u3000', 'trail.db\n', ' ', '\t'];

async function makeDatabase(folder: string): Promise<string> {
  writeFileSync(join(folder, 'in.stl'), toBinaryStl(makeTube(60, 20)));
  await importMesh(join(folder, 'in.stl'), join(folder, 'mesh.db'));
  return join(folder, 'mesh.db');
}

describe('the name of a database', () => {
  it.each(ODD_NAMES)('%j is the file of that name', async (name) => {
    const cwd = freshFolder();
    writeFileSync(join(cwd, 'in.stl'), toBinaryStl(makeTube(10, 6)));
    const made = await runCli(['import', 'in.stl', name, '--quiet'], { cwd });
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const file = name.replace('./', '');
    expect(readdirSync(cwd).sort()).toEqual(['in.stl', file].sort());
    const count = ['SELECT count(*) FROM triangles', '--json'];
    expect(await runCli(['sql', name, ...count], { cwd })).toMatchObject({ code: 0, stderr: '' });
    const write = ['DELETE FROM triangles WHERE id = 0', '--write'];
    expect(await runCli(['sql', name, ...write], { cwd })).toMatchObject({ code: 0 });
    copyFileSync(join(cwd, file), join(cwd, 'plain.db'));
    const attached = [
      'sql',
      'plain.db',
      'SELECT count(*) FROM o.triangles',
      '--attach',
      `o=${name}`,
      '--tsv',
    ];
    expect((await runCli(attached, { cwd })).stdout.toString()).toMatch(/\b131\b/);
    expect(readdirSync(cwd).sort()).toEqual(['in.stl', 'plain.db', file].sort());
  });

  it.each(BAD_NAMES)('%j is refused', async (name) => {
    const folder = freshFolder();
    const database = await makeDatabase(folder);
    const before = readdirSync(folder);
    const whole = readFileSync(database);
    for (const path of /^(\s*|:memory:)$/.test(name) ? [name] : [name, join(folder, name)]) {
      expect(() => openDatabase(path)).toThrow(UsageError);
      await expect(importMesh(join(folder, 'in.stl'), path)).rejects.toThrow(UsageError);
    }
    // What trimming would have led to.
    copyFileSync(database, join(folder, 'x.db'));
    expect(() => openDatabase(join(folder, 'x.db '), { fileMustExist: true })).toThrow(
      /ends with white space/,
    );
    expect(readFileSync(join(folder, 'x.db')).equals(whole)).toBe(true);
    expect(readdirSync(folder).filter((left) => left !== 'x.db')).toEqual(before);
  });
});

/** Begins to write components as offload does, and is killed when some of that is in the file. */
const KILLED = `
const db = require('better-sqlite3')(process.argv[1]);
db.pragma('cache_size = 1');
db.exec('BEGIN IMMEDIATE');
const add = db.prepare('INSERT INTO components (id, first, triangles, vertices) VALUES (?, 0, 1, 3)');
for (let id = 0; id < 50000; id++) add.run(id);
process.kill(process.pid, 'SIGKILL');
`;

function killWhileDeriving(database: string): void {
  const { signal, stderr } = spawnSync(process.execPath, ['-e', KILLED, database], { encoding: 'utf8' });
  expect([signal, stderr]).toEqual(['SIGKILL', '']);
  expect(existsSync(`${database}-journal`)).toBe(true);
}

describe('a database whose update was killed', () => {
  it.each([
    ['info', (name: string) => ['info', name, '--json']],
    ['check', (name: string) => ['check', name]],
    ['sql', (name: string) => ['sql', name, 'SELECT count(*) FROM components']],
    ['index', (name: string) => ['index', name]],
    ['export', (name: string) => ['export', name, 'out.off', '--component', 'largest']],
  ])('is rolled back by the next %s', async (_, args) => {
    const cwd = freshFolder();
    const database = await makeDatabase(cwd);
    const before = dump(database);
    killWhileDeriving(database);
    expect(await runCli(args('mesh.db'), { cwd })).toMatchObject({ code: 0 });
    expect(existsSync(`${database}-journal`)).toBe(false);
    expect(isSound(database)).toBe(true);
    if (_ !== 'index' && _ !== 'export') expect(dump(database)).toEqual(before);
    await exportMesh(database, join(cwd, 'again.off'));
  });

  it('is rolled back if it is attached', async () => {
    const cwd = freshFolder();
    const database = await makeDatabase(cwd);
    copyFileSync(database, join(cwd, 'other.db'));
    killWhileDeriving(join(cwd, 'other.db'));
    const query = 'SELECT count(*) AS n FROM o.components';
    const asked = await runCli(['sql', 'mesh.db', query, '--attach', 'o=other.db', '--tsv'], { cwd });
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout.toString()).toBe('n\n0\n');
  });

  it('is left alone while the other program still runs', async () => {
    const folder = freshFolder();
    const database = await makeDatabase(folder);
    const other = new Database(database);
    other.exec(
      'BEGIN IMMEDIATE; INSERT INTO components (id, first, triangles, vertices) VALUES (0, 0, 1, 3)',
    );
    expect(existsSync(`${database}-journal`)).toBe(true);
    MeshDatabase.open(database).close();
    expect(existsSync(`${database}-journal`)).toBe(true);
    other.exec('COMMIT');
    other.close();
  });

  it.runIf(process.getuid?.() !== undefined)('explains how to proceed if it is read-only', async () => {
    const folder = freshFolder();
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, 'readonly'));
    const database = await makeDatabase(join(folder, 'readonly'));
    killWhileDeriving(database);
    for (const path of [database, `${database}-journal`]) chmodSync(path, 0o444);
    chmodSync(join(folder, 'readonly'), 0o555);
    const isRoot = process.getuid!() === 0;
    if (isRoot) process.seteuid!(65_534);
    try {
      expect(() => MeshDatabase.open(database)).toThrow(FileError);
      expect(() => MeshDatabase.open(database)).toThrow(/mesh\.db: a change was interrupted/);
    } finally {
      if (isRoot) process.seteuid!(0);
      chmodSync(join(folder, 'readonly'), 0o755);
    }
    expect(existsSync(`${database}-journal`)).toBe(true);
  });
});

describe('a build lock', () => {
  it('is refused to a second run at once', () => {
    const path = join(freshFolder(), 'mesh.db.partial');
    const lock = BuildLock.take(path);
    expect(() => BuildLock.take(path)).toThrow(/another run is writing it/);
    lock.release();
    BuildLock.take(path).release();
  });
});
