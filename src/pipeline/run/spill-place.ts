/**
 * Where the spill files of an import stand: beside the database in the making, or in a folder of their own in another
 * one, which the import's log names.
 */
import { basename, dirname, join } from 'node:path';
import { isOwnFolder, removeFolder, removeSpills, truePath } from '../../io/disk.js';
import { isWorkFolderName, makeWorkFolder } from '../../io/work-folder.js';

/** The beginning of the names of spill files in a folder of their own. */
const BEGINNING = 'spill';

/** Makes a place for new spill files; returns the beginning of their names. Throws FileError. */
export function makeSpillPlace(database: string, tempFolder: string | undefined): string {
  if (tempFolder === undefined) return truePath(database);
  return truePath(join(makeWorkFolder(join(tempFolder, basename(database, '.partial'))), BEGINNING));
}

/** Whether another run has made this place, and where this one would. */
export function isSpillPlace(place: string, database: string, tempFolder: string | undefined): boolean {
  if (tempFolder === undefined) return place === truePath(database);
  const folder = dirname(place);
  return (
    hasOwnFolder(place) && isOwnFolder(folder) && truePath(join(tempFolder, basename(folder))) === folder
  );
}

/** Removes the spill files at a place but those that are to be kept, and their folder when it is empty. Throws FileError. */
export function clearSpillPlace(place: string, kept: readonly string[] = []): void {
  removeSpills(place, kept);
  if (hasOwnFolder(place)) removeFolder(dirname(place));
}

function hasOwnFolder(place: string): boolean {
  return basename(place) === BEGINNING && isWorkFolderName(dirname(place));
}
