/**
 * Temporary files in a folder that others may write to: nobody can foresee, read or redirect them.
 *
 * Covers: io/work-folder, pipeline/run/spill-place.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SpillFile, SpillFiles } from '../../src/collections/spill-file.js';
import { checkMesh, convertMesh, importMesh } from '../../src/index.js';
import { ImportLog } from '../../src/pipeline/load/import-log.js';
import type { ImportState } from '../../src/pipeline/load/import-state.js';
import type { InputFacts } from '../../src/pipeline/load/inputs.js';
import { freshFolder } from '../support/files.js';
import { makeTube, shuffle, toBinaryStl } from '../support/meshes.js';

const VICTIM = 'of somebody else';
const CONDITIONS = { from: null, salvage: false };

function setUp() {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('in.stl'), toBinaryStl(shuffle(makeTube(60, 20))));
  writeFileSync(at('victim'), VICTIM);
  for (const name of ['tmp', 'other']) mkdirSync(at(name));
  const { size, mtime } = statSync(at('in.stl'));
  const source = { name: at('in.stl'), fileSize: size, modified: mtime } as InputFacts;
  const open = (tempFolder?: string) => ImportLog.open(at('mesh.db.partial'), { tempFolder });
  return { at, source, open };
}

/** An import that is stopped with two spill files; returns the beginning of their names. */
async function suspend({ at, source, open }: ReturnType<typeof setUp>, tempFolder?: string): Promise<string> {
  const log = open(tempFolder);
  expect(await log.begin([source], CONDITIONS)).toBeUndefined();
  writeFileSync(at('mesh.db.partial'), 'page');
  const files = new SpillFiles(log.spillPath);
  for (const name of ['positions', 'pairs']) files.create(name, 8).append(Int32Array.of(1, 2, 3), 0, 3);
  const state = {
    phase: 'reading',
    bytesRead: 100,
    welding: { files: files.save() },
    rows: { load: { pageBytes: 4, pageCount: 1 } },
  };
  files.close();
  log.take(state as unknown as ImportState);
  await log.settle();
  expect(await log.giveUp(new Error('stopped'))).toBeDefined();
  log.close();
  return log.spillPath;
}

describe('spill files of an import', () => {
  it('stand in a folder of their own with a random name', async () => {
    const set = setUp();
    const places: string[] = [];
    for (let k = 0; k < 2; k++) {
      const place = await suspend(set, set.at('tmp'));
      expect(place).toMatch(/\/tmp\/mesh\.db\.[0-9a-f]{8}\.partial\/spill$/);
      expect(statSync(dirname(place)).mode & 0o777).toBe(0o700);
      expect(readdirSync(dirname(place))).toEqual(['spill.0-pairs', 'spill.0-positions']);
      places.push(place);
      // The next run goes on there, and leaves nothing when it is done.
      const log = set.open(set.at('tmp'));
      expect(await log.begin([set.source], CONDITIONS)).toMatchObject({ bytesRead: 100 });
      expect(log.spillPath).toBe(place);
      log.remove();
      log.close();
      expect(readdirSync(set.at('tmp'))).toEqual([]);
    }
    expect(places[0]).not.toBe(places[1]);
  });

  it.each([
    ['tmp', 'other'],
    ['tmp', undefined],
    [undefined, 'tmp'],
  ])('move from %s to %s without following links', async (from, to) => {
    const set = setUp();
    const place = await suspend(set, from && set.at(from));
    // Beside the database names can be foreseen.
    if (to === undefined) {
      for (const name of ['0-pairs', '0-positions']) {
        symlinkSync(set.at('victim'), set.at(`mesh.db.partial.${name}`));
      }
    }
    symlinkSync(set.at('victim'), set.at('mesh.db.partial.log.next'));
    const log = set.open(to && set.at(to));
    expect(await log.begin([set.source], CONDITIONS)).toMatchObject({ bytesRead: 100 });
    expect(log.spillPath).not.toBe(place);
    expect([...readFileSync(`${log.spillPath}.0-pairs`)]).toEqual([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
    expect(lstatSync(`${log.spillPath}.0-pairs`).isFile()).toBe(true);
    if (from !== undefined) expect(readdirSync(set.at(from))).toEqual([]);
    else expect(existsSync(`${place}.0-pairs`)).toBe(false);
    log.remove();
    log.close();
    expect(readFileSync(set.at('victim'), 'utf8')).toBe(VICTIM);
    expect(readdirSync(set.at('.')).sort()).toEqual(['in.stl', 'mesh.db.partial', 'other', 'tmp', 'victim']);
    expect([...readdirSync(set.at('tmp')), ...readdirSync(set.at('other'))]).toEqual([]);
  });

  it('are not written through a planted link', async () => {
    const set = setUp();
    const place = await suspend(set);
    rmSync(`${place}.0-pairs`);
    symlinkSync(set.at('victim'), `${place}.0-pairs`);
    expect(() => new SpillFile(`${place}.0-pairs`, 8, 1)).toThrow(
      /pairs: cannot open: a symbolic link is in the way$/,
    );
    expect(() => new SpillFile(`${place}.0-pairs`, 8)).toThrow(/cannot create: it already exists$/);
    expect(readFileSync(set.at('victim'), 'utf8')).toBe(VICTIM);
  });

  it('are removed by the next run if theirs was killed before its first checkpoint', async () => {
    const set = setUp();
    const killed = set.open(set.at('tmp'));
    await killed.begin([set.source], CONDITIONS);
    new SpillFiles(killed.spillPath).create('positions', 8).close();
    killed.close();
    expect(readdirSync(set.at('tmp'))).toHaveLength(1);
    await importMesh(set.at('in.stl'), set.at('mesh.db'), { tempFolder: set.at('other') });
    expect([...readdirSync(set.at('tmp')), ...readdirSync(set.at('other'))]).toEqual([]);
    expect(readdirSync(set.at('.')).sort()).toEqual(['in.stl', 'mesh.db', 'other', 'tmp', 'victim']);
  });
});

describe('temporary files', () => {
  it('of a lock are not created through a link', async () => {
    const set = setUp();
    symlinkSync(set.at('absent'), set.at('mesh.db.partial.lock'));
    await expect(importMesh(set.at('in.stl'), set.at('mesh.db'))).rejects.toThrow(
      /lock: is a symbolic link; expected no link under this name/,
    );
    expect(existsSync(set.at('absent'))).toBe(false);
  });

  it('are readable by their owner only', async () => {
    const set = setUp();
    const seen = new Set<string>();
    const look = () => {
      for (const name of readdirSync(set.at('tmp'))) {
        const stat = lstatSync(set.at(`tmp/${name}`));
        seen.add(`${name.replace(/[0-9a-f]{8}/, '*')} ${(stat.mode & 0o7777).toString(8)}`);
      }
    };
    const options = { tempFolder: set.at('tmp'), onProgress: look };
    await convertMesh(set.at('in.stl'), set.at('out.off'), options);
    expect([...seen]).toEqual(['out.off.*.partial 700']);
    seen.clear();
    await importMesh(set.at('in.stl'), set.at('mesh.db'));
    await checkMesh(set.at('mesh.db'), options);
    expect([...seen]).toEqual(['mesh.db.*.partial 700']);
    expect(readdirSync(set.at('tmp'))).toEqual([]);
  });
});
