/**
 * Holds a file that is being made for one run alone, of this process or another one: by a lock of SQLite's on a file
 * beside it, which the system takes back whatever becomes of the process.
 */
import type Database from 'better-sqlite3';
import { FileError, systemCode } from '../../errors.js';
import { fileMark, isLink, removeFile } from '../../io/disk.js';
import { RandomAccessFile } from '../../io/random-access-file.js';
import { databaseError } from '../database-error.js';
import { openDatabase } from '../open-database.js';

/** How often a lock's file may be removed by others before it is held. */
const ATTEMPTS = 100;

export class BuildLock {
  private constructor(
    private readonly path: string,
    private readonly db: Database.Database,
  ) {}

  /** Throws FileError where another run has it, or where the lock's own file cannot be made. */
  static take(path: string): BuildLock {
    const lockPath = `${path}.lock`;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = fileMark(lockPath);
      const lock = new BuildLock(lockPath, openLocked(lockPath, path));
      const after = fileMark(lockPath);
      // Another run may have removed the file that was opened: what is held is worth nothing then.
      if (after !== undefined && (before === undefined || before === after)) return lock;
      lock.db.close();
    }
    throw otherRun(path);
  }

  release(): void {
    try {
      // While it is held: who opens one of that name from now on has a file of their own.
      removeFile(this.path);
    } finally {
      this.db.close();
    }
  }
}

function openLocked(lockPath: string, path: string): Database.Database {
  if (isLink(lockPath)) {
    throw new FileError(`${lockPath}: is a symbolic link; expected none under this name`, {
      hint: 'remove it, or choose another name for the database',
    });
  }
  let db: Database.Database | undefined;
  try {
    db = openDatabase(lockPath, { timeout: 0 });
    // Nothing is ever written.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    if (systemCode(error)?.startsWith('SQLITE_BUSY')) {
      throw otherRun(path);
    }
    // The system says better than SQLite why a file cannot be made.
    RandomAccessFile.open(lockPath, 'ensure').close();
    throw databaseError(error, lockPath);
  }
}

function otherRun(path: string): FileError {
  const hint = 'wait for it to end, or choose another name';
  return new FileError(`${path}: another run is making it`, { code: 'IMPORT_RUNNING', hint });
}
