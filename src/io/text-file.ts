/** Small text files, read and written at once: queries, and the history of a prompt. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FileError, fileError } from '../errors.js';

/** The longest text read, in bytes; SQLite accepts no longer query. */
export const TEXT_BYTES_MAX = 1e6;

/** Reads a text file. Throws FileError if it cannot be read, or is longer than {@link TEXT_BYTES_MAX}. */
export function readTextFile(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > TEXT_BYTES_MAX) {
      throw new FileError(`${path}: ${size} bytes long; expected at most ${TEXT_BYTES_MAX}`);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw error instanceof FileError ? error : fileError(error, 'read', path);
  }
}

/** Writes a file that only its owner may read, and creates its folders. Throws FileError. */
export function writeTextFile(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    throw fileError(error, 'write', path);
  }
}
