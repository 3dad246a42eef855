/**
 * Replaces a folder: the former one is renamed aside, and the new one gets its name. A program killed in between leaves
 * one of the two complete, under its name or as `<folder>.<random>.<inode>.former`. The next run that uses the folder
 * restores it, or finishes the exchange. The name proves that the folder was renamed here: a folder from elsewhere,
 * such as an archive, has another inode.
 *
 * Only files that a split wrote are deleted from the former folder; everything else moves to the new one.
 */
import { chmodSync, existsSync, lstatSync, readdirSync, renameSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileError, fileError, systemCode } from '../../errors.js';
import { isOwnFolder, removeFolder } from '../disk.js';
import { randomBytes } from '../random-bytes.js';
import { syncNames } from './final-name.js';
import { listWritten, MANIFEST, type SplitFormat } from './split-manifest.js';

/** Replaces the folder `path` by the synced folder `next`. Throws FileError; then nothing has changed. */
export async function exchangeFolder(
  path: string,
  next: string,
  formats: readonly SplitFormat[],
): Promise<void> {
  const former = `${path}.${randomBytes(4).toString('hex')}.${inodeOf(path)}.former`;
  let own: readonly string[] = [];
  const moves: [from: string, to: string][] = [];
  const move = (from: string, to: string) => {
    renameSync(from, to);
    moves.push([from, to]);
  };
  try {
    own = listWritten(path, formats);
    const others = listOthers(path, own);
    for (const name of others) {
      if (!existsSync(join(next, name))) continue;
      throw new FileError(`${join(path, name)}: already exists and was not written by offload`, {
        code: 'FILE_EXISTS',
        hint: 'move it elsewhere, or choose another folder',
      });
    }
    chmodSync(next, statSync(path).mode & 0o7777);
    move(path, former);
    move(next, path);
    await syncNames(dirname(path), path);
    for (const name of others) move(join(former, name), join(path, name));
    if (others.length > 0) await syncNames(path, path);
  } catch (error) {
    for (const [from, to] of moves.reverse()) renameSync(to, from);
    throw fileError(error, 'write', path);
  }
  await removeFormer(former, own);
}

/**
 * Finishes an exchange that was killed. A former folder gets its name back if it is free; if the new folder has it, the
 * former one is removed. Throws FileError.
 */
export async function recoverFolder(path: string, formats: readonly SplitFormat[]): Promise<void> {
  try {
    for (const former of listFormers(path)) {
      if (!existsSync(path)) {
        renameSync(former, path);
      } else if (existsSync(join(path, MANIFEST))) {
        // The manifest goes last.
        const own = existsSync(join(former, MANIFEST)) ? listWritten(former, formats) : [];
        for (const name of listOthers(former, own)) {
          if (!existsSync(join(path, name))) renameSync(join(former, name), join(path, name));
        }
        await removeFormer(former, own);
      }
    }
  } catch (error) {
    throw fileError(error, 'write', path);
  }
}

/** Lists the names in a folder that no split wrote. */
function listOthers(folder: string, own: readonly string[]): string[] {
  const known = new Set([MANIFEST, ...own]);
  return readdirSync(folder).filter((name) => !known.has(name));
}

function listFormers(path: string): string[] {
  const [folder, beginning] = [dirname(path), `${basename(path)}.`];
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    // Code that creates something there will report the error.
    if (systemCode(error) !== undefined) return [];
    throw error;
  }
  return names
    .filter((name) => name.startsWith(beginning))
    .filter((name) => {
      const inode = /^[0-9a-f]{8}\.(\d+)\.former$/.exec(name.slice(beginning.length))?.[1];
      const former = join(folder, name);
      return inode !== undefined && isOwnFolder(former) && inodeOf(former) === inode;
    })
    .map((name) => join(folder, name));
}

/** Returns the inode, which a folder keeps under any name and no other folder of its file system has. */
function inodeOf(folder: string): string {
  return String(lstatSync(folder, { bigint: true }).ino);
}

/** Removes the files that a split wrote, the manifest last: it lists the remaining files for the next run. */
async function removeFormer(former: string, own: readonly string[]): Promise<void> {
  for (const name of [...own, MANIFEST]) {
    try {
      await rm(join(former, name), { force: true });
    } catch (error) {
      throw fileError(error, 'remove', join(former, name));
    }
  }
  // Files that arrived in the meantime are not ours.
  removeFolder(former);
}
