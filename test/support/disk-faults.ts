/**
 * All that reads or writes files, with each of its operations made to fail, one after the other: it ends with one error
 * that names a file, what happened and what to do, and leaves everything as it was.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, vi } from 'vitest';
import * as offload from '../../src/index.js';
import { dump } from './dump.js';
import { type Asked, OPERATIONS, withFault } from './faults.js';
import { freshFolder } from './files.js';
import { countTube, makeTube, shuffle, toAsciiStl, toBinaryStl } from './meshes.js';
import { writeScatteredPly } from './ply.js';

// Runs are compared by their numbers of operations: these depend on the partitions, which depend on a random key.
vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
  if (array instanceof Int32Array)
    for (let k = 0; k < array.length; k++) array[k] = Math.imul(k + 1, 0x9e3779b1);
  return array;
});

/** Each code with what a person is told of it. */
const CODES = {
  ENOSPC: 'no space left on the device',
  EDQUOT: 'disk quota exceeded',
  EIO: 'input/output error',
  EACCES: 'permission denied',
} as const;
type Code = keyof typeof CODES;

const RINGS = 40;
const SIDES = 12;
const mesh = shuffle(makeTube(RINGS, SIDES));
/** Tables of a few hundred vertices: most of them overflow. */
const SPILLING = { weldBytes: 6000, batchTriangles: 100 } as const;
const FORCED = { force: true, threads: 1 } as const;
const GRID = { by: 'grid', cells: [2, 1, 1] } as const;

type Run = (at: (name: string) => string) => Promise<unknown>;

/** What is done; both imports go by way of spill files. */
export const RUNS: Readonly<Record<string, Run>> = {
  'an import of soup': (at) => offload.importMesh(at('in.stl'), at('out.db'), { ...SPILLING, ...FORCED }),
  'an import of indexed': (at) => offload.importMesh(at('in.ply'), at('out.db'), { ...SPILLING, ...FORCED }),
  'a conversion of text': (at) => offload.convertMesh(at('text.stl'), at('out.off'), FORCED),
  'a conversion that keeps its database': (at) =>
    offload.convertMesh(at('in.stl'), at('out.off'), { ...FORCED, keep: at('out.db') }),
  'an export': (at) => offload.exportMesh(at('mesh.db'), at('out.off'), FORCED),
  'an export to gzip': (at) => offload.exportMesh(at('mesh.db'), at('out.off.gz'), FORCED),
  'an export to zstd': (at) => offload.exportMesh(at('mesh.db'), at('out.off.zst'), FORCED),
  'an export of what is filtered and welded': (at) =>
    offload.exportMesh(at('mesh.db'), at('out.off'), {
      ...FORCED,
      weld: 0.05,
      filter: { where: ['max_x > 0'], drop: ['duplicate'] },
    }),
  'an export that orients shells': (at) =>
    offload.exportMesh(at('mesh.db'), at('out.off'), { ...FORCED, orient: 'outward' }),
  'a new split': (at) => offload.splitMesh(at('mesh.db'), at('pieces'), GRID, FORCED),
  'a split in place of another': (at) => offload.splitMesh(at('mesh.db'), at('split'), GRID, FORCED),
  'the parts of a shard': (at) =>
    offload.writeShard(at('mesh.db'), at('shards'), {
      ...FORCED,
      number: 7,
      base: 1000,
      seams: at('seams.csv'),
      idsBytes: 2000,
    }),
  'a check': (at) => offload.checkMesh(at('mesh.db'), FORCED),
  'a survey': (at) => offload.surveyMesh(at('mesh.db'), FORCED),
  'a comparison with soup': (at) => offload.verifyMesh(at('mesh.db'), at('in.stl'), FORCED),
  'a comparison with indexed': (at) => offload.verifyMesh(at('in.stl'), at('in.ply'), FORCED),
  tiles: (at) => offload.buildTiles(at('mesh.db'), { ...FORCED, leafTriangles: 100, sortBytes: 5000 }),
  'an index': (at) => offload.indexMesh(at('mesh.db'), FORCED),
  'a search for components': (at) => offload.findComponents(at('mesh.db'), FORCED),
  'a look-up in the source': (at) => offload.locateTriangle(at('mesh.db'), 700),
  'a lint': (at) => offload.lintOff(at('mesh.off')),
};

/** Files of one run that get their names one after the other. */
const PARTS: readonly string[] = ['shards/1-vertices-00007', 'shards/2-faces-00007'];

