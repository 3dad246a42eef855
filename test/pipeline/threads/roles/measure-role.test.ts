import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MeshDatabase } from '../../../../src/database/mesh-database.js';
import { checkMesh, importMesh } from '../../../../src/index.js';
import { begin, type MeasureReply } from '../../../../src/pipeline/threads/roles/measure-role.js';
import { freshFolder } from '../../../support/files.js';
import { type Corners, makeTube, shuffle, toBinaryStl } from '../../../support/meshes.js';

const tube = [...makeTube(350, 100)];

/** Measures triangles as a thread would. */
async function measure(triangles: readonly Corners[], cacheBytes: number, isOpen = 0) {
  const folder = freshFolder();
  const [input, database] = ['in.stl', 'mesh.db'].map((name) => join(folder, name)) as [string, string];
  writeFileSync(input, toBinaryStl(triangles));
  await importMesh(input, database);
  const db = MeshDatabase.open(database);
  const rows = db.rows();
  const replies: MeasureReply[] = [];
  const home = {
    send: (reply: MeasureReply) => replies.push(reply),
    awaitTaken: () => 0,
    checkStop: () => 0,
  };
  const options = {
    ...rows.triangleTable()!,
    vertexLeaves: rows.vertexLeaves()!,
    origin: [0, 0, 0] as const,
    isOpen: Int32Array.of(isOpen),
    cacheBytes,
  };
  await begin(options, home).handle('measure');
  db.close();
  expect(replies.length).toBe(1);
  return { reply: replies[0], database };
}

describe('a thread that measures', () => {
  it('gives up if triangles are in random order and the cache is small', async () => {
    expect(tube.length).toBeGreaterThan(2 ** 16);
    expect((await measure(shuffle(tube), 2 ** 16)).reply).toBeUndefined();
    const { reply, database } = await measure(shuffle(tube), 2 ** 24);
    expect(reply!.totals.area).toBeCloseTo((await checkMesh(database, { threads: 1 })).area, 6);
  });

  it('measures a shell until the mesh turns out to be open', async () => {
    const some = tube.slice(0, 500);
    expect((await measure(some, 2 ** 20)).reply!.shell).toBeInstanceOf(ArrayBuffer);
    const { reply } = await measure(some, 2 ** 20, 1);
    expect(reply!.shell).toBeUndefined();
    expect(reply!.totals.area).toBeGreaterThan(0);
  });
});
