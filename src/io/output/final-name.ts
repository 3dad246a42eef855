/**
 * Gives finished files and folders their final names in one step: they are never visible in part, and nothing is
 * replaced without permission.
 */
import { statSync } from 'node:fs';
import { link, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileError, fileError, systemCode } from '../../errors.js';
import { hasJournals, removeFile, removeJournals } from '../disk.js';
import { mayReplace } from './output-check.js';

/** Codes of file systems and operating systems without hard links. */
const UNLINKED: readonly (string | undefined)[] = [
  'EACCES',
  'EINVAL',
  // Windows, on FAT and similar file systems.
  'EISDIR',
  'EMLINK',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EPERM',
  'EXDEV',
];

/** Codes for a name that is already taken. */
const TAKEN: readonly (string | undefined)[] = ['EEXIST', 'EISDIR', 'ENOTDIR', 'ENOTEMPTY'];

/**
 * Gives a complete, synced file its final name, and syncs that name: a power failure leaves the old file or the new
 * one. Returns false and keeps the file under its first name if something that may not be replaced has the final name.
 * Throws FileError.
 */
export async function nameFile(
  partial: string,
  path: string,
  replaces: boolean,
  kind: 'database' | 'file' = 'file',
): Promise<boolean> {
  if (replaces && !mayReplace(path, kind)) return false;
  try {
    if (replaces) await rename(partial, path);
    else if (!(await moveToFreeName(partial, path))) return false;
  } catch (error) {
    throw fileError(error, 'write', path);
  }
  await syncNames(dirname(path), path);
  return true;
}

/** Gives a complete folder its final name, like {@link nameFile}; only an empty folder is replaced. */
export async function nameFolder(partial: string, path: string): Promise<boolean> {
  try {
    await rename(partial, path);
  } catch (error) {
    if (TAKEN.includes(systemCode(error))) return false;
    throw fileError(error, 'write', path);
  }
  await syncNames(dirname(path), path);
  return true;
}

/**
 * Gives a complete database its final name, like {@link nameFile}. Journals of a former database are removed with it:
 * the new one must not get them.
 */
export async function nameDatabase(partial: string, path: string, replaces: boolean): Promise<boolean> {
  if (replaces ? !mayReplace(path, 'database') : isThere(path)) return false;
  if (hasJournals(path)) {
    // In this order: without its journal, the old database would only look complete.
    removeFile(path);
    await syncNames(dirname(path), path);
    removeJournals(path);
  }
  return nameFile(partial, path, replaces, 'database');
}

/** Creates the error for a finished output whose name was taken in the meantime; `kept` is its current path. */
export function nameTaken(path: string, kept: string): FileError {
  return new FileError(`${path}: was created by another program meanwhile; the complete output is ${kept}`, {
    code: 'FILE_EXISTS',
    hint: `move ${kept} to another name, or over ${path}`,
  });
}

/** Codes of systems that cannot sync a folder, or not this one, which is writable but not readable. */
const UNSYNCED: readonly (string | undefined)[] = ['EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM'];

/** Syncs the names in a folder, including `path`. Throws FileError. */
export async function syncNames(folder: string, path: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (UNSYNCED.includes(systemCode(error))) return;
    const hint = 'the output is complete, but a power failure may still undo its renaming';
    const { message, code } = fileError(error, 'sync its name to the disk', path) as FileError;
    throw new FileError(message, { code, hint, cause: error });
  }
}

/** Renames a file unless the name is taken: rename(2) would replace the other file, link(2) fails. */
async function moveToFreeName(partial: string, path: string): Promise<boolean> {
  try {
    await link(partial, path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    if (!UNLINKED.includes(systemCode(error))) throw error;
    return moveToReservedName(partial, path);
  }
  removeFile(partial);
  return true;
}

/** Renames a file without hard links: an empty file that only this run can have created reserves the name. */
async function moveToReservedName(partial: string, path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await rename(partial, path);
  } catch (error) {
    removeFile(path);
    throw error;
  }
  return true;
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw fileError(error, 'write', path);
  }
}
