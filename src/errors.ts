/**
 * What can go wrong that the user can act on. Anything else that is thrown is a bug and keeps its stack.
 *
 * Errors carry facts; how a failure looks on a terminal is decided in cli.ts alone.
 */

/** Where in a source something was found: a line of a text file (from 1) or a byte (offset from 0). */
export type Place = { readonly line: number } | { readonly offset: number };

/** Writes a place as `line 12` or `byte 84`. */
export function describePlace(place: Place): string {
  return 'line' in place ? `line ${place.line}` : `byte ${place.offset}`;
}

export interface MeshErrorOptions {
  /** The next step for the user, one clause, no full stop. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The base of all errors that the user can act on. */
export class MeshError extends Error {
  /** The next step for the user, where there is one; who knows more of it may say so. */
  hint: string | undefined;

  constructor(message: string, options: MeshErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** The command or call contradicts itself: a bad option value, an output that is the input. */
export class UsageError extends MeshError {}

/** The system refuses a file or folder: missing, unreadable, in the way, disk full. */
export class FileError extends MeshError {}

/** A database cannot be used: not ours, damaged, from a newer version, locked. */
export class DatabaseError extends MeshError {}

/** Nothing is left to export, and the caller wants that to be an error. */
export class EmptyError extends MeshError {}

/** A source breaks the rules of its format. `message` is `<file>: <place>: <problem>` as far as known. */
export class FormatError extends MeshError {
  /** What was found and what was expected, without file and place. */
  readonly problem: string;
  readonly place: Place | undefined;
  /** Name of the source; readers leave it open, the import adds it by {@link FormatError.in}. */
  readonly file: string | undefined;
  /** Whether the source may be sound, and is only larger than the caller allows. */
  readonly isLimit: boolean;

  constructor(
    problem: string,
    options: MeshErrorOptions & { place?: Place; file?: string; isLimit?: boolean } = {},
  ) {
    const place = options.place === undefined ? '' : `${describePlace(options.place)}: `;
    super(`${options.file === undefined ? '' : `${options.file}: `}${place}${problem}`, options);
    this.problem = problem;
    this.place = options.place;
    this.file = options.file;
    this.isLimit = options.isLimit ?? false;
  }

  /** The same error with the name of its source. */
  in(file: string): FormatError {
    const { problem, place, hint, isLimit } = this;
    return new FormatError(problem, {
      file,
      hint,
      isLimit,
      cause: this.cause ?? this,
      ...(place && { place }),
    });
  }
}

/** Words for the system error codes that users meet; other codes speak for themselves. */
const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'it exists already',
  EFBIG: 'the file is too large for the file system, or for what is allowed',
  EIO: 'input/output error',
  EISDIR: 'it is a directory',
  ELOOP: 'a symbolic link is in the way',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on the device',
  ENOTDIR: 'a part of the path is not a directory',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
};

/** The error code of a system error (`ENOENT`), or undefined for any other value. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** What to do about a source that ends too early. */
export const TRUNCATED_HINT = 'the copy may be incomplete; --salvage imports the whole triangles';

/** What to do about a disk that has no room, or a quota that is used up. */
export const FULL_HINT =
  'nothing is lost: make space, or choose another disk with --tmp (for an output by its name), and run it again';

/** What to do about a disk that fails. */
export const FAILING_HINT =
  'nothing is lost, but the disk or the way to it may be failing: have it checked, or run it again on another one';

const HINTS: Readonly<Record<string, string>> = { EDQUOT: FULL_HINT, EIO: FAILING_HINT, ENOSPC: FULL_HINT };

/** Turns a system error into a {@link FileError} that names the file and what was tried (`read`, `write`). */
export function fileError(error: unknown, action: string, path: string): unknown {
  const code = systemCode(error);
  if (code === undefined || error instanceof MeshError) return error;
  return new FileError(`${path}: cannot ${action}: ${SYSTEM_WORDS[code] ?? code}`, {
    hint: HINTS[code],
    cause: error,
  });
}

/** An error as one thread sends it to another: what is thrown loses its class on the way. */
export interface PackedError {
  readonly kind: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

export function packError(error: unknown): PackedError {
  if (!(error instanceof Error))
    return { kind: 'Error', message: String(error), hint: undefined, stack: undefined };
  const { name: kind, message, stack } = error;
  return { kind, message, stack, hint: error instanceof MeshError ? error.hint : undefined };
}

/** The same error again, as far as it matters: a thread reads no source, so that no FormatError comes from one. */
export function unpackError({ kind, message, hint, stack }: PackedError): Error {
  const Kind = [UsageError, FileError, DatabaseError].find(({ name }) => name === kind);
  const error = Kind === undefined ? new Error(message) : new Kind(message, { hint });
  if (stack !== undefined) error.stack = stack;
  return error;
}
