/** Finds the tiles of a mesh: in its database, or in one of some files. */

import type { MeshDatabase } from '../database/mesh-database.js';
import { TileReader } from '../tiles/tile-reader.js';
import { openTilesFile } from '../tiles/tiles-file.js';

/** Opens the tiles that are up to date; undefined if there are none. `close` does not close the database. */
export function openTiles(
  db: MeshDatabase,
  files: readonly string[],
): { readonly tiles: TileReader; readonly close: () => void } | undefined {
  const tiles = db.ask((connection) => TileReader.open(connection));
  if (tiles !== undefined) return { tiles, close: () => undefined };
  for (const file of files) {
    const opened = openTilesFile(file, db);
    if (opened !== undefined) return opened;
  }
  return undefined;
}
