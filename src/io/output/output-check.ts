/** Checks what exists under the name of an output before the work begins, and whether it may be replaced. */
import { lstatSync, type Stats, statSync } from 'node:fs';
import { FileError, fileError, UsageError } from '../../errors.js';
import { RandomAccessFile } from '../random-access-file.js';

/** The first bytes of every SQLite database. */
const SQLITE_MAGIC = Buffer.from('SQLite format 3\0', 'latin1');

/** Names of standard output besides `-`, on systems that have them. */
const STANDARD_OUTPUT: readonly string[] = ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'];

/** Returns `-` for a name of standard output, else the path itself. */
export function outputName(path: string): string {
  return STANDARD_OUTPUT.includes(path) ? '-' : path;
}

/**
 * Finds what exists under an output path. Throws FileError or UsageError if it must not be replaced. Even with `force`,
 * a database is replaced only by a `database`, and a database replaces nothing else.
 */
export function checkOutput(
  path: string,
  force: boolean,
  kind: 'database' | 'file' = 'file',
): 'absent' | 'file' | 'stream' {
  if (outputName(path) === '-') return 'stream';
  const stat = lookAt(path);
  if (stat === undefined) return 'absent';
  if (stat.isDirectory()) throw new FileError(`${path}: is a directory; expected a file name for the output`);
  if (!stat.isFile()) return 'stream';
  if (!force) {
    throw new FileError(`${path}: already exists`, {
      code: 'FILE_EXISTS',
      hint: '`force: true` replaces it',
    });
  }
  const hint = 'choose another name, or delete the file first';
  const isDatabase = beginsAsDatabase(path);
  if (kind === 'file' && isDatabase) {
    throw new UsageError(`${path}: is a database; only another database may replace it`, { hint });
  }
  if (kind === 'database' && !isDatabase && stat.size > 0) {
    throw new UsageError(`${path}: is not a database; a database may replace only another database`, {
      hint,
    });
  }
  return 'file';
}

/** Whether an output of a kind may now replace what exists under its final name, see {@link checkOutput}. */
export function mayReplace(path: string, kind: 'database' | 'file'): boolean {
  let stat: Stats | undefined;
  try {
    stat = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw fileError(error, 'write', path);
  }
  if (stat === undefined) return true;
  if (!stat.isFile()) return false;
  return kind === 'file' ? !beginsAsDatabase(path) : stat.size === 0 || beginsAsDatabase(path);
}

/** Throws FileError for a dangling symbolic link: it is unclear what would be replaced. */
function lookAt(path: string): Stats | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined || lstatSync(path, { throwIfNoEntry: false }) === undefined) return stat;
  } catch (error) {
    throw fileError(error, 'write', path);
  }
  throw new FileError(`${path}: is a symbolic link to a file that does not exist`, {
    hint: 'delete the link, or name the file itself',
  });
}

function beginsAsDatabase(path: string): boolean {
  const file = RandomAccessFile.open(path, 'read');
  try {
    const bytes = new Uint8Array(SQLITE_MAGIC.length);
    file.read(bytes, 0);
    return SQLITE_MAGIC.equals(bytes);
  } finally {
    file.close();
  }
}
