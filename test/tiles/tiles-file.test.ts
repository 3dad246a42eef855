import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MeshDatabase } from '../../src/database/mesh-database.js';
import { buildTiles } from '../../src/pipeline/build-tiles.js';
import { importMesh } from '../../src/pipeline/import-mesh.js';
import { openTilesFile } from '../../src/tiles/tiles-file.js';
import { makeTube, toBinaryStl } from '../support/meshes.js';
import { dumpTiles } from '../support/tiles.js';
import { databaseOf } from '../support/views.js';

describe('a file of tiles', () => {
  it('has the tiles that the database would have', async () => {
    const path = await databaseOf(makeTube(40, 12), { leafTriangles: 100 });
    const expected = dumpTiles(path);
    const other = await databaseOf(makeTube(40, 12), false);
    const tilesFile = join(dirname(other), 'x.tiles');
    for (let time = 0; time < 2; time++) await buildTiles(other, { tilesFile, leafTriangles: 100 });
    const db = MeshDatabase.open(other);
    const opened = openTilesFile(tilesFile, db)!;
    expect([...opened.tiles.listNodes()].length).toBe(expected.tile_nodes!.length);
    const meshes = expected.tile_meshes as { readonly node: number; readonly mesh: Uint8Array }[];
    for (const { node, mesh } of meshes) expect(opened.tiles.meshBytes(node)).toEqual(mesh);
    opened.close();
    db.close();
  });

  it('is out of date for any other import', async () => {
    const path = await databaseOf(makeTube(4, 3), false);
    const tilesFile = join(dirname(path), 'x.tiles');
    await buildTiles(path, { tilesFile });
    await importMesh(join(dirname(path), 'in.stl'), path, { force: true });
    const db = MeshDatabase.open(path);
    expect(openTilesFile(tilesFile, db)).toBeUndefined();
    expect(openTilesFile(join(dirname(path), 'absent'), db)).toBeUndefined();
    db.close();
  });

  it('is not a file of something else', async () => {
    const path = await databaseOf(makeTube(4, 3), false);
    const other = await databaseOf(makeTube(4, 3), false);
    await expect(buildTiles(path, { tilesFile: other })).rejects.toThrow(/expected a file of tiles/);
    const text = join(dirname(path), 'text');
    writeFileSync(text, toBinaryStl(makeTube(4, 3)));
    await expect(buildTiles(path, { tilesFile: text })).rejects.toThrow(/not a database/);
  });
});
