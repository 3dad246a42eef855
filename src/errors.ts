/**
 * What can go wrong that the user can act on. Anything else that is thrown is a bug and keeps its stack.
 *
 * Errors carry facts; how a failure looks on a terminal is decided in main.ts alone.
 */

/** Where in a source something was found: a line of a text file (from 1) or a byte (offset from 0). */
export type Place = { readonly line: number } | { readonly offset: number };

/** Writes a place as `line 12` or `byte 84`. */
export function describePlace(place: Place): string {
  return 'line' in place ? `line ${place.line}` : `byte ${place.offset}`;
}

/**
 * What a program can branch on: the codes of all errors by class, with what each means. Codes are stable: a new release
 * may add some, but never renames one or gives it another meaning. docs/guide/library.md shows this table.
 */
export const ERROR_CODES = {
  UsageError: {
    USAGE: 'an argument or option is wrong, unknown, or contradicts another',
    SQL_INVALID: 'SQLite does not accept a condition or a query, or it is more than one SELECT',
    NOT_IN_MESH: 'the mesh has no triangle, vertex, part, component or saved filter of this number or name',
    MEMORY_TOO_SMALL: '`memoryBytes` is too little for this mesh',
  },
  FileError: {
    FILE_ERROR: 'the system refuses to read or write a file; `cause` is its error',
    FILE_NOT_FOUND: 'there is no file or folder of this name',
    FILE_EXISTS: 'an output exists, and `force` is not set',
    ACCESS_DENIED: 'no permission, or a read-only file system',
    DISK_FULL: 'the disk, a quota or a size limit leaves too little space',
    SOURCE_CHANGED: 'a source is not the file that was imported, or changes while it is read',
    IMPORT_RUNNING: 'another run is making this database',
    IMPORT_STOPPED:
      'another import was stopped here and cannot be resumed like this, or has yet to be resumed',
  },
  DatabaseError: {
    DATABASE_ERROR:
      'the database cannot be used or changed like this; `cause` is the error of SQLite, if it is one',
    DATABASE_FOREIGN: 'the file is not a database that offload has made',
    DATABASE_NEWER: 'a newer version of offload has made the database',
    DATABASE_DAMAGED: 'the database is truncated, corrupt, or was changed in a way that no export can follow',
    DATABASE_BUSY: 'another program is writing to the database',
  },
  FormatError: {
    FORMAT_INVALID: 'a source breaks the rules of its format; `place` is the line or byte',
    FORMAT_UNKNOWN: 'a source is in no format that offload reads',
    FORMAT_TRUNCATED: 'a source ends too early; `salvage` recovers its complete triangles',
    INPUT_TOO_LARGE: 'a source has more than `maxBytes`',
  },
  EmptyError: {
    EMPTY: 'no triangle is left, and `failIfEmpty` is set',
  },
} as const;

type ErrorCodes = typeof ERROR_CODES;

/** The codes that errors of one class have. */
type CodeOf<Name extends keyof ErrorCodes> = keyof ErrorCodes[Name] & string;

/** The code of an error, see {@link ERROR_CODES}. */
export type ErrorCode = { [Name in keyof ErrorCodes]: CodeOf<Name> }[keyof ErrorCodes];

export interface MeshErrorOptions<Code extends ErrorCode = ErrorCode> {
  /** The code, unless it is the first of the class. */
  readonly code?: Code | undefined;
  /** The next step for the user, see {@link MeshError.hint}. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The base of all errors that the user can act on. */
export abstract class MeshError<Code extends ErrorCode = ErrorCode> extends Error {
  /** What went wrong, for programs. */
  readonly code: Code;
  /**
   * The next step for the user, if there is one: a clause without a full stop. Options and functions of the library
   * stand in backquotes, as in "`salvage: true` recovers the complete triangles"; the command line shows flags instead.
   */
  hint: string | undefined;

  /** @internal */
  constructor(message: string, code: Code, options: MeshErrorOptions<Code> = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code ?? code;
    this.hint = options.hint;
  }
}

/** The command or call contradicts itself: a bad option value, an output that is the input. */
export class UsageError extends MeshError<CodeOf<'UsageError'>> {
  /** What is wrong, without the option's name. */
  readonly problem: string;
  /** The option at fault, if it is one, with those that it is in: `filter.where`. */
  readonly option: string | undefined;

