/**
 * Brings a database to the schema of this program: the files of migrations/, in the order of their numbers.
 *
 * Each migration and its version number commit together. A database from a newer program is refused.
 */
import type Database from 'better-sqlite3';
import { DatabaseError } from '../errors.js';
import { listPackageFolder, readPackageText } from '../io/package-file.js';
import { openInMemory } from './open-database.js';

/** `OFLD` in ASCII: marks an SQLite file as ours. */
const APPLICATION_ID = 0x4f464c44;

const FOLDER = 'migrations/';

/** The schema version that this program knows. */
function schemaVersion(): number {
  return migrations().length;
}

/** Applies what is missing. Throws DatabaseError for a database that is not ours or newer. */
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

/**
 * Gives a connection that cannot write the views of this program, as temporary ones, where a database of an earlier
 * version has others or none.
 */
export function shadowViews(db: Database.Database): void {
  if (readVersion(db) >= schemaVersion()) return;
  const current = openInMemory();
  try {
    migrate(current);
    const list = "SELECT sql FROM sqlite_schema WHERE type = 'view'";
    for (const sql of current.prepare(list).pluck().all() as string[]) {
      db.exec(sql.replace('CREATE VIEW', 'CREATE TEMP VIEW'));
    }
  } finally {
    current.close();
  }
}

/** Throws DatabaseError unless the database is ours and of a version that this program knows. */
export function checkVersion(db: Database.Database): void {
  if (db.pragma('page_count', { simple: true }) === 0) {
    throw new DatabaseError(`${db.name}: the file is empty (0 bytes); expected a database`, {
      code: 'DATABASE_FOREIGN',
      hint: '`importMesh` makes one',
    });
  }
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new DatabaseError(`${db.name}: an SQLite database, but not one of offload's`, {
      code: 'DATABASE_FOREIGN',
      hint: '`importMesh` makes one',
    });
  }
  const version = readVersion(db);
  const known = schemaVersion();
  if (version > known) {
    throw new DatabaseError(
      `${db.name}: schema version ${version} is newer than this program knows (${known})`,
      { code: 'DATABASE_NEWER', hint: 'a newer offload reads it' },
    );
  }
}

/** Tables of a mesh and, of those whose pages are read as they are, the columns. */
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

/** Throws DatabaseError where a table is missing, or is something else under its name. */
export function checkSchema(db: Database.Database): void {
  const hint = 'import the source again';
  const list = db.prepare("SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND name = ?");
  for (const [name, columns] of Object.entries(TABLES)) {
    const found = list.get(name) as { type: string; wr: number } | undefined;
    const expected = `expected the table ${name}`;
    if (found === undefined)
      throw new DatabaseError(`${db.name}: nothing is called ${name}; ${expected}`, {
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

function readVersion(db: Database.Database): number {
  return db.pragma('user_version', { simple: true }) as number;
}

function migrations(): string[] {
  return listPackageFolder(FOLDER).filter((name) => /^\d{4}_\w+\.sql$/.test(name));
}

/** Whether a database has a table: those of earlier versions have fewer. */
export function hasTable(db: Database.Database, name: string): boolean {
  const sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?)";
  return db.prepare(sql).pluck().get(name) === 1;
}
