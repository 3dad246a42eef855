/**
 * The place of an import's spill files: beside the partial database, or in their own folder within the folder for
 * temporary files. The import's log names the place.
 */
import { basename, dirname, join } from 'node:path';
import { isOwnFolder, removeFolder, removeSpills, truePath } from '../../io/disk.js';
import { isWorkFolderName, makeWorkFolder } from '../../io/work-folder.js';

/** The prefix of spill file names in their own folder. */
const BEGINNING = 'spill';

/** Makes a place for new spill files; returns the prefix of their names. Throws FileError. */
export function makeSpillPlace(database: string, tempFolder: string | undefined): string {
  if (tempFolder === undefined) return truePath(database);
  return truePath(join(makeWorkFolder(join(tempFolder, basename(database, '.partial'))), BEGINNING));
}

/** Whether an earlier run made this place at the location that this run would choose. */
export function isSpillPlace(place: string, database: string, tempFolder: string | undefined): boolean {
  if (tempFolder === undefined) return place === truePath(database);
  const folder = dirname(place);
  return (
    hasOwnFolder(place) && isOwnFolder(folder) && truePath(join(tempFolder, basename(folder))) === folder
  );
}

/** Removes the spill files at a place except `kept`, and their folder if it is empty. Throws FileError. */
export function clearSpillPlace(place: string, kept: readonly string[] = []): void {
  removeSpills(place, kept);
  if (hasOwnFolder(place)) removeFolder(dirname(place));
}

function hasOwnFolder(place: string): boolean {
  return basename(place) === BEGINNING && isWorkFolderName(dirname(place));
}
