/**
 * Brings a database to the schema of this program: the files of migrations/, in the order of their numbers.
 *
 * Each migration and its version number commit together. A database from a newer program is refused.
 */
import type Database from 'better-sqlite3';
import { DatabaseError } from '../errors.js';
import { listPackageFolder, readPackageText } from '../io/package-file.js';

/** `OFLD` in ASCII: marks an SQLite file as ours. */
export const APPLICATION_ID = 0x4f464c44;

const FOLDER = 'migrations/';

/** The schema version that this program knows. */
export function schemaVersion(): number {
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

/** Throws DatabaseError unless the database is ours and of a version that this program knows. */
export function checkVersion(db: Database.Database): void {
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new DatabaseError(`${db.name}: an SQLite database, but not one of offload's`, {
      hint: 'offload import makes one',
    });
  }
  const version = readVersion(db);
  const known = schemaVersion();
  if (version > known) {
    throw new DatabaseError(
      `${db.name}: schema version ${version} is newer than this program knows (${known})`,
      { hint: 'a newer offload reads it' },
    );
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
