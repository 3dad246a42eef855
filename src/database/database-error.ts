/** SQLite's errors in the words of the house. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import {
  DatabaseError,
  FAILING_HINT,
  FileError,
  FULL_HINT,
  fileError,
  MeshError,
  systemCode,
} from '../errors.js';
import { isFile } from '../io/disk.js';

/** What goes wrong where a database is opened or made, as an error that the user can act on; anything else as it is. */
export function databaseError(error: unknown, path: string): unknown {
  if (error instanceof MeshError || !(error instanceof Error)) return error;
  if (/directory does not exist/.test(error.message)) {
    return new FileError(`${path}: cannot open: no such file or directory`, {
      code: 'FILE_NOT_FOUND',
      cause: error,
    });
  }
  if (['ERR_DLOPEN_FAILED', 'MODULE_NOT_FOUND'].includes(systemCode(error) ?? ''))
    return missingSqlite(error);
  const explained = sqliteError(error, path);
  return explained === error ? fileError(error, 'open', path) : explained;
}

/** What is wrong if better-sqlite3 has no binary for this system, or one that Node cannot load. */
function missingSqlite(cause: Error): DatabaseError {
  const folder = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
  const [reason] = cause.message.split('\n');
  const system = `${process.platform}-${process.arch} and Node ${process.versions.node}`;
  return new DatabaseError(`SQLite for ${system} cannot be loaded: ${reason}`, {
    cause,
    hint: `compile it: npx node-gyp rebuild --release -C ${folder}`,
  });
}

/** An SQLite error as one that the user can act on; anything else as it is. */
export function sqliteError(error: unknown, path: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code, message } = error;
  const cause = error;
  if (code.startsWith('SQLITE_CANTOPEN') && isFile(`${path}.partial`)) {
    const hint = `${path}.partial is an import that is at work or was stopped: the same \`importMesh\` goes on with it`;
    return new FileError(`${path}: is not there yet`, { code: 'IMPORT_STOPPED', cause, hint });
  }
  if (code.startsWith('SQLITE_CANTOPEN')) {
    return new FileError(`${path}: cannot open: no such database, or no permission to read it`, {
      code: isFile(path) ? 'ACCESS_DENIED' : 'FILE_NOT_FOUND',
      cause,
    });
  }
  if (code === 'SQLITE_NOTADB') {
    return new DatabaseError(`${path}: not an SQLite database; expected one made by offload import`, {
      code: 'DATABASE_FOREIGN',
      cause,
      hint: '`importMesh` makes a database from a mesh file',
    });
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return new DatabaseError(`${path}: another program is writing to it`, {
      code: 'DATABASE_BUSY',
      cause,
      hint: 'try again later',
    });
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new DatabaseError(`${path}: damaged: ${message}`, {
      code: 'DATABASE_DAMAGED',
      cause,
      hint: 'import the source again',
    });
  }
  if (code.startsWith('SQLITE_FULL')) {
    return new FileError(`${path}: cannot write: no space left on the device`, {
      code: 'DISK_FULL',
      cause,
      hint: FULL_HINT,
    });
  }
  // Memory that SQLite misses for reading and writing is no failure of a disk.
  if (code.startsWith('SQLITE_IOERR') && code !== 'SQLITE_IOERR_NOMEM') {
    const action = /READ$/.test(code) ? 'read' : 'write';
    return new FileError(`${path}: cannot ${action}: input/output error`, { cause, hint: FAILING_HINT });
  }
  return new DatabaseError(`${path}: ${message}`, { cause });
}
