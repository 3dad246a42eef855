/** Tiles as `offload index --tiles` builds them: the same bytes always, complete or not there, within limits. */
import { spawn } from 'node:child_process';
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { MeshDatabase } from '../../src/database/mesh-database.js';
import { DatabaseError } from '../../src/errors.js';
import { buildTiles, type CoarseView } from '../../src/pipeline/build-tiles.js';
import { indexMesh } from '../../src/pipeline/derive-mesh.js';
import { importMesh } from '../../src/pipeline/import-mesh.js';
import type { Progress } from '../../src/pipeline/run/progress.js';
import { decodeTile } from '../../src/tiles/tile-codec.js';
import { TileReader } from '../../src/tiles/tile-reader.js';
import { countTiles } from '../../src/tiles/tile-store.js';
import { freshFolder } from '../support/files.js';
import { makeTube, shuffle, toBinaryStl } from '../support/meshes.js';
import { dumpTiles } from '../support/tiles.js';

const LIBRARY = new URL('../../dist/index.js', import.meta.url).href;
const SCRIPT = `
const [library, database, options] = process.argv.slice(1);
const { buildTiles } = await import(library);
process.stdout.write('begun ');
await buildTiles(database, JSON.parse(options));
process.stdout.write('done');
`;

/** Imports a tube; returns the path of its database. */
async function importTube(rings = 60, sides = 40): Promise<string> {
  const folder = freshFolder();
  const path = join(folder, 'in.db');
  writeFileSync(join(folder, 'in.stl'), toBinaryStl(shuffle(makeTube(rings, sides))));
  await importMesh(join(folder, 'in.stl'), path);
  return path;
}

function countIn(path: string): number {
  const db = MeshDatabase.open(path);
  try {
    return db.ask(countTiles);
  } finally {
    db.close();
  }
}

function open(path: string): TileReader | undefined {
  const db = MeshDatabase.open(path);
  try {
    return db.ask((connection) => TileReader.open(connection));
  } finally {
    db.close();
  }
}

function change(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

/** Builds tiles in a process of its own, and kills it after so many milliseconds; returns what it wrote. */
function buildKilled(path: string, options: object, killAfterMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ['--input-type=module', '-e', SCRIPT, LIBRARY, path, JSON.stringify(options)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (said === '') setTimeout(() => child.kill('SIGKILL'), killAfterMs);
      said += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', () => resolve(said));
  });
}