/** What others nearly cover, for the slow tests. */
export const MORE_RUNS: typeof RUNS = {
  'an import of several files': (at) =>
    offload.importMesh([at('half.stl'), at('half.ply')], at('out.db'), {
      ...SPILLING,
      ...FORCED,
    }),
  'an append': (at) =>
    offload.importMesh(at('half.ply'), at('mesh.db'), { ...SPILLING, threads: 1, append: true }),
  'a conversion of several files': (at) =>
    offload.convertMesh([at('half.stl'), at('half.ply')], at('out.off'), { ...SPILLING, ...FORCED }),
  'a comparison with several files': (at) =>
    offload.verifyMesh(at('mesh.db'), [at('in.stl'), at('in.ply')], FORCED),
};

/** A folder with sources, a database, and former outputs of every kind. */
async function setUp(): Promise<string> {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('in.stl'), toBinaryStl(mesh));
  writeFileSync(at('text.stl'), toAsciiStl(mesh));
  writeScatteredPly(at('in.ply'), makeTube(RINGS, SIDES), countTube(RINGS, SIDES).triangles);
  const half = countTube(RINGS / 2, SIDES).triangles;
  writeFileSync(at('half.stl'), toBinaryStl(mesh.slice(half)));
  writeScatteredPly(at('half.ply'), makeTube(RINGS / 2, SIDES), half);
  await offload.importMesh(at('in.stl'), at('mesh.db'));
  await offload.exportMesh(at('mesh.db'), at('mesh.off'));
  // A database is replaced by a database alone, and told by how it begins.
  writeFileSync(at('out.db'), 'SQLite format 3\0, or the former out.db');
  for (const name of ['out.off', 'out.off.gz', 'out.off.zst']) {
    writeFileSync(at(name), `the former ${name}`);
  }
  writeFileSync(at('seams.csv'), '5,10\n300,20\n');
  mkdirSync(at('shards'));
  for (const name of PARTS) writeFileSync(at(name), `the former ${name}`);
  await offload.splitMesh(at('mesh.db'), at('split'), { by: 'grid', cells: [3, 1, 1] });
  writeFileSync(at('split/notes.txt'), 'of somebody else');
  return folder;
}

/** All files of a folder, and its folders, by their names in it. */
function readAll(folder: string): Map<string, Buffer | 'folder'> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), entry.isDirectory() ? 'folder' : readFileSync(path)];
    }),
  );
}

/** The names of what is not the same in two folders. */
function listChanges(
  before: Map<string, Buffer | 'folder'>,
  after: Map<string, Buffer | 'folder'>,
): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.filter((name) => {
    const [one, other] = [before.get(name), after.get(name)];
    return one instanceof Buffer && other instanceof Buffer ? !one.equals(other) : one !== other;
  });
}

