/**
 * A split that replaces another one, killed before each of its steps: one of the two is there whole, or comes
 * back.
 *
 * Covers: io/output/folder-exchange, io/output/split-manifest.
 */
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { withKill } from '../support/faults.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

vi.mock('node:fs', async (load) => (await import('../support/faults.js')).breakSync(await load()));
vi.mock('node:fs/promises', async (load) => (await import('../support/faults.js')).breakAsync(await load()));
const { FileError, importMesh, splitMesh } = await import('../../src/index.js');

const FORMER = { by: 'grid', cells: [3, 1, 1] } as const;
const NEXT = { by: 'grid', cells: [1, 1, 2] } as const;
const FORCED = { force: true };

function readFolder(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')]),
  );
}

async function setUp() {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('in.stl'), toBinaryStl(makeTube(12, 8)));
  await importMesh(at('in.stl'), at('mesh.db'));
  await splitMesh(at('mesh.db'), at('next'), NEXT);
  mkdirSync(at('work'));
  const output = at('work/pieces');
  await splitMesh(at('mesh.db'), output, FORMER);
  writeFileSync(join(output, 'mine.txt'), 'mine');
  mkdirSync(join(output, 'own'));
  writeFileSync(join(output, 'own/more.off'), 'mine, too');
  const others = { 'mine.txt': 'mine', 'own/more.off': 'mine, too' };
  cpSync(at('work'), at('saved'), { recursive: true });
  return {
    at,
    output,
    reset: () => {
      rmSync(at('work'), { recursive: true });
      cpSync(at('saved'), at('work'), { recursive: true });
    },
    database: at('mesh.db'),
    others,
    former: readFolder(output),
    next: { ...readFolder(at('next')), ...others },
  };
}

describe('a split that replaces another and is killed', () => {
  it('leaves one of the two complete at every step, or the next command restores it', async () => {
    const outcomes = { former: 0, next: 0, away: 0 };
    const { at, output, database, former, next, reset } = await setUp();
    for (let step = 1; ; step++) {
      reset();
      const isKilled = await withKill(at('work'), step, () => splitMesh(database, output, NEXT, FORCED));
      if (!isKilled) break;
      // Whatever stands there, the next command finds the one or the other in it.
      if (!readdirSync(at('work')).includes('pieces')) outcomes.away++;
      await expect(splitMesh(database, output, FORMER)).rejects.toThrow(/already exists/);
      const found = readFolder(output);
      if ('cell_2_0_0.off' in found) {
        expect(found).toEqual(former);
        outcomes.former++;
      } else {
        expect(found).toEqual(next);
        outcomes.next++;
      }
      expect(readdirSync(at('work')).filter((name) => !name.endsWith('.partial'))).toEqual(['pieces']);
    }
    expect(outcomes.former).toBeGreaterThan(5);
    expect(outcomes.next).toBeGreaterThan(3);
    expect(outcomes.away).toBe(1);
  });

  it('is completed by the same command', async () => {
    const { at, output, database, next, reset } = await setUp();
    for (let step = 8; ; step += 3) {
      reset();
      const isKilled = await withKill(at('work'), step, () => splitMesh(database, output, NEXT, FORCED));
      if (!isKilled) break;
      await splitMesh(database, output, NEXT, FORCED);
      expect(readFolder(output)).toEqual(next);
    }
  });
});

describe('a folder with the name of a former split', () => {
  it('is left alone unless a split renamed it', async () => {
    const { at, output, database, next } = await setUp();
    mkdirSync(at('planted'));
    // Whoever plants a folder cannot foresee its inode, here that of another one.
    for (const name of ['deadbeef', `deadbeef.${statSync(at('planted')).ino}`]) {
      cpSync(output, `${output}.${name}.former`, { recursive: true });
      writeFileSync(`${output}.${name}.former/planted.txt`, 'planted');
    }
    const before = readdirSync(at('work'));
    await splitMesh(database, output, NEXT, FORCED);
    expect(readFolder(output)).toEqual(next);
    rmSync(output, { recursive: true });
    await splitMesh(database, output, NEXT);
    expect(readdirSync(output)).not.toContain('planted.txt');
    expect(readdirSync(at('work'))).toEqual(before);
  });
});

describe('a split that replaces another', () => {
  it.each([
    '..',
    '.',
    '',
    'folder.off',
    'own',
    'link.off',
    'thesis.doc',
    '../../victim.off',
    '/etc',
    'own/more.off',
  ])('is refused if the manifest lists %j, and removes nothing', async (file) => {
    const { at, output, database } = await setUp();
    writeFileSync(at('victim.off'), 'of somebody else');
    mkdirSync(join(output, 'folder.off'));
    writeFileSync(join(output, 'folder.off/precious'), 'of somebody else');
    symlinkSync(at('victim.off'), join(output, 'link.off'));
    writeFileSync(join(output, 'thesis.doc'), 'of somebody else');
    writeFileSync(join(output, 'manifest.json'), JSON.stringify({ files: [{ file, bytes: 16 }] }));
    const before = readFolder(output);
    await expect(splitMesh(database, output, NEXT, FORCED)).rejects.toThrow(FileError);
    expect(readFolder(output)).toEqual(before);
    expect(readFileSync(at('victim.off'), 'utf8')).toBe('of somebody else');
    expect(readdirSync(at('work'))).toEqual(['pieces']);
  });

  it('is refused if it would overwrite a file that no split has written', async () => {
    const { at, output, database } = await setUp();
    writeFileSync(join(output, 'cell_0_0_1.off'), 'of somebody else');
    const before = readFolder(output);
    await expect(splitMesh(database, output, NEXT, FORCED)).rejects.toThrow(
      /cell_0_0_1\.off: already exists and was not written by offload$/,
    );
    expect(readFolder(output)).toEqual(before);
    expect(readdirSync(at('work'))).toEqual(['pieces']);
  });

  it('keeps the mode of the folder, a link to it, and a trailing slash', async () => {
    const { at, output, database, next } = await setUp();
    chmodSync(output, 0o700);
    symlinkSync('work/pieces', at('link'));
    await splitMesh(database, at('link'), NEXT, FORCED);
    expect(statSync(output).mode & 0o777).toBe(0o700);
    expect(readFolder(output)).toEqual(next);
    await splitMesh(database, `${output}/`, FORMER, FORCED);
    expect(readdirSync(output)).toContain('cell_2_0_0.off');
    expect(readdirSync(at('work'))).toEqual(['pieces']);
  });
});
