/** Queries and operations of the file system on folders and names: free space, identity, removal. */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
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

/** Suffixes that SQLite appends to a database's name for its journals. */
const JOURNALS = ['-journal', '-wal', '-shm'] as const;

/** System codes of a missing permission to write. */
const REFUSALS: readonly string[] = ['EACCES', 'EPERM', 'EROFS'];

/** The space of the file system that holds a folder, in bytes. */
export interface DiskSpace {
  /** The space available to an ordinary user. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** Returns the bytes that an ordinary user may still write in a folder. Throws FileError. */
export function freeBytes(folder: string): number {
  return diskSpace(folder).freeBytes;
}

/** Measures the space of a folder's file system. Throws FileError. */
export function diskSpace(folder: string): DiskSpace {
  try {
    const { bavail, blocks, bsize } = statfsSync(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch (error) {
    throw creationError(error, 'use the folder', join(folder, 'file'));
  }
}

/** Returns the identity of a folder's file system; folders with equal ones share their free space. */
export function deviceOf(folder: string): number {
  return statOf(folder).dev;
}

/** Whether two paths lead to the same existing file, with or without links; `-` is no file. */
export function isSameFile(a: string, b: string): boolean {
  if (a === '-' || b === '-') return false;
  const [first, second] = [a, b].map(lookAt);
  return first !== undefined && second !== undefined && first.ino === second.ino && first.dev === second.dev;
}

/** Returns a mark that distinguishes a file from any other, also later, under its path; undefined if it is absent. */
export function fileMark(path: string): string | undefined {
  const stat = lookAt(path);
  return stat && `${stat.dev}:${stat.ino}`;
}

/** Resolves the path of a file, which need not exist, independently of links to its folder. */
export function truePath(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    // Code that uses the path will report the error.
    return resolve(path);
  }
}

/** Returns the folder of an output. A symbolic link, such as /dev/fd/3, is followed to its target. */
export function outputFolder(path: string): string {
  try {
    return dirname(lstatSync(path).isSymbolicLink() ? realpathSync(path) : path);
  } catch {
    return dirname(path);
  }
}

/** Describes what is under a path if it is neither a regular file nor absent: `a directory`, `a pipe`. */
export function findOtherKind(path: string): string | undefined {
  const stat = lookAt(path);
  if (stat === undefined || stat.isFile()) return undefined;
  if (stat.isDirectory()) return 'a directory';
  if (stat.isFIFO()) return 'a pipe';
  return stat.isSocket() ? 'a socket' : 'a device';
}

/** Returns the permissions of a file, without its type; undefined if there is none. */
export function fileMode(path: string): number | undefined {
  const stat = lookAt(path);
  return stat && stat.mode & 0o777;
}

/** Sets the permissions of a file, regardless of the umask. Throws FileError. */
export function setFileMode(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
  } catch (error) {
    throw fileError(error, 'set the permissions', path);
  }
}

/** Creates a folder and its parents unless they exist. Throws FileError. */
export function ensureFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw fileError(error, 'create', path);
  }
}

/** Whether the path is a symbolic link. */
export function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch {
    return false;
  }
}

/** Whether the path leads to a regular file. */
export function isFile(path: string): boolean {
  return lookAt(path)?.isFile() ?? false;
}

/** Returns the size of a file in bytes. */
export function fileSize(path: string): number {
  return statOf(path).size;
}

/** Reads the first bytes of a file into `target`; returns how many. Throws FileError. */
export function readHead(path: string, target: Uint8Array): number {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    return readSync(descriptor, target, 0, target.length, 0);
  } catch (error) {
    throw fileError(error, 'read', path);
  } finally {
    if (descriptor !== undefined) closeReadSync(descriptor);
  }
}

/**
 * Converts a system error about creating a file or folder to a FileError. If the parent folder is missing or not
 * writable, the message is about that folder.
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

/** Whether SQLite has left any journal of unfinished work beside a database. */
export function hasJournals(path: string): boolean {
  return JOURNALS.some((suffix) => lookAt(path + suffix) !== undefined);
}

/** Whether a rollback journal exists beside a database, from an open or a killed transaction. */
export function hasJournal(path: string): boolean {
  return lookAt(path + JOURNALS[0]) !== undefined;
}

/** Removes SQLite's journals beside a database, so that a new database of that name does not get them. */
export function removeJournals(path: string): void {
  for (const suffix of JOURNALS) removeFile(path + suffix);
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // If this fails, opening the file fails too, and reports why.
    return undefined;
  }
}

/** Removes the spill files whose names begin with a path, except those in `kept`; see {@link SpillFiles}. */
export function removeSpills(path: string, kept: readonly string[] = []): void {
  const [folder, beginning] = [dirname(path), `${basename(path)}.`];
  for (const other of listFolder(folder)) {
    if (!other.startsWith(beginning)) continue;
    const name = other.slice(beginning.length);
    if (/^\d+-[a-z-]+$/.test(name) && !kept.includes(name)) removeFile(join(folder, other));
  }
}

/** Lists the names in a folder; none if it does not exist. Throws FileError. */
export function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw fileError(error, 'read', path);
  }
}

/** Whether the path is a folder, not a link to one, and belongs to the user of this process. */
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
    // Without permission here we cannot have created anything, and that error has already been reported.
    if (systemCode(error) !== 'EACCES') throw fileError(error, 'remove', path);
  }
}

/** Closes a file that was only read; a failure does not affect what was read. */
export function closeReadSync(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // Nothing is lost.
  }
}

/** Closes a file that was only read; a failure does not affect what was read. */
export async function closeRead(handle: FileHandle | undefined): Promise<void> {
  await handle?.close().catch(() => undefined);
}

/**
 * Chooses the folder for temporary files: the requested one, else the folder of `beside`, else the system's if `beside`
 * is `-` or in a folder that is not writable.
 */
export function chooseTempFolder(asked: string | undefined, beside: string): string {
  if (asked !== undefined) return asked;
  return beside === '-' || isReadOnly(dirname(beside)) ? systemTempFolder() : dirname(beside);
}

/** Whether a file or a folder exists and may be written. */
export function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isReadOnly(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return false;
  } catch (error) {
    // Creating the file will report a missing folder.
    return REFUSALS.includes(systemCode(error) ?? '');
  }
}

/** Returns the system's folder for temporary files. */
export function systemTempFolder(): string {
  return tmpdir();
}