/** Removes what was not there before. */
function removeNew(folder: string, before: Map<string, Buffer | 'folder'>): void {
  for (const name of readAll(folder).keys()) {
    if (!before.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function restore(folder: string, before: Map<string, Buffer | 'folder'>): void {
  removeNew(folder, before);
  for (const [name, content] of before) {
    if (content === 'folder') continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Which times an operation is to fail: all, or of those that are alike the first or the last, in turn, or always the last. */
function chooseTimes(asked: readonly Asked[], isThorough: boolean, isLast = false): number[] {
  if (isThorough) return asked.map((_, index) => index + 1);
  const alike = new Map<string, number[]>();
  for (const [index, { path }] of asked.entries()) {
    const kind = path.replace(/[0-9a-f]{8}|\d+/g, '#');
    alike.set(kind, [...(alike.get(kind) ?? []), index + 1]);
  }
  return [...alike.values()].map((times, k) => (isLast || k % 2 === 1 ? times.at(-1)! : times[0]!));
}

/** Lets each operation of a run fail that there is, or one of each kind, and checks what becomes of it. */
export async function expectNoTrace(run: Run, isThorough: boolean): Promise<void> {
  const folder = await setUp();
  const at = (name: string) => join(folder, name);
  const before = readAll(folder);
  const { asked, error: none } = await withFault(folder, undefined, () => run(at));
  expect(none).toBeUndefined();
  const done = readAll(folder);
  restore(folder, before);
  let failures = 0;
  for (const operation of OPERATIONS) {
    const times = chooseTimes(
      asked.filter((one) => one.operation === operation),
      isThorough,
    );
    for (const time of times) {
      const code = (Object.keys(CODES) as Code[])[failures++ % 4]!;
      const fault = { operation, at: time, code };
      let { error, fired } = await withFault(folder, fault, () => run(at));
      // Hash keys are random, so a run may write once less than the one before.
      for (let k = 0; fired === undefined && k < 5; k++) {
        restore(folder, before);
        ({ error, fired } = await withFault(folder, fault, () => run(at)));
      }
      const what = `${operation} ${time} of ${fired?.path}: ${code}: ${error}`;
      expect(fired, what).toBeDefined();
      const after = readAll(folder);
      const changes = listChanges(before, after);
      // The databases that are made of one source differ by their time.
      const undone = listChanges(done, after).filter((name) => !name.endsWith('.db'));
      if (error === undefined) {
        // What has been read, or is no longer wanted, may be closed badly; not every folder can be brought to the disk.
        expect(operation === 'close' || code === 'EACCES', what).toBe(true);
        if (operation !== 'close')
          expect(after.get(relative(folder, fired!.path)) ?? 'folder', what).toBe('folder');
        expect(undone, what).toEqual([]);
        restore(folder, before);
        continue;
      }
      expect(error, what).toBeInstanceOf(offload.FileError);
      expectClear(error as offload.FileError, fired!, code, what);
      // A folder's record of a name comes after the name, and the database that is kept comes before the OFF.
      const isNamed = /: cannot sync its name to the disk: /.test(String(error));
      const isWhole = (name: string) =>
        name === 'out.db'
          ? isDatabaseWhole(at(name))
          : (isNamed || PARTS.includes(name)) && !undone.includes(name);
      expect(
        changes.filter((name) => !isWhole(name)),
        what,
      ).toEqual([]);
      if (changes.length > 0) restore(folder, before);
    }
  }
  expect(failures).toBeGreaterThan(2);
  // Nothing that is left is in the way.
  await run(at);
  expect(listChanges(done, readAll(folder)).filter((name) => !name.endsWith('.db'))).toEqual([]);
}

/** What the same call makes of an import that failed after its first checkpoint. */
const RESUMED: Readonly<Record<string, string>> = {
  'an import of soup': 'in.stl',
  'an import of indexed': 'in.ply',
};
export const RESUMABLE = Object.keys(RESUMED);

/**
 * Lets each operation of an import fail, or the last of each kind, after most checkpoints: whatever it leaves, the same call
 * then makes the same of it.
 */
export async function expectResumable(name: string, isThorough: boolean): Promise<void> {
  const folder = await setUp();
  const at = (file: string) => join(folder, file);
  let resumed = 0;
  let suspended = 0;
  const run = () =>
    offload.importMesh(at(RESUMED[name]!), at('new.db'), {
      ...SPILLING,
      // A checkpoint after each batch syncs all spill files.
      batchTriangles: isThorough ? 100 : 500,
      threads: 1,
      intervalMs: 0,
      onResume: () => resumed++,
      onSuspend: () => suspended++,
    });
  const before = readAll(folder);
  const { asked } = await withFault(folder, undefined, run);
  const whole = dump(at('new.db'));
  removeNew(folder, before);
  let failures = 0;
  for (const operation of OPERATIONS) {
    const ofKind = asked.filter((one) => one.operation === operation);
    for (const time of chooseTimes(ofKind, isThorough, true)) {
      const { error } = await withFault(folder, { operation, at: time, code: 'ENOSPC' }, run);
      const what = `${operation} ${time}: ${error}`;
      if (error !== undefined) {
        failures++;
        expect(error, what).toBeInstanceOf(offload.FileError);
        if (!existsSync(at('new.db'))) await run();
      }
      expect(dump(at('new.db')), what).toEqual(whole);
      const names = [...readAll(folder).keys()].filter((file) => !before.has(file));
      expect(names, what).toEqual(['new.db']);
      removeNew(folder, before);
    }
  }
  expect(failures).toBeGreaterThan(20);
  expect(resumed).toBe(suspended);
  expect(resumed).toBeGreaterThan(failures / 3);
}

function isDatabaseWhole(path: string): boolean {
  const db = offload.MeshDatabase.open(path);
  try {
    return db.countTriangles() === mesh.length;
  } finally {
    db.close();
  }
}

/** The message names the file, or what it is to become, and what happened, on one line; the hint says what to do. */
function expectClear({ message, hint }: offload.FileError, { path }: Asked, code: Code, what: string): void {
  // What stands in the folder of a split is told by that.
  const known = path
    .replace(/\.[0-9a-f]{8}(?:\.db|\.\d+)?\.(?:partial|former).*$|\.partial.*$/, '')
    .replace(/\/(split|pieces)\/.*$/, '/$1');
  expect(message, what).toContain(known);
  expect(message, what).toMatch(new RegExp(`^[^\\n]*: cannot [a-z ]+: ${CODES[code]}$`));
  if (message.includes(': cannot sync its name')) expect(hint, what).toMatch(/^the output is complete/);
  else if (code === 'ENOSPC' || code === 'EDQUOT') expect(hint, what).toMatch(/^nothing is lost: make space/);
  else if (code === 'EIO') expect(hint, what).toMatch(/^nothing is lost, but the disk/);
}
