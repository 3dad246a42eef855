/**
 * Puts a folder in the place of a former one: the former one is renamed aside, and the new one renamed to its name. A
 * program that is killed in between leaves one of the two whole, under its name or as `<folder>.<random>.<inode>.former`;
 * the next one that wants the folder brings it back, or ends what was begun. The name proves that the folder was renamed
 * to it here: a folder that comes from elsewhere, out of an archive, has another inode.
 *
 * Of the former folder only files that a split has written are deleted; everything else moves to the new one.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, readdirSync, renameSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileError, fileError, systemCode } from '../../errors.js';
import { isOwnFolder, removeFolder } from '../disk.js';
import { syncNames } from './final-name.js';
import { listWritten, MANIFEST, type SplitFormat } from './split-manifest.js';

/** Puts the folder `next`, which is on the disk, in the place of `path`. Throws FileError; then nothing has changed. */
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
      throw new FileError(`${join(path, name)}: exists already, and no split has written it`, {
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
 * Ends an exchange that was killed: a former folder gets its name back if nothing has it, or goes if the new one has.
 * Throws FileError.
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

/** What of a folder no split has written. */
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
    // Whoever makes something there will say what is the matter.
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

/** The number that a folder keeps under any name, and that no other folder of its file system has. */
function inodeOf(folder: string): string {
  return String(lstatSync(folder, { bigint: true }).ino);
}

/** Removes what a split has written, the manifest last: it tells the next run what is left. */
async function removeFormer(former: string, own: readonly string[]): Promise<void> {
  for (const name of [...own, MANIFEST]) {
    try {
      await rm(join(former, name), { force: true });
    } catch (error) {
      throw fileError(error, 'remove', join(former, name));
    }
  }
  // What came there meanwhile is not ours.
  removeFolder(former);
}
