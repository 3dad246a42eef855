/**
 * A folder for temporary files that its process holds by a lock. If the process is killed, the system releases the lock, and
 * the next run that looks removes the folder.
 *
 * The lock is SQLite's, on an empty database in the folder: Node has none for files. Numbers of processes would not tell,
 * because containers that share a disk do not see those of each other.
 */

import { dirname, join } from 'node:path';
import { FileError } from '../errors.js';
import { isFile, isOwnFolder } from '../io/disk.js';
import { listWorkFolders, removeWorkFolder, WorkFolder } from '../io/work-folder.js';
import { type Connection, isSqliteError, openDatabase } from './open-database.js';

/** The database that is locked. */
const LOCK = 'lock';

export class HeldFolder {
  private work: WorkFolder;
  private lock: Connection | undefined;

  /** Like {@link WorkFolder}: the folder is next to the path `beside`, and created when needed. */
  constructor(private readonly beside: string) {
    this.work = new WorkFolder(beside);
  }

  /** Returns the path of a file in the folder, which is created if needed. Throws FileError. */
  file(name: string): string {
    this.lock ??= this.hold();
    return this.work.file(name);
  }

  /** Removes the folder and its content; may be called again. Throws FileError. */
  remove(): void {
    this.lock?.close();
    this.lock = undefined;
    this.work.remove();
  }

  private hold(): Connection {
    for (;;) {
      const path = this.work.file(LOCK);
      try {
        const lock = openDatabase(path, { timeout: 0 });
        // Without locks in the file system, nobody else gets one either, and the folder stays.
        if (takeLock(lock) !== 'busy' && isFile(path)) return lock;
        lock.close();
      } catch (error) {
        if (!isSqliteError(error) || isOwnFolder(dirname(path))) throw error;
      }
      // Another run has removed it before it was locked.
      this.work = new WorkFolder(this.beside);
    }
  }
}

/** Removes the held folders in a folder whose processes were killed. What cannot be removed stays. */
export function removeDeadFolders(parent: string): void {
  tolerate(() => {
    for (const folder of listWorkFolders(parent)) removeIfDead(folder);
  });
}

function removeIfDead(folder: string): void {
  const path = join(folder, LOCK);
  if (!isFile(path)) return;
  let lock: Connection | undefined;
  let isDead = false;
  try {
    lock = openDatabase(path, { fileMustExist: true, timeout: 0 });
    isDead = takeLock(lock) === 'taken';
    // Before the lock is released: a process that has just created the folder finds out.
    if (isDead) tolerate(() => removeWorkFolder(folder));
  } catch (error) {
    // Another run has removed it meanwhile.
    if (!isSqliteError(error)) throw error;
  } finally {
    lock?.close();
  }
  // Windows keeps files that are open.
  if (isDead) tolerate(() => removeWorkFolder(folder));
}

/** Runs an action, and goes on if the system refuses: what another run has left is no reason to fail. */
function tolerate(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
}

/** Locks an empty database as long as its connection is open. */
function takeLock(lock: Connection): 'taken' | 'busy' | 'refused' {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return 'taken';
  } catch (error) {
    if (!isSqliteError(error)) throw error;
    return error.code.startsWith('SQLITE_BUSY') ? 'busy' : 'refused';
  }
}
