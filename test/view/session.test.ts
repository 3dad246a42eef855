/** Covers: view/coarse-tile, view/routes/tiles/coarse, view/shown-mesh, view/jobs/prepare-job, view/jobs/run-job, job. */
import { chmodSync, copyFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { MeshDatabase } from '../../src/database/mesh-database.js';
import { convertMesh } from '../../src/pipeline/convert-mesh.js';
import { importMesh } from '../../src/pipeline/import-mesh.js';
import { decodeTile } from '../../src/tiles/tile-codec.js';
import { ViewSession } from '../../src/view/session.js';
import type { CoarseAnswer, MeshAnswer, ViewState } from '../../src/view/wire/messages.js';
import { freshFolder } from '../support/files.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';
import { databaseOf, openView, untilPrepared } from '../support/views.js';

/** Waits until a condition holds. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a view', () => {
  it('shows a database with tiles at once', async () => {
    const { session } = await openView(await databaseOf());
    expect(session.state).toEqual({ state: 'ready', version: session.mesh().version });
  });

  it('builds the tiles that a database lacks, and answers meanwhile', async () => {
    const path = await databaseOf(undefined, false);
    const states: ViewState[] = [];
    const { session, ask } = await openView(path);
    session.follow(() => states.push(session.state));
    expect(session.state).toMatchObject({ state: 'preparing', step: 'tiles' });
    const early = await ask('/api/mesh');
    expect({ status: early.status, ...JSON.parse(early.body.toString()) }).toMatchObject({
      status: 503,
      code: 'PREPARING',
    });
    await untilPrepared(session);
    expect(states.at(-1)).toMatchObject({ state: 'ready' });
    expect(JSON.parse((await ask('/api/mesh')).body.toString())).toMatchObject({ triangles: 984 });
    const db = MeshDatabase.open(path);
    expect([...db.select('SELECT count(*) AS n FROM tile_set')]).toEqual([{ n: 1 }]);
    db.close();
  });

  it('has a coarse mesh before the tiles are complete', async () => {
    const path = await databaseOf(makeTube(120, 40), false);
    // Until this reader is done, the tiles cannot be committed.
    const reader = new Database(path, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM mesh').get();
    const { session, ask } = await openView(path);
    expect((await ask('/api/coarse')).headers.etag).toBe('"none"');
    await until(() => session.state.state !== 'preparing' || session.state.coarse !== null);
    const { coarse } = session.state as Extract<ViewState, { readonly state: 'preparing' }>;
    const { headers, body } = await ask(`/api/coarse?v=${coarse!.version}`);
    expect(headers.etag).toBe(`"${coarse!.version}"`);
    expect(decodeTile(body)).toMatchObject({ isLeaf: false });
    expect(decodeTile(body).indices.length / 3).toBeGreaterThan(2000);
    expect((await ask('/api/coarse?v=0')).headers['cache-control']).toBe('private, no-cache');
    reader.close();
    await untilPrepared(session);
    const { bounds, origin, step } = session.mesh().describe();
    expect(coarse).toMatchObject({ origin, step });
    for (const end of ['min', 'max'] as const) {
      for (let axis = 0; axis < 3; axis++) {
        expect(Math.abs(coarse!.bounds[end][axis]! - bounds![end][axis]!)).toBeLessThan(2 * step);
      }
    }
    expect((await ask('/api/coarse')).body).toHaveLength(0);
  });

  it.each(['stl', 'off'])(
    'imports a mesh file into a temporary database, and removes it: %s',
    async (format) => {
      const folder = freshFolder();
      const stl = join(format === 'stl' ? folder : freshFolder(), 'scan.stl');
      const source = join(folder, `scan.${format}`);
      writeFileSync(stl, toBinaryStl(makeTube(60, 30)));
      if (format === 'off') await convertMesh(stl, source);
      const session = new ViewSession(source, { memoryBytes: 2 ** 29 });
      const steps = new Set<string>();
      const coarse = new Map<string, CoarseAnswer>();
      session.follow(() => {
        if (session.state.state !== 'preparing') return;
        steps.add(session.state.step);
        if (session.state.coarse === null) return;
        if (coarse.size === 0) expect(session.state.step).toBe('import');
        coarse.set(session.state.coarse.version, session.state.coarse);
      });
      session.start();
      await untilPrepared(session);
      expect(session.mesh().describe()).toMatchObject({ name: `scan.${format}`, triangles: 3660 });
      // All of it was shown when it was read, and building the tiles begins with nothing less.
      expect(coarse.size).toBe(1);
      const [{ bounds }] = coarse.values() as unknown as [CoarseAnswer];
      const { bounds: exact, step } = session.mesh().describe();
      for (let axis = 0; axis < 3; axis++) {
        expect(Math.abs(bounds.min[axis]! - exact!.min[axis]!)).toBeLessThan(2 * step);
        expect(Math.abs(bounds.max[axis]! - exact!.max[axis]!)).toBeLessThan(2 * step);
      }
      expect(readdirSync(folder)).toHaveLength(2);
      await session.close();
      expect(readdirSync(folder)).toEqual([`scan.${format}`]);
    },
  );

  it('ends the work of a child process and removes its files', async () => {
    const folder = freshFolder();
    const source = join(folder, 'scan.stl');
    writeFileSync(source, toBinaryStl(makeTube(1500, 100)));
    const session = new ViewSession(source, { memoryBytes: 2 ** 29, threads: 1 });
    session.start();
    await until(() => session.state.state === 'preparing' && session.state.triangles > 0);
    await session.close();
    expect(readdirSync(folder)).toEqual(['scan.stl']);
  });

  it('reports why a mesh cannot be shown', async () => {
    const folder = freshFolder();
    const source = join(folder, 'scan.stl');
    writeFileSync(source, 'solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0\n');
    const failures: Error[] = [];
    const { session, ask } = await openView(source, { onFailure: (error) => failures.push(error) });
    await untilPrepared(session);
    expect(session.state).toMatchObject({
      state: 'failed',
      error: {
        code: expect.stringMatching(/^FORMAT_/),
        message: expect.stringContaining('scan.stl: line 4'),
      },
    });
    expect(failures).toHaveLength(1);
    expect((await ask('/api/mesh')).status).toBe(503);
    const options = { memoryBytes: 2 ** 29 };
    expect(() => new ViewSession(join(folder, 'absent.db'), options)).toThrow(/absent\.db: .*no such file/);
    expect(() => new ViewSession(folder, options)).toThrow(/is a directory/);
  });

  it('gives hints that the user of the page can follow', async () => {
    const folder = freshFolder();
    const source = join(folder, 'scan.stl');
    writeFileSync(source, toBinaryStl(makeTube(40, 12)).subarray(0, 30_000));
    const { session } = await openView(source);
    await untilPrepared(session);
    expect(session.state).toMatchObject({
      error: {
        code: 'FORMAT_TRUNCATED',
        hint: 'the copy may be incomplete; offload import --salvage recovers the complete triangles',
      },
    });
  });

  it('keeps the tiles in a file of their own if asked', async () => {
    const path = await databaseOf(undefined, false);
    const tilesFile = join(dirname(path), 'in.tiles');
    const first = await openView(path, { tilesFile });
    await untilPrepared(first.session);
    const { version } = first.session.mesh();
    const db = MeshDatabase.open(path);
    expect(
      db.ask((connection) =>
        connection.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'tile_%'").all(),
      ),
    ).toEqual([]);
    db.close();
    // The second time they are there.
    const second = await openView(path, { tilesFile });
    expect(second.session.state).toEqual({ state: 'ready', version });
  });

  it.skipIf(process.getuid?.() === 0)('shows a database that cannot be written', async () => {
    const path = await databaseOf(undefined, false);
    chmodSync(path, 0o400);
    const { session } = await openView(path);
    await untilPrepared(session);
    expect(session.mesh().describe().triangles).toBe(984);
  });

  it('opens the database that replaces the one on show', async () => {
    const path = await databaseOf(undefined, {});
    const { session, ask } = await openView(path);
    const { version } = session.mesh();
    const source = join(dirname(path), 'other.stl');
    writeFileSync(source, toBinaryStl(makeTube(10, 5)));
    await importMesh(source, path, { force: true });
    await until(() => session.state.state === 'ready' && session.state.version !== version);
    const mesh = JSON.parse((await ask('/api/mesh')).body.toString()) as MeshAnswer;
    expect(mesh.triangles).toBe(110);
    expect((await ask(`/api/nodes?v=${version}`)).status).toBe(409);
    // While there is none, the last one stays.
    renameSync(path, `${path}.away`);
    expect((await ask('/api/tiles/0')).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect((await ask('/api/tiles/0')).status).toBe(200);
    copyFileSync(`${path}.away`, path);
    rmSync(`${path}.away`);
  });
});