describe('building tiles', () => {
  it('gives the same coarse mesh at last, whatever the memory and the threads', async () => {
    const path = await importTube();
    const plain = await buildTiles(path);
    const expected = dumpTiles(path);
    const last: CoarseView[] = [];
    for (const options of [{}, { memoryBytes: 192 * 2 ** 20 }, { threads: 1 }, { sortBytes: 100 }]) {
      const views: CoarseView[] = [];
      expect(await buildTiles(path, { ...options, onCoarse: (view) => views.push(view) })).toEqual(plain);
      last.push(views.at(-1)!);
    }
    // The tiles do not change by it.
    expect(dumpTiles(path)).toEqual(expected);
    const [first, ...others] = last;
    for (const other of others) expect(other).toEqual(first);
    const { mesh, bounds, frame } = first!;
    const { indices, positions, origin, scale } = decodeTile(mesh);
    expect(indices.length / 3).toBeGreaterThan(1000);
    expect(mesh.length).toBeLessThan(40_000);
    // It fills the box of the mesh but for a cell.
    const cell = (2 ** 20 / 64) * frame.step;
    for (let axis = 0; axis < 3; axis++) {
      const along = Array.from(positions)
        .filter((_, k) => k % 3 === axis)
        .map((value) => frame.origin[axis]! + frame.step * (origin[axis]! + scale * value));
      const [least, greatest] = [Math.min(...along), Math.max(...along)];
      expect(least).toBeGreaterThanOrEqual(bounds.min[axis]!);
      expect(least).toBeLessThan(bounds.min[axis]! + cell);
      expect(greatest).toBeLessThanOrEqual(bounds.max[axis]!);
      expect(greatest).toBeGreaterThan(bounds.max[axis]! - cell);
    }
  });

  it('gives the same bytes for any memory and number of threads', async () => {
    const path = await importTube();
    const small = { leafTriangles: 100 } as const;
    const variants = [
      { memoryBytes: 192 * 2 ** 20 },
      { memoryBytes: 2 ** 31, threads: 1 },
      { threads: 4 },
      { sortBytes: 100 },
      { sortBytes: 30_000 },
    ];
    await buildTiles(path, small);
    const expected = dumpTiles(path);
    expect(expected.tile_nodes!.length).toBeGreaterThan(50);
    for (const variant of variants) {
      await buildTiles(path, { ...small, ...variant });
      expect(dumpTiles(path), JSON.stringify(variant)).toEqual(expected);
    }
    expect(readdirSync(dirname(path)).sort()).toEqual(['in.db', 'in.stl']);
  });

  it('replaces former tiles and nothing else', async () => {
    const path = await importTube();
    const { boxes } = await indexMesh(path);
    const { nodes } = await buildTiles(path, { leafTriangles: 500 });
    const again = await buildTiles(path, { leafTriangles: 100 });
    expect(again.nodes).toBeGreaterThan(nodes);
    expect(countIn(path)).toBe(again.nodes);
    expect(dumpTiles(path).tile_set!.length).toBe(1);
    const db = MeshDatabase.open(path);
    expect([...db.select('SELECT count(*) AS boxes FROM triangle_boxes')]).toEqual([{ boxes }]);
    db.close();
  });

  it('reports its progress up to the end', async () => {
    const path = await importTube();
    const told: Progress[] = [];
    const { triangles } = await buildTiles(path, {
      leafTriangles: 100,
      onProgress: (progress) => told.push(progress),
    });
    const stages = [...new Set(told.map(({ stage }) => stage))];
    expect(stages).toEqual(['survey', 'index']);
    for (const stage of stages) {
      const shares = told.filter((one) => one.stage === stage).map(({ done, total }) => done / total!);
      expect(shares).toEqual([...shares].sort((a, b) => a - b));
      expect(shares.at(-1)).toBeGreaterThan(0.99);
      expect(shares.at(-1)).toBeLessThanOrEqual(1);
    }
    expect(told.at(-1)).toMatchObject({ done: triangles, total: triangles });
  });

  it('leaves the database as it was if it is aborted', async () => {
    const path = await importTube();
    await buildTiles(path, { leafTriangles: 500 });
    const before = dumpTiles(path);
    for (const stage of ['survey', 'index'] as const) {
      const control = new AbortController();
      const onProgress = (progress: Progress) => {
        if (progress.stage === stage && progress.done > 0.95 * progress.total!)
          control.abort(new Error('enough'));
      };
      const run = buildTiles(path, { leafTriangles: 100, signal: control.signal, onProgress });
      await expect(run).rejects.toThrow('enough');
      expect(dumpTiles(path)).toEqual(before);
    }
    expect(readdirSync(dirname(path)).sort()).toEqual(['in.db', 'in.stl']);
  });

  it('leaves none or all of them if it is killed', async () => {
    const path = await importTube(120, 80);
    const options = { leafTriangles: 30 };
    const complete = `${path}.complete.db`;
    copyFileSync(path, complete);
    await buildTiles(complete, options);
    const expected = dumpTiles(complete);
    const ends: string[] = [];
    for (const killAfterMs of [1, 60, 150, 250, 400]) {
      const copy = `${path}.${killAfterMs}.db`;
      copyFileSync(path, copy);
      ends.push(await buildKilled(copy, options, killAfterMs));
      const reader = open(copy);
      if (reader === undefined) {
        const db = MeshDatabase.open(copy);
        expect([...db.select("SELECT name FROM sqlite_schema WHERE name LIKE 'tile%'")]).toEqual([]);
        db.close();
      }
      // It may be repeated.
      if (reader === undefined) await buildTiles(copy, options);
      expect(dumpTiles(copy)).toEqual(expected);
    }
    expect(ends[0]).toBe('begun ');
  });

  it('is needed again after triangles were added or removed', async () => {
    const path = await importTube();
    await buildTiles(path);
    expect(open(path)).toBeDefined();
    change(path, 'DELETE FROM triangles WHERE id = (SELECT max(id) FROM triangles)');
    expect(open(path)).toBeUndefined();
    await buildTiles(path);
    expect(open(path)).toBeDefined();
  });

  it('refuses infinite vertices', async () => {
    const path = await importTube(3, 3);
    change(path, 'UPDATE vertices SET y = -9e999 WHERE id = 5');
    await expect(buildTiles(path)).rejects.toThrow(/-Infinity in row 5; expected a finite coordinate/);
    // With a write-ahead log, rows come from SQLite instead of pages.
    change(path, 'PRAGMA journal_mode = WAL');
    await expect(buildTiles(path)).rejects.toThrow(/a vertex is infinite/);
    await expect(buildTiles(path)).rejects.toBeInstanceOf(DatabaseError);
  });

  it('is reported by the reader if the tables were changed', async () => {
    const path = await importTube(10, 10);
    await buildTiles(path, { leafTriangles: 50 });
    const db = () => MeshDatabase.open(path);
    const readAll = () => {
      const opened = db();
      try {
        opened.ask((connection) => {
          const tiles = TileReader.open(connection)!;
          for (const node of tiles.listNodes()) {
            tiles.mesh(node);
            tiles.ids(node);
          }
        });
      } finally {
        opened.close();
      }
    };
    readAll();
    change(path, "UPDATE tile_meshes SET slots = x'00' WHERE slots IS NOT NULL");
    expect(readAll).toThrow(/tile \d+ is damaged/);
    change(path, 'UPDATE tile_nodes SET count = count + 1');
    expect(readAll).toThrow(/tile 0 has \d+ slots; expected/);
    change(path, "UPDATE tile_meshes SET mesh = x'0102'");
    expect(readAll).toThrow(/tile 0 is damaged/);
    change(path, 'DELETE FROM tile_meshes');
    expect(readAll).toThrow(/tile 0 is missing/);
    change(path, 'UPDATE tile_set SET version = 7');
    expect(readAll).toThrow(/version 7; expected 1/);
  });
});
