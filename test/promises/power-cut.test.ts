/**
 * In which order things come to the disk: what has a final name must have been there before, whole, and the folder's own
 * record of a name comes after it. So a power cut leaves what stood there before, or what is there now.
 */
import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import * as offload from '../../src/index.js';
import { type Asked, withFault } from '../support/faults.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';

vi.mock('node:fs', async (load) => (await import('../support/faults.js')).breakSync(await load()));
vi.mock('node:fs/promises', async (load) => (await import('../support/faults.js')).breakAsync(await load()));

const GRID = { by: 'grid', cells: [2, 1, 1] } as const;

async function setUp() {
  const folder = freshFolder();
  const at = (name: string) => join(folder, name);
  writeFileSync(at('in.stl'), toBinaryStl(makeTube(40, 12)));
  await offload.importMesh(at('in.stl'), at('mesh.db'));
  const record = async (action: () => Promise<unknown>) => {
    const { asked, error } = await withFault(folder, undefined, action);
    expect(error).toBeUndefined();
    return asked;
  };
  return { folder, at, record };
}

/** That the file renamed to `path` was synced after its last write, and its folder after the rename. */
function expectSafe(asked: readonly Asked[], path: string): void {
  const renamed = asked.findIndex(({ operation, to }) => operation === 'rename' && to === path);
  expect(renamed, path).toBeGreaterThanOrEqual(0);
  const from = asked[renamed]!.path;
  expect(dirname(from).startsWith(dirname(path))).toBe(true);
  const last = (operation: Asked['operation']) =>
    asked.findLastIndex((one) => one.operation === operation && one.path === from);
  expect(last('write'), path).toBeGreaterThanOrEqual(0);
  expect(last('sync'), path).toBeGreaterThan(last('write'));
  expect(last('sync'), path).toBeLessThan(renamed);
  expect(last('write'), path).toBeLessThan(renamed);
  expectSynced(asked, dirname(path), renamed);
  // Nothing but removal touches it afterwards, under either name.
  const later = asked.slice(renamed + 1).filter((one) => [from, path].includes(one.path));
  expect(later.filter(({ operation }) => operation === 'write')).toEqual([]);
}

function expectSynced(asked: readonly Asked[], folder: string, after: number, before = asked.length): void {
  const synced = asked.findIndex(
    ({ operation, path }, index) =>
      operation === 'sync' && path === folder && index > after && index < before,
  );
  expect(synced, `${basename(folder)} synced between steps ${after} and ${before}`).toBeGreaterThan(after);
}

describe('a power cut leaves', () => {
  it('a complete OFF or none', async () => {
    const { at, record } = await setUp();
    for (const name of ['out.off', 'out.off.gz', 'out.off.zst']) {
      const asked = await record(() => offload.exportMesh(at('mesh.db'), at(name)));
      expectSafe(asked, at(name));
    }
    const asked = await record(() => offload.convertMesh(at('in.stl'), at('out.off'), { force: true }));
    expectSafe(asked, at('out.off'));
  });

  it('a complete database or none', async () => {
    const { at, record } = await setUp();
    const asked = await record(() => offload.importMesh(at('in.stl'), at('out.db')));
    expectSafe(asked, at('out.db'));
  });

  it('complete parts of a shard, and a complete database without an index', async () => {
    const { at, record } = await setUp();
    const options = { index: false };
    expectSafe(await record(() => offload.importMesh(at('in.stl'), at('bare.db'), options)), at('bare.db'));
    const asked = await record(() => offload.writeShard(at('bare.db'), at('parts'), { number: 0, base: 0 }));
    for (const name of ['1-vertices-00000', '2-faces-00000']) expectSafe(asked, at(`parts/${name}`));
    const tables = await record(() => offload.exportShard(at('bare.db'), at('tables'), { number: 0 }));
    for (const name of ['local_vertices', 'shards']) expectSafe(tables, at(`tables/${name}/00000.parquet`));
  });

  it('no old database without its journal, and no new database with it', async () => {
    const { folder, at, record } = await setUp();
    // Another program is killed in an update meanwhile: what the import finds at its beginning, it rolls back.
    const onProgress = () => writeFileSync(at('mesh.db-journal'), 'what an update was to take back');
    const options = { force: true, onProgress };
    const asked = await record(() => offload.importMesh(at('in.stl'), at('mesh.db'), options));
    const find = (operation: Asked['operation'], path: string) =>
      asked.findIndex((one) => one.operation === operation && one.path === path);
    const removed = find('remove', at('mesh.db'));
    const journal = find('remove', at('mesh.db-journal'));
    expectSynced(asked, folder, removed, journal);
    expect(journal).toBeLessThan(find('rename', at('mesh.db.partial')));
    expectSafe(asked, at('mesh.db'));
  });

  it('a complete split or none', async () => {
    const { folder, at, record } = await setUp();
    const asked = await record(() => offload.splitMesh(at('mesh.db'), at('pieces'), GRID));
    const renamed = asked.findIndex(({ operation, to }) => operation === 'rename' && to === at('pieces'));
    const partial = asked[renamed]!.path;
    const files = asked.filter(
      ({ operation, to }) => operation === 'rename' && to?.startsWith(`${partial}/`),
    );
    expect(files.map(({ to }) => to)).toContain(join(partial, 'manifest.json'));
    expect(files).toHaveLength(3);
    for (const { to } of files) expectSafe(asked, to!);
    expectSynced(asked, partial, asked.indexOf(files.at(-1)!), renamed);
    expectSynced(asked, folder, renamed);
  });

  it('the new split or the former one, complete, under its name or beside it', async () => {
    const { folder, at, record } = await setUp();
    await offload.splitMesh(at('mesh.db'), at('pieces'), { by: 'grid', cells: [1, 1, 3] });
    const asked = await record(() => offload.splitMesh(at('mesh.db'), at('pieces'), GRID, { force: true }));
    const find = (operation: Asked['operation'], isIt: (one: Asked) => boolean) =>
      asked.findIndex((one) => one.operation === operation && isIt(one));
    const aside = find('rename', ({ path }) => path === at('pieces'));
    const into = find('rename', ({ to }) => to === at('pieces'));
    const removed = find('remove', ({ path }) => path.startsWith(`${asked[aside]!.to}/`));
    expect(into).toBe(aside + 1);
    expectSynced(asked, asked[into]!.path, -1, aside);
    expectSynced(asked, folder, into, removed);
  });

  it('derived tables in complete transactions, each synced by SQLite', async () => {
    const { at } = await setUp();
    const { MeshUpdate } = await import('../../src/database/mesh-update.js');
    const update = await MeshUpdate.open(at('mesh.db'));
    const pragma = (name: string) => update.run((db) => db.pragma(name, { simple: true }));
    expect([pragma('synchronous'), pragma('journal_mode')]).toEqual([2, 'delete']);
    update.close();
  });
});
