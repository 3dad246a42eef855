/** Small files that survive a power failure in their last reported state. */
import { constants } from 'node:fs';
import { copyFile, type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError, systemCode } from '../../errors.js';
import { removeFile } from '../disk.js';
import { syncNames } from './final-name.js';

/** Brings the contents of files to the disk, whoever wrote them. Throws FileError. */
export async function syncFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await use(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0), (file) => file.datasync());
  }
}

/** Copies a file to a new one and brings it to the disk. Throws FileError. */
export async function copyDurably(from: string, to: string): Promise<void> {
  try {
    removeFile(to);
    await copyFile(from, to, constants.COPYFILE_EXCL);
  } catch (error) {
    throw fileError(error, 'write', to);
  }
  await syncFiles([to]);
}

/** Replaces a small file atomically: readers find the old text or the new one. Throws FileError. */
export async function replaceText(path: string, text: string): Promise<void> {
  const next = nextOf(path);
  try {
    removeFile(next);
    await use(next, 'wx', async (file) => {
      await file.writeFile(text);
      await file.sync();
    });
    await rename(next, path);
  } catch (error) {
    removeFile(next);
    throw fileError(error, 'write', path);
  }
  await syncNames(dirname(path), path);
}

/** Removes the file of {@link replaceText}, and its unfinished successor. Throws FileError. */
export function removeText(path: string): void {
  removeFile(path);
  removeFile(nextOf(path));
}

/** Reads the text that {@link replaceText} wrote; undefined if there is no such file. Throws FileError. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw fileError(error, 'read', path);
  }
}

function nextOf(path: string): string {
  return `${path}.next`;
}

async function use(
  path: string,
  flags: string | number,
  action: (file: FileHandle) => Promise<void>,
): Promise<void> {
  try {
    const file = await open(path, flags);
    try {
      await action(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, 'write', path);
  }
}
