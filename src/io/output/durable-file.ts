/** Files that are there as they were last said to be, also after a power cut. */
import { constants } from 'node:fs';
import { copyFile, type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError, systemCode } from '../../errors.js';
import { removeFile } from '../disk.js';
import { syncNames } from './final-name.js';

/** Returns when what was written to these files is on the disk, whoever has written it. Throws FileError. */
export async function syncFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await use(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0), (file) => file.datasync());
  }
}

/** Copies a file to a new one, and returns when that is on the disk. Throws FileError. */
export async function copyDurably(from: string, to: string): Promise<void> {
  try {
    removeFile(to);
    await copyFile(from, to, constants.COPYFILE_EXCL);
  } catch (error) {
    throw fileError(error, 'write', to);
  }
  await syncFiles([to]);
}

/** Replaces a small file: whoever reads it finds the old text or the new one. Throws FileError. */
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

/** Removes what {@link replaceText} has written, and what it had no time to. Throws FileError. */
export function removeText(path: string): void {
  removeFile(path);
  removeFile(nextOf(path));
}

/** What {@link replaceText} has written; undefined where there is no such file. Throws FileError. */
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
