/** Converts SQLite's errors to offload's own. */

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
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
import { RandomAccessFile } from '../io/random-access-file.js';
import { isSqliteError } from './open-database.js';

/** Converts errors of opening or creating a database to ones that the user can act on; returns others as they are. */
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

/** Creates the error for a better-sqlite3 without a binary for this system, or with one that Node cannot load. */
function missingSqlite(cause: Error): DatabaseError {
  const folder = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
  const [reason] = cause.message.split('\n');
  const system = `${process.platform}-${process.arch} and Node ${process.versions.node}`;
  return new DatabaseError(`SQLite for ${system} cannot be loaded: ${reason}`, {
    cause,
    hint: `compile it: npx node-gyp rebuild --release -C ${folder}`,
  });
}

/** Explains why SQLite cannot open a database or its own files; the system gives a better reason. */
function cannotOpen(path: string, cause: Error): unknown {
  try {
    RandomAccessFile.open(path, 'read').close();
  } catch (error) {
    return error;
  }
  return new FileError(`${path}: cannot create the files that SQLite needs beside it`, {
    code: 'ACCESS_DENIED',
    cause,
    hint: 'run the command with permission to write to its folder, or copy the database',
  });
}

/** Converts an SQLite error to one that the user can act on; returns others as they are. */
export function sqliteError(error: unknown, path: string): unknown {
  if (!isSqliteError(error)) return error;
  const { code, message } = error;
  const cause = error;
  if (code.startsWith('SQLITE_CANTOPEN') && isFile(`${path}.partial`)) {
    const hint = `${path}.partial is a running or interrupted import; the same \`importMesh\` resumes it`;
    return new FileError(`${path}: does not exist yet`, { code: 'IMPORT_STOPPED', cause, hint });
  }
  if (code.startsWith('SQLITE_CANTOPEN')) {
    return cannotOpen(path, cause);
  }
  if (code === 'SQLITE_NOTADB') {
    return new DatabaseError(`${path}: not a database; expected one made by offload import`, {
      code: 'DATABASE_FOREIGN',
      cause,
      hint: '`convertMesh` converts a mesh file to OFF, `importMesh` imports it into a database',
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
  // If SQLite lacks memory for reading or writing, the disk has not failed.
  if (code.startsWith('SQLITE_IOERR') && code !== 'SQLITE_IOERR_NOMEM') {
    const action = /READ$/.test(code) ? 'read' : 'write';
    return new FileError(`${path}: cannot ${action}: input/output error`, { cause, hint: FAILING_HINT });
  }
  return new DatabaseError(`${path}: ${message}`, { cause });
}
