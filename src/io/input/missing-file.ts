/** The error for a file that does not exist, with similar names in its folder. */
import { opendirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type FileError, fileError, systemCode } from '../../errors.js';
import { findSimilar, NAMES_COMPARED_MAX, suggest } from '../../suggest.js';

/** Converts a system error about reading a file to a FileError; if the file is missing, the hint names similar files. */
export function readError(error: unknown, path: string): unknown {
  const failure = fileError(error, 'read', path);
  if (systemCode(error) === 'ENOENT') {
    const missing = failure as FileError;
    // Names are not similar because they share an extension.
    const stem = stemOf(path);
    const isSimilar = (name: string) => stemOf(name) === stem || findSimilar(stem, [stemOf(name)]).length > 0;
    missing.hint ??= suggest(basename(path), listSome(dirname(path)).filter(isSimilar));
  }
  return failure;
}

/** The name of a file up to its first dot. */
function stemOf(path: string): string {
  return basename(path).split('.', 1)[0]!;
}

/** Lists up to {@link NAMES_COMPARED_MAX} names in a folder; none if it cannot be read. */
function listSome(folder: string): readonly string[] {
  const names: string[] = [];
  try {
    const directory = opendirSync(folder);
    try {
      for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
        if (names.push(entry.name) === NAMES_COMPARED_MAX) break;
      }
    } finally {
      directory.closeSync();
    }
  } catch {
    // Without names there is no suggestion.
  }
  return names;
}
