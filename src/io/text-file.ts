/** Small files of text, read and written whole: queries, and what a prompt remembers. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FileError, fileError } from '../errors.js';

/** The longest text that is read, in bytes: SQLite takes no longer query. */
export const TEXT_BYTES_MAX = 1e6;

/** Reads a file. Throws FileError where it cannot be read, or is longer than {@link TEXT_BYTES_MAX}. */
export function readTextFile(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > TEXT_BYTES_MAX) {
      throw new FileError(`${path}: ${size} bytes; expected a text of ${TEXT_BYTES_MAX} at the most`);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw error instanceof FileError ? error : fileError(error, 'read', path);
  }
}

/** Writes a file that only its owner may read, and the folders above it. Throws FileError. */
export function writeTextFile(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    throw fileError(error, 'write', path);
  }
}
