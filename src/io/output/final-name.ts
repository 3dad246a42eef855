/**
 * How finished files and folders get their final names: in one step, so that nobody ever sees a part of them, and never
 * in the place of something that may not be replaced.
 */
import { statSync } from 'node:fs';
import { link, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FileError, fileError, systemCode } from '../../errors.js';
import { hasJournals, removeFile, removeJournals } from '../disk.js';
import { mayReplace } from './output-check.js';

/** Codes of file systems, and of systems, that have no hard links. */
const UNLINKED: readonly (string | undefined)[] = [
  'EACCES',
  'EINVAL',
  // Windows, on FAT and its like.
  'EISDIR',
  'EMLINK',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EPERM',
  'EXDEV',
];

/** Codes for a name that something else has. */
const TAKEN: readonly (string | undefined)[] = ['EEXIST', 'EISDIR', 'ENOTDIR', 'ENOTEMPTY'];

/**
 * Gives a complete file, which is on the disk, its final name, and brings that to the disk: a power cut leaves what stood
 * there before, or what is there now. Returns false, and leaves the file under its first name, if something stands under
 * the final name that is not to be replaced. Throws FileError.
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
 * Gives a complete database its final name, like {@link nameFile}. Of a former database what SQLite has not finished with
 * goes with it: the new one must not be given that.
 */
export async function nameDatabase(partial: string, path: string, replaces: boolean): Promise<boolean> {
  if (replaces ? !mayReplace(path, 'database') : isThere(path)) return false;
  if (hasJournals(path)) {
    // In this order: without its journal the old database would only look complete.
    removeFile(path);
    await syncNames(dirname(path), path);
    removeJournals(path);
  }
  return nameFile(partial, path, replaces, 'database');
}

/** The error for a finished output whose name was taken meanwhile; `kept` is where it is now. */
export function nameTaken(path: string, kept: string): FileError {
  return new FileError(`${path}: was created by another program meanwhile; the complete output is ${kept}`, {
    code: 'FILE_EXISTS',
    hint: `move ${kept} to another name, or over ${path}`,
  });
}

/** Codes of systems that bring no folder to the disk, or not this one, which may be written to but not be read. */
const UNSYNCED: readonly (string | undefined)[] = ['EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM'];

/** Brings the names in a folder to the disk, that of `path` among them. Throws FileError. */
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
    const hint = 'what has its name is whole, but a power cut may still take the name away';
    const { message, code } = fileError(error, 'bring its name to the disk', path) as FileError;
    throw new FileError(message, { code, hint, cause: error });
  }
}

/** Renames a file unless the name is taken: rename(2) would replace what has it, link(2) fails. */
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

/** Does the same without hard links: an empty file that only this run can have created reserves the name. */
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
