/** The manifest of a folder that a split has written, and which files in the folder are a split's own. */
import { lstatSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FileError, fileError, systemCode } from '../errors.js';
import { COMPRESSIONS, endingOf } from './compression.js';

export const MANIFEST = 'manifest.json';

/** What a manifest lists; the rest of it is the caller's. */
export interface Manifest {
  readonly [more: string]: unknown;
  readonly files: readonly { readonly file: string }[];
}

/**
 * The names of the files in a folder that a split has written: those that its manifest lists, if they are regular files
 * with the ending of a split's. All else is somebody else's, whatever a manifest says. Empty without a manifest. Throws
 * FileError for one that cannot be read.
 */
export function listOwnFiles(folder: string): string[] {
  const path = join(folder, MANIFEST);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw fileError(error, 'read', path);
  }
  let names: string[];
  try {
    names = (JSON.parse(text) as Manifest).files.map(({ file }) => file);
  } catch (error) {
    throw new FileError(`${folder}: its ${MANIFEST} is damaged; expected one that a split has written`, {
      cause: error,
    });
  }
  return [...new Set(names)].filter((name) => isOwnName(name) && isRegularFile(join(folder, name)));
}

const ENDINGS = ['.off', ...COMPRESSIONS.map(({ id }) => `.off${endingOf(id)}`)];

/** A name with a way in it leads elsewhere. */
function isOwnName(name: unknown): boolean {
  return (
    typeof name === 'string' && basename(name) === name && ENDINGS.some((ending) => name.endsWith(ending))
  );
}

function isRegularFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
