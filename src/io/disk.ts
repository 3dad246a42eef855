/** What the file system says of folders and names: free space, sameness, removal. */
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmdirSync,
  rmSync,
  type Stats,
  statfsSync,
  statSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { FileError, fileError, systemCode } from '../errors.js';

/** What SQLite puts behind a database's name for the names of its journals. */
const JOURNALS = ['-journal', '-wal', '-shm'] as const;

/** Codes of the system where somebody may not write. */
const REFUSALS: readonly string[] = ['EACCES', 'EPERM', 'EROFS'];

/** What there is of the file system that holds a folder, in bytes. */
export interface DiskSpace {
  /** What an ordinary user may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Bytes that an ordinary user may still write in a folder. Throws FileError. */
export function freeBytes(folder: string): number {
  return diskSpace(folder).freeBytes;
}

/** How much room there is in a folder. Throws FileError. */
export function diskSpace(folder: string): DiskSpace {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch (error) {
    throw creationError(error, 'use the folder', join(folder, 'file'));
  }
}

/** Identity of the file system that holds a folder: equal for folders that share their free space. */
export function deviceOf(folder: string): number {
  return statOf(folder).dev;
}

/** Whether two paths name one existing file, through links or not; `-` names none. */
export function isSameFile(a: string, b: string): boolean {
  if (a === '-' || b === '-') return false;
  const [first, second] = [a, b].map(lookAt);
  return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}

/** What tells a file from any other that stands, or will stand, under its path; undefined where there is none. */
export function fileMark(path: string): string | undefined {
  const stat = lookAt(path);
  return stat && `${stat.dev}:${stat.ino}`;
}

/** The path of a file that there need not be, the same however its folder is named. */
export function truePath(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    // Whoever uses it will say what is the matter.
    return resolve(path);
  }
}

/** The folder of an output: through a symbolic link, such as /dev/fd/3, that of the file it leads to. */
export function outputFolder(path: string): string {
  try {
    return dirname(lstatSync(path).isSymbolicLink() ? realpathSync(path) : path);
  } catch {
    return dirname(path);
  }
}

/** What stands under a path if it is neither a regular file nor absent: `a directory`, `a pipe`. */
export function findOtherKind(path: string): string | undefined {
  const stat = lookAt(path);
  if (stat === undefined || stat.isFile()) return undefined;
  if (stat.isDirectory()) return 'a directory';
  if (stat.isFIFO()) return 'a pipe';
  return stat.isSocket() ? 'a socket' : 'a device';
}

/** Permissions of a file, without its type; undefined if there is none. */
export function fileMode(path: string): number | undefined {
  const stat = lookAt(path);
  return stat && stat.mode & 0o777;
}

/** Sets the permissions of a file, whatever the umask. Throws FileError. */
export function setFileMode(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (error) {
    throw fileError(error, 'set the permissions', path);
  }
}

/** Creates a folder, and those above it, unless they are there. Throws FileError. */
export function ensureFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw fileError(error, 'create', path);
  }
}

/** Whether a symbolic link stands under the path. */
export function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch {
    return false;
  }
}

/** Whether a file, and no folder, stands under the path. */
export function isFile(path: string): boolean {
  return lookAt(path)?.isFile() ?? false;
}

/** Size of a file in bytes. */
export function fileSize(path: string): number {
  return statOf(path).size;
}

/**
 * Turns a system error about creating a file or folder into a FileError. If the folder that it would be in is missing or
 * cannot be written to, the message is about that folder.
 */
export function creationError(error: unknown, action: string, path: string): unknown {
  const code = systemCode(error) ?? '';
  const folder = dirname(path);
  if (code === 'ENOENT' && lookAt(folder) === undefined) {
    return new FileError(`the folder ${folder} does not exist`, { code: 'FILE_NOT_FOUND', cause: error });
  }
  const isRefused = REFUSALS.includes(code) && isReadOnly(folder);
  return isRefused ? fileError(error, 'create files in this folder', folder) : fileError(error, action, path);
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw fileError(error, 'read', path);
  }
}

/** Removes a database file and its journals; absent files are no error. */
export function removeDatabase(path: string): void {
  removeFile(path);
  removeJournals(path);
}

/** Whether there is anything of what SQLite leaves beside a database that it has not finished with. */
export function hasJournals(path: string): boolean {
  return JOURNALS.some((suffix) => lookAt(path + suffix) !== undefined);
}

/** Whether SQLite's rollback journal stands beside a database: of a transaction that is open, or was killed. */
export function hasJournal(path: string): boolean {
  return lookAt(path + JOURNALS[0]) !== undefined;
}

/** Removes what SQLite may have left beside a database: a new one under the same name must not be given it. */
export function removeJournals(path: string): void {
  for (const suffix of JOURNALS) removeFile(path + suffix);
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // What cannot be looked at cannot be opened either, and that tells why.
    return undefined;
  }
}

/** Removes the spill files whose names begin with a path, but those that are to be kept; see {@link SpillFiles}. */
export function removeSpills(path: string, kept: readonly string[] = []): void {
  const [folder, beginning] = [dirname(path), `${basename(path)}.`];
  for (const other of listFolder(folder)) {
    if (!other.startsWith(beginning)) continue;
    const name = other.slice(beginning.length);
    if (/^\d+-[a-z-]+$/.test(name) && !kept.includes(name)) removeFile(join(folder, other));
  }
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw fileError(error, 'read', path);
  }
}

/** Whether a folder, and no link to one, stands under the path, and belongs to the user that this program runs as. */
export function isOwnFolder(path: string): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isDirectory() && stat.uid === (process.geteuid?.() ?? stat.uid);
  } catch {
    return false;
  }
}

/** Removes a folder if it is empty; an absent one is no error. Throws FileError. */
export function removeFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(systemCode(error) ?? '')) {
      throw fileError(error, 'remove', path);
    }
  }
}

/** Removes a file; an absent one is no error. Throws FileError. */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    // Where we may not look we cannot have made anything; that error has been told already.
    if (systemCode(error) !== 'EACCES') throw fileError(error, 'remove', path);
  }
}

/** Closes a file that has only been read: whether that fails makes no difference to what was read. */
export async function closeRead(handle: FileHandle | undefined): Promise<void> {
  await handle?.close().catch(() => undefined);
}

/**
 * The folder for temporary files: the one that is asked for, or the one that `beside` is in, or the system's if that is
 * `-` or stands where nothing may be written.
 */
export function chooseTempFolder(asked: string | undefined, beside: string): string {
  if (asked !== undefined) return asked;
  return beside === '-' || isReadOnly(dirname(beside)) ? systemTempFolder() : dirname(beside);
}

function isReadOnly(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch (error) {
    // Of a folder that is missing, the file that is to be in it tells.
    return REFUSALS.includes(systemCode(error) ?? '');
  }
}

/** The system's folder for temporary files. */
export function systemTempFolder(): string {
  return tmpdir();
}
