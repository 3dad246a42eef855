/**
 * Migrates a database to the schema of this program with the files of migrations/, in numerical order.
 *
 * Each migration and its version number commit together. A database from a newer program is refused.
 */
import type Database from 'better-sqlite3';
import { DatabaseError } from '../errors.js';
import { listPackageFolder, readPackageText } from '../io/package/package-file.js';

/** `OFLD` in ASCII, which marks an SQLite file as offload's. */
const APPLICATION_ID = 0x4f464c44;

const FOLDER = 'migrations/';

/** Returns the schema version of this program. */
export function schemaVersion(): number {
  return migrations().length;
}

/** Applies missing migrations. Throws DatabaseError for a foreign or newer database. */
export function migrate(db: Database.Database): void {
  const names = migrations();
  const isNew = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (!isNew) checkVersion(db);
  for (let version = readVersion(db); version < names.length; version++) {
    db.transaction(() => {
      db.exec(readPackageText(FOLDER + names[version]));
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${version + 1}`);
    })();
  }
}

/** Throws DatabaseError unless the database is offload's and of a known version. */
export function checkVersion(db: Database.Database): void {
  if (db.pragma('page_count', { simple: true }) === 0) {
    throw new DatabaseError(`${db.name}: the file is empty (0 bytes); expected a database`, {
      code: 'DATABASE_FOREIGN',
      hint: '`importMesh` creates one',
    });
  }
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new DatabaseError(`${db.name}: an SQLite database, but not an offload database`, {
      code: 'DATABASE_FOREIGN',
      hint: '`importMesh` creates one',
    });
  }
  const version = readVersion(db);
  const known = schemaVersion();
  if (version > known) {
    throw new DatabaseError(
      `${db.name}: schema version ${version} is newer than this program knows (${known})`,
      { code: 'DATABASE_NEWER', hint: 'use a newer version of offload' },
    );
  }
}

/** The tables of a mesh and, for those whose pages are read directly, their columns. */
const TABLES: Readonly<Record<string, readonly string[] | undefined>> = {
  vertices: ['id', 'x', 'y', 'z'],
  triangles: ['id', 'a', 'b', 'c'],
  sources: undefined,
  parts: undefined,
  part_runs: undefined,
  vertex_colors: undefined,
  triangle_colors: undefined,
  vertex_normals: undefined,
  stl_attributes: undefined,
  checkpoints: undefined,
};

/** Throws DatabaseError if a table is missing, or its name belongs to something else. */
export function checkSchema(db: Database.Database): void {
  const hint = 'import the source again';
  const list = db.prepare("SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND name = ?");
  for (const [name, columns] of Object.entries(TABLES)) {
    const found = list.get(name) as { type: string; wr: number } | undefined;
    const expected = `expected the table ${name}`;
    if (found === undefined)
      throw new DatabaseError(`${db.name}: ${name} is missing; ${expected}`, {
        code: 'DATABASE_DAMAGED',
        hint,
      });
    if (found.type !== 'table' || found.wr !== 0) {
      const what = found.type === 'table' ? 'a table without rowids' : `a ${found.type}`;
      throw new DatabaseError(`${db.name}: ${name} is ${what}; ${expected}`, {
        code: 'DATABASE_DAMAGED',
        hint,
      });
    }
    if (columns === undefined) continue;
    const info = db.pragma(`table_xinfo(${name})`) as {
      name: string;
      type: string;
      pk: number;
      hidden: number;
    }[];
    const isOurs =
      info.map((column) => column.name).join() === columns.join() &&
      info.every(
        ({ hidden, pk, type }, k) => hidden === 0 && (k > 0 ? pk === 0 : pk === 1 && type === 'INTEGER'),
      );
    if (isOurs) continue;
    const names = info.map((column) => column.name).join(', ');
    throw new DatabaseError(`${db.name}: ${name} has the columns ${names}; expected ${columns.join(', ')}`, {
      code: 'DATABASE_DAMAGED',
      hint,
    });
  }
}

/** Returns the schema version of a database. */
export function readVersion(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

function migrations(): string[] {
  return listPackageFolder(FOLDER).filter((name) => /^\d{4}_\w+\.sql$/.test(name));
}

/** Whether a database has a table; earlier versions have fewer. */
export function hasTable(db: Database.Database, name: string): boolean {
  const sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?)";
  return db.prepare(sql).pluck().get(name) === 1;
}
