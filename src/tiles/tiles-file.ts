/**
 * Tiles in a file of their own, beside a database that cannot be written. The file names the import that its tiles are of:
 * for any other mesh it is out of date.
 */

import { whileBusy } from '../database/busy.js';
import { databaseError } from '../database/database-error.js';
import { MeshDatabase } from '../database/mesh-database.js';
import type { MeshUpdate } from '../database/mesh-update.js';
import { hasTable } from '../database/migrate.js';
import { type Connection, openDatabase } from '../database/open-database.js';
import type { MeshRows } from '../database/rows/selection.js';
import { DatabaseError } from '../errors.js';
import { fileSize, isFile } from '../io/disk.js';
import { TileReader } from './tile-reader.js';

const CREATE = 'CREATE TABLE tile_origin (origin TEXT NOT NULL) STRICT';

/** Where new tiles go: into the database of their mesh, or into a file of their own. */
export type TileTarget = Pick<MeshUpdate, 'path' | 'rows' | 'run' | 'steps' | 'commit' | 'close'>;

/** Opens the tiles of a mesh in a file; undefined if there are none, or they are out of date. Throws DatabaseError. */
export function openTilesFile(
  path: string,
  mesh: MeshDatabase,
): { readonly tiles: TileReader; readonly close: () => void } | undefined {
  if (!isFile(path) || fileSize(path) === 0) return undefined;
  const db = openDatabase(path, { readonly: true, fileMustExist: true });
  try {
    checkKind(db);
    const tiles = isOf(db, mesh) ? mesh.ask((connection) => TileReader.open(db, connection)) : undefined;
    if (tiles !== undefined) return { tiles, close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
  db.close();
  return undefined;
}

/**
 * New tiles of a mesh, to be stored in a file of their own, which is created if it does not exist. Everything is one
 * transaction, like that of a {@link MeshUpdate}.
 */
export class TilesFileUpdate implements TileTarget {
  private constructor(
    readonly path: string,
    private readonly mesh: MeshDatabase,
    private readonly db: Connection,
  ) {}

  /** Throws the errors of {@link MeshDatabase.open}, and DatabaseError if the file has something else. */
  static open(database: string, path: string): TilesFileUpdate {
    const mesh = MeshDatabase.open(database);
    let db: Connection | undefined;
    try {
      db = openDatabase(path);
      db.pragma('foreign_keys = OFF');
      db.exec('BEGIN IMMEDIATE');
      checkKind(db);
      db.exec(`DROP TABLE IF EXISTS tile_origin; ${CREATE}`);
      db.prepare('INSERT INTO tile_origin VALUES (?)').run(originOf(mesh));
      return new TilesFileUpdate(path, mesh, db);
    } catch (error) {
      db?.close();
      mesh.close();
      throw databaseError(error, path);
    }
  }

  rows(): MeshRows {
    return this.mesh.rows();
  }

  run<T>(action: (mesh: Connection) => T): T {
    return this.mesh.ask(action);
  }

  *steps<T>(action: (tiles: Connection) => Iterable<T>): Generator<T> {
    try {
      yield* action(this.db);
    } catch (error) {
      throw databaseError(error, this.path);
    }
  }

  async commit(): Promise<void> {
    const { db, path } = this;
    try {
      await whileBusy(() => db.exec('COMMIT'));
    } catch (error) {
      throw databaseError(error, path);
    }
  }

  close(): void {
    this.db.close();
    this.mesh.close();
  }
}

/** Throws DatabaseError if the file has tables of something else. */
function checkKind(db: Connection): void {
  const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all() as string[];
  if (names.every((name) => name.startsWith('tile_'))) return;
  throw new DatabaseError(`${db.name}: has the table ${names[0]}; expected a file of tiles`, {
    code: 'DATABASE_FOREIGN',
    hint: 'choose another file for the tiles',
  });
}

function isOf(db: Connection, mesh: MeshDatabase): boolean {
  if (!hasTable(db, 'tile_origin')) return false;
  return db.prepare('SELECT origin FROM tile_origin LIMIT 1').pluck().get() === originOf(mesh);
}

/** Identifies an import by its counts and by when each source was imported. */
function originOf(mesh: MeshDatabase): string {
  const { triangles, vertices } = mesh.totals();
  return JSON.stringify([triangles, vertices, mesh.sources().map(({ id, imported }) => [id, imported])]);
}
