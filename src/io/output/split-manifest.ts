/**
 * The list of files that a split wrote into a folder. The folder is the user's, and all listed files may be removed, so
 * the list is trusted only as far as the files match it.
 */
import { lstatSync, readFileSync, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import { FileError, fileError } from '../../errors.js';

export const MANIFEST = 'manifest.json';

/** The list of files; the rest of a manifest is the caller's. */
export interface Manifest {
  readonly [more: string]: unknown;
  readonly files: readonly ManifestFile[];
}

interface ManifestFile {
  readonly file: string;
  /** Size in bytes. */
  readonly bytes: number;
}

/** A format that a split writes. */
export interface SplitFormat {
  /** Its name in messages. */
  readonly title: string;
  /** Extensions of its files, without the dot. */
  readonly extensions: readonly string[];
}

/**
 * Lists the files that the split of a folder wrote and that still exist. Throws FileError if the manifest lists a file
 * that no split writes, or if a file has changed since.
 */
export function listWritten(folder: string, formats: readonly SplitFormat[]): readonly string[] {
  const files = readManifest(folder, formats);
  return files.map(({ file }) => file).filter((_, index) => isThere(folder, files[index]!));
}

function readManifest(folder: string, formats: readonly SplitFormat[]): readonly ManifestFile[] {
  const path = join(folder, MANIFEST);
  const damaged = (problem: string, cause?: unknown) =>
    new FileError(`${path}: ${problem}; expected a manifest written by a split`, {
      hint: 'choose another folder',
      cause,
    });
  if (!lookAt(path)?.isFile()) throw damaged('is not a regular file');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(error, 'read', path);
  }
  let files: unknown;
  try {
    files = (JSON.parse(text) as Partial<Manifest> | null)?.files;
  } catch (error) {
    throw damaged('is not JSON', error);
  }
  if (!Array.isArray(files)) throw damaged('lists no files');
  const extensions = formats.flatMap((format) => format.extensions);
  const pattern = new RegExp(`^[^/\\\\]+\\.(?:${extensions.join('|')})(?:\\.\\w+)?$`);
  for (const entry of files as Partial<ManifestFile | null>[]) {
    const { file, bytes } = entry ?? {};
    // A path leads elsewhere, and a split writes only these.
    if (typeof file !== 'string' || basename(file) !== file || !pattern.test(file)) {
      const titles = [...new Set(formats.map(({ title }) => title))]
        .join(', ')
        .replace(/, ([^,]*)$/, ' or $1');
      throw damaged(`lists ${JSON.stringify(file)}, which is not an ${titles} file in this folder`);
    }
    if (typeof bytes !== 'number') throw damaged(`lists ${file} without its size`);
  }
  return files as ManifestFile[];
}

/** Whether a listed file still exists. Throws FileError if it has changed since it was written. */
function isThere(folder: string, { file, bytes }: ManifestFile): boolean {
  const path = join(folder, file);
  const stat = lookAt(path);
  if (stat === undefined) return false;
  if (stat.isFile() && stat.size === bytes) return true;
  const found = stat.isFile() ? `has ${stat.size} bytes, but ${bytes} were written` : 'is not a regular file';
  throw new FileError(`${path}: was changed after the split: it now ${found}`, {
    hint: 'move it elsewhere, or choose another folder',
  });
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw fileError(error, 'read', path);
  }
}
