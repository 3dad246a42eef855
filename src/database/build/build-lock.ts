/**
 * Reserves an unfinished file for one run, in this process or another. An SQLite lock on a file beside it does this;
 * the system releases it however the process ends.
 */
import type Database from 'better-sqlite3';
import { FileError, systemCode } from '../../errors.js';
import { fileMark, isLink, removeFile } from '../../io/disk.js';
import { RandomAccessFile } from '../../io/random-access-file.js';
import { databaseError } from '../database-error.js';
import { openDatabase } from '../open-database.js';

/** The most times that other runs may remove the lock file before it is held. */
const ATTEMPTS = 100;

export class BuildLock {
  private constructor(
    private readonly path: string,
    private readonly db: Database.Database,
  ) {}

  /** Throws FileError if another run holds the lock, or if the lock file cannot be created. */
  static take(path: string): BuildLock {
    const lockPath = `${path}.lock`;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const before = fileMark(lockPath);
      const lock = new BuildLock(lockPath, openLocked(lockPath, path));
      const after = fileMark(lockPath);
      // Another run may have removed the opened file; a lock on it would be worthless.
      if (after !== undefined && (before === undefined || before === after)) return lock;
      lock.db.close();
    }
    throw otherRun(path);
  }

  release(): void {
    try {
      // While it is held: processes that open this name from now on get a new file.
      removeFile(this.path);
    } finally {
      this.db.close();
    }
  }
}

function openLocked(lockPath: string, path: string): Database.Database {
  if (isLink(lockPath)) {
    throw new FileError(`${lockPath}: is a symbolic link; expected no link under this name`, {
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
    // The system explains better than SQLite why a file cannot be created.
    RandomAccessFile.open(lockPath, 'ensure').close();
    throw databaseError(error, lockPath);
  }
}

function otherRun(path: string): FileError {
  const hint = 'wait until it ends, or choose another name';
  return new FileError(`${path}: another run is writing it`, { code: 'IMPORT_RUNNING', hint });
}
