/**
 * Turns what a user gives as inputs into a list of files: files, folders, patterns that no shell has expanded, and lists
 * of names. Nothing is opened but lists and folders.
 */
import { opendirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { FileError, UsageError } from '../../errors.js';
import { INPUTS_MAX } from '../../memory.js';
import { countOf, quoteWord } from '../../wording.js';
import { findOtherKind, isFile } from '../disk.js';
import { readError } from './missing-file.js';
import { readNameList } from './name-list.js';
import { compareNatural } from './natural-order.js';

/** The characters that make a name a pattern. */
const PATTERN = /[*?[\]{}]/;

export interface InputListOptions {
  /** A file with further names, one a line or separated by NUL, or `-` for standard input. */
  readonly filesFrom?: string | undefined;
  /** Whether a file of this name is an input if its folder is given. */
  readonly isInput: (name: string) => boolean;
}

/**
 * Lists the input files that `given` names, in this order, then those of the list `filesFrom`:
 *
 * - A folder stands for its files that `isInput` accepts, in natural order, without hidden ones and subfolders.
 * - A name with `*`, `?`, `[` or `{` under which nothing exists is a pattern. It stands for the files that match, in
 *   natural order; `**` matches folders of any depth. Names in a list are never patterns.
 * - Any other name, and `-` for standard input, stands for itself, whether it exists or not.
 *
 * Throws UsageError for more than {@link INPUTS_MAX} files, or if two inputs would read standard input. Throws FileError
 * if a folder or a pattern yields no file, or if a folder or a list cannot be read.
 */
export async function listInputs(
  given: readonly string[],
  { filesFrom, isInput }: InputListOptions,
): Promise<string[]> {
  const piped = [...given, filesFrom].filter((name) => name === '-').length;
  if (piped > 1) {
    throw new UsageError('standard input is named twice; expected it once', {
      hint: 'write the list or the mesh to a file',
    });
  }
  const paths: string[] = [];
  const add = (found: readonly string[]) => {
    for (const path of found) paths.push(path);
    if (paths.length <= INPUTS_MAX) return;
    throw new UsageError(`more than ${countOf(INPUTS_MAX, 'input file')}; expected at most that`, {
      hint: 'run once for each part of the files',
    });
  };
  for (const name of given) {
    if (name !== '-' && isPattern(name)) add(await expandPattern(name));
    else add(expandFolder(name, isInput));
  }
  if (filesFrom !== undefined) {
    for (const name of await readNameList(filesFrom)) {
      // In a list, this is the name of a file.
      add(name === '-' ? ['./-'] : expandFolder(name, isInput));
    }
  }
  return paths;
}

/** Throws FileError for the first path under which nothing exists. */
export function refuseMissing(paths: readonly string[]): void {
  for (const path of paths) {
    if (path === '-' || isThere(path)) continue;
    const missing = Object.assign(new Error('missing'), { code: 'ENOENT' });
    throw readError(missing, path);
  }
}

/** Whether a name is a pattern for names of files, as {@link listInputs} decides it. */
export function isPattern(name: string): boolean {
  return PATTERN.test(name) && !isThere(name);
}

function isThere(path: string): boolean {
  return isFile(path) || findOtherKind(path) !== undefined;
}

/** Lists the inputs in a folder; any other path stands for itself. */
function expandFolder(path: string, isInput: (name: string) => boolean): readonly string[] {
  if (path === '-' || findOtherKind(path) !== 'a directory') return [path];
  const names: string[] = [];
  try {
    const folder = opendirSync(path);
    try {
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
        const { name } = entry;
        if (name.startsWith('.') || !isInput(name)) continue;
        if (!entry.isFile() && !(entry.isSymbolicLink() && isFile(join(path, name)))) continue;
        // The caller refuses that many.
        if (names.push(name) > INPUTS_MAX) break;
      }
    } finally {
      folder.closeSync();
    }
  } catch (error) {
    throw readError(error, path);
  }
  if (names.length === 0) {
    throw new FileError(`${path}: the folder has no mesh file`, {
      code: 'FILE_NOT_FOUND',
      hint: `subfolders are not searched: use a pattern such as ${quoteWord(join(path, '**/*.stl'))}`,
    });
  }
  return names.sort(compareNatural).map((name) => join(path, name));
}

/** Lists the files that match a pattern. */
async function expandPattern(pattern: string): Promise<readonly string[]> {
  // fs.glob is experimental, with a warning, before Node 22.17. Loaded on demand: most runs have no pattern.
  const { glob } = await import('tinyglobby');
  const found = await glob(pattern, { absolute: isAbsolute(pattern), expandDirectories: false });
  if (found.length > 0) return found.sort(compareNatural);
  throw new FileError(`${pattern}: no file matches this pattern`, { code: 'FILE_NOT_FOUND' });
}
