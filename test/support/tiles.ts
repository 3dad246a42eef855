/** Builds the tiles of a mesh in a fresh database, and opens them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { MeshDatabase } from '../../src/database/mesh-database.js';
import { buildTiles, type TilesOptions, type TilesResult } from '../../src/pipeline/build-tiles.js';
import { importMesh } from '../../src/pipeline/import-mesh.js';
import { TileReader } from '../../src/tiles/tile-reader.js';
import { freshFolder } from './files.js';

export interface BuiltTiles {
  readonly path: string;
  readonly db: MeshDatabase;
  readonly tiles: TileReader;
  readonly result: TilesResult;
}

/** Imports a file of the given content and builds its tiles. */
export async function tilesOf(
  content: string | Buffer,
  ending: string,
  options: TilesOptions = {},
): Promise<BuiltTiles> {
  const folder = freshFolder();
  const source = join(folder, `in.${ending}`);
  const path = join(folder, 'in.db');
  writeFileSync(source, content);
  await importMesh(source, path);
  const result = await buildTiles(path, options);
  return { path, result, ...openTiles(path) };
}

/** Opens the tiles of a database until the test ends. */
export function openTiles(path: string): Pick<BuiltTiles, 'db' | 'tiles'> {
  const db = MeshDatabase.open(path);
  onTestFinished(() => db.close());
  return { db, tiles: db.ask((connection) => TileReader.open(connection))! };
}

/** All rows of the tables of tiles, to compare. */
export function dumpTiles(path: string): Record<string, unknown[]> {
  const db = MeshDatabase.open(path);
  try {
    const tables = ['tile_set', 'tile_nodes', 'tile_meshes'];
    return Object.fromEntries(tables.map((table) => [table, [...db.select(`SELECT * FROM ${table}`)]]));
  } finally {
    db.close();
  }
}