  /** @internal */
  constructor(
    problem: string,
    options: MeshErrorOptions<CodeOf<'UsageError'>> & { readonly option?: string | undefined } = {},
  ) {
    super(options.option === undefined ? problem : `${options.option}: ${problem}`, 'USAGE', options);
    this.problem = problem;
    this.option = options.option;
  }
}

/** The system refuses a file or folder: missing, unreadable, in the way, disk full. */
export class FileError extends MeshError<CodeOf<'FileError'>> {
  /** @internal */
  constructor(message: string, options?: MeshErrorOptions<CodeOf<'FileError'>>) {
    super(message, 'FILE_ERROR', options);
  }
}

/** A database cannot be used: not ours, damaged, from a newer version, locked. */
export class DatabaseError extends MeshError<CodeOf<'DatabaseError'>> {
  /** @internal */
  constructor(message: string, options?: MeshErrorOptions<CodeOf<'DatabaseError'>>) {
    super(message, 'DATABASE_ERROR', options);
  }
}

/** Nothing is left to export, and the caller wants that to be an error. */
export class EmptyError extends MeshError<CodeOf<'EmptyError'>> {
  /** @internal */
  constructor(message: string, options?: MeshErrorOptions<CodeOf<'EmptyError'>>) {
    super(message, 'EMPTY', options);
  }
}

interface FormatErrorOptions extends MeshErrorOptions<CodeOf<'FormatError'>> {
  readonly place?: Place | undefined;
  readonly file?: string | undefined;
}

/** A source breaks the rules of its format. `message` is `<file>: <place>: <problem>` as far as known. */
export class FormatError extends MeshError<CodeOf<'FormatError'>> {
  /** What was found and what was expected, without file and place. */
  readonly problem: string;
  readonly place: Place | undefined;
  /** Name of the source. */
  readonly file: string | undefined;

  /** @internal */
  constructor(problem: string, options: FormatErrorOptions = {}) {
    const place = options.place === undefined ? '' : `${describePlace(options.place)}: `;
    const file = options.file === undefined ? '' : `${options.file}: `;
    super(`${file}${place}${problem}`, 'FORMAT_INVALID', options);
    this.problem = problem;
    this.place = options.place;
    this.file = options.file;
  }

  /**
   * The same error with the name of its source, which readers leave open.
   * @internal
   */
  in(file: string): FormatError {
    const { problem, place, hint, code } = this;
    return new FormatError(problem, { code, file, hint, place, cause: this.cause ?? this });
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

/** The error code of a system error (`ENOENT`), or undefined for any other value, a {@link MeshError} included. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof MeshError) return undefined;
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** What a source that ends too early is refused with. */
export const TRUNCATED = {
  code: 'FORMAT_TRUNCATED',
  hint: 'the copy may be incomplete; `salvage: true` imports the whole triangles',
} as const;

/** What to do about a disk that has no room, or a quota that is used up. */
export const FULL_HINT =
  'nothing is lost: make space, or choose another disk (`tempFolder` for temporary files), and run it again';

/** What to do about a disk that fails. */
export const FAILING_HINT =
  'nothing is lost, but the disk or the way to it may be failing: have it checked, or run it again on another one';

const HINTS: Readonly<Record<string, string>> = { EDQUOT: FULL_HINT, EIO: FAILING_HINT, ENOSPC: FULL_HINT };

const FILE_CODES: Readonly<Record<string, CodeOf<'FileError'>>> = {
  EACCES: 'ACCESS_DENIED',
  EDQUOT: 'DISK_FULL',
  EEXIST: 'FILE_EXISTS',
  EFBIG: 'DISK_FULL',
  ENOENT: 'FILE_NOT_FOUND',
  ENOSPC: 'DISK_FULL',
  ENOTDIR: 'FILE_NOT_FOUND',
  EPERM: 'ACCESS_DENIED',
  EROFS: 'ACCESS_DENIED',
};

/** Turns a system error into a {@link FileError} that names the file and what was tried (`read`, `write`). */
export function fileError(error: unknown, action: string, path: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  return new FileError(`${path}: cannot ${action}: ${SYSTEM_WORDS[code] ?? code}`, {
    code: FILE_CODES[code],
    hint: HINTS[code],
    cause: error,
  });
}

/** An error as one thread sends it to another: what is thrown loses its class on the way. */
export interface PackedError {
  readonly kind: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly option: string | undefined;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

export function packError(error: unknown): PackedError {
  const { name: kind, message, stack } = error instanceof Error ? error : new Error(String(error));
  const { code, hint } = error instanceof MeshError ? error : { code: undefined, hint: undefined };
  if (!(error instanceof UsageError)) return { kind, message, code, option: undefined, hint, stack };
  return { kind, message: error.problem, code, option: error.option, hint, stack };
}

/** The same error again, as far as it matters: a thread reads no source, so that no FormatError comes from one. */
export function unpackError({ kind, message, code, option, hint, stack }: PackedError): Error {
  const Kind = [UsageError, FileError, DatabaseError].find(({ name }) => name === kind) as
    | (new (
        message: string,
        options: object,
      ) => MeshError)
    | undefined;
  const error = Kind === undefined ? new Error(message) : new Kind(message, { code, option, hint });
  if (stack !== undefined) error.stack = stack;
  return error;
}
