/**
 * Errors that the user can act on. Anything else that is thrown is a bug and keeps its stack.
 *
 * Errors carry facts; main.ts alone decides how a failure looks on a terminal.
 */

/**
 * A position in a source: a line of a text file (from 1) or a byte (offset from 0). In an archive, `part` is the file in it
 * that has the line.
 */
export type Place =
  | { readonly line: number; readonly part?: string | undefined }
  | { readonly offset: number };

/** Formats a place as `line 12`, `3D/3dmodel.model: line 12` or `byte 84`. */
export function describePlace(place: Place): string {
  if (!('line' in place)) return `byte ${place.offset}`;
  return `${place.part === undefined ? '' : `${place.part}: `}line ${place.line}`;
}

/**
 * The codes of all errors by class, with their meanings, for programs to branch on. Codes are stable: a new release may
 * add codes, but never renames one or changes its meaning. docs/guide/library.md shows this table.
 */
export const ERROR_CODES = {
  UsageError: {
    USAGE: 'an argument or option is wrong, unknown, or contradicts another',
    SQL_INVALID: 'SQLite rejects a condition or a query, or the query is not a single SELECT',
    NOT_IN_MESH:
      'the mesh has no triangle, vertex, part, source, component or saved filter of this number or name',
    MEMORY_TOO_SMALL: '`memoryBytes` is too small for this mesh',
  },
  FileError: {
    FILE_ERROR: 'the system refuses to read or write a file; `cause` is its error',
    FILE_NOT_FOUND: 'no file or folder has this name',
    FILE_EXISTS: 'an output already exists, and `force` is not set',
    ACCESS_DENIED: 'no permission, or a read-only file system',
    DISK_FULL: 'the disk, a quota or a size limit leaves too little room',
    SOURCE_CHANGED: 'a source differs from the imported file, or changed while it was read',
    IMPORT_RUNNING: 'another run is writing this database',
    IMPORT_STOPPED:
      'an earlier import stopped here and cannot be resumed like this, or must be resumed first',
  },
  DatabaseError: {
    DATABASE_ERROR: 'the database cannot be used or changed like this; `cause` is the SQLite error, if any',
    DATABASE_FOREIGN: 'the file is not an offload database',
    DATABASE_NEWER: 'the database was created by a newer version of offload',
    DATABASE_DAMAGED: 'the database is truncated, corrupt, or changed in a way that cannot be exported',
    DATABASE_BUSY: 'another program is writing to the database',
  },
  FormatError: {
    FORMAT_INVALID:
      'a source breaks the rules of its format; `place` is the line or byte, and the `part` of an archive',
    FORMAT_UNKNOWN: 'the format of a source is not one that offload reads',
    FORMAT_TRUNCATED: 'a source ends too early; `salvage` recovers its complete triangles',
    INPUT_TOO_LARGE: 'a source is larger than `maxBytes`',
  },
  EmptyError: {
    EMPTY: 'no triangle is left, and `failIfEmpty` is set',
  },
} as const;

type ErrorCodes = typeof ERROR_CODES;

/** The codes of one error class. */
type CodeOf<Name extends keyof ErrorCodes> = keyof ErrorCodes[Name] & string;

/** Any error code, see {@link ERROR_CODES}. */
export type ErrorCode = { [Name in keyof ErrorCodes]: CodeOf<Name> }[keyof ErrorCodes];

export interface MeshErrorOptions<Code extends ErrorCode = ErrorCode> {
  /** The code (default: the first code of the class). */
  readonly code?: Code | undefined;
  /** The next step for the user, see {@link MeshError.hint}. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** The base of all errors that the user can act on. */
export abstract class MeshError<Code extends ErrorCode = ErrorCode> extends Error {
  /** Identifies the error for programs. */
  readonly code: Code;
  /**
   * The next step for the user, if any, without a final period. Options and functions of the library are in backquotes,
   * as in "`salvage: true` recovers the complete triangles"; the command line shows flags instead.
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

/** The command or call is invalid: a bad option value, an output that is also the input. */
export class UsageError extends MeshError<CodeOf<'UsageError'>> {
  /** The cause, without the option's name. */
  readonly problem: string;
  /** The option at fault, if any, qualified by its parents: `filter.where`. */
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

/** A database cannot be used: foreign, damaged, from a newer version, or locked. */
export class DatabaseError extends MeshError<CodeOf<'DatabaseError'>> {
  /** @internal */
  constructor(message: string, options?: MeshErrorOptions<CodeOf<'DatabaseError'>>) {
    super(message, 'DATABASE_ERROR', options);
  }
}

/** No triangle is left to export, and the caller asked for an error in that case. */
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

/** A source breaks the rules of its format. `message` is `<file>: <place>: <problem>`, as far as known. */
export class FormatError extends MeshError<CodeOf<'FormatError'>> {
  /** The problem, with the expectation, but without file and place. */
  readonly problem: string;
  readonly place: Place | undefined;
  /** The name of the source. */
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
   * Returns this error with the name of its source, which readers do not know.
   * @internal
   */
  in(file: string): FormatError {
    const { problem, place, hint, code } = this;
    return new FormatError(problem, { code, file, hint, place, cause: this.cause ?? this });
  }
}

/** Descriptions of common system error codes; other codes are shown as they are. */
const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'disk quota exceeded',
  EEXIST: 'it already exists',
  EFBIG: 'the file is too large for the file system, or exceeds a size limit',
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

/** Returns the code of a system error (`ENOENT`), or undefined for any other value, including a {@link MeshError}. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof MeshError) return undefined;
  const code = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The error options for a source that ends too early. */
export const TRUNCATED = {
  code: 'FORMAT_TRUNCATED',
  hint: 'the copy may be incomplete; `salvage: true` recovers the complete triangles',
} as const;

/** The hint if a disk is full or a quota is used up. */
export const FULL_HINT =
  'nothing is lost: make space, or choose another disk (`tempFolder` for temporary files), then run again';

/** The hint if a disk fails. */
export const FAILING_HINT =
  'nothing is lost, but the disk or its connection may be failing: check it, or run again on another disk';

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

/** Converts a system error to a {@link FileError} that names the file and the action (`read`, `write`). */
export function fileError(error: unknown, action: string, path: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  return new FileError(`${path}: cannot ${action}: ${SYSTEM_WORDS[code] ?? code}`, {
    code: FILE_CODES[code],
    hint: HINTS[code],
    cause: error,
  });
}

/** An error in transit between threads, where it would lose its class. */
export interface PackedError {
  readonly kind: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
  /** The option of a UsageError; the place and the file of a FormatError. */
  readonly details: { readonly option?: unknown; readonly place?: unknown; readonly file?: unknown };
}

export function packError(error: unknown): PackedError {
  const { name: kind, message, stack } = error instanceof Error ? error : new Error(String(error));
  const { code, hint } = error instanceof MeshError ? error : { code: undefined, hint: undefined };
  const packed = { kind, message, code, hint, stack, details: {} };
  if (error instanceof UsageError) {
    return { ...packed, message: error.problem, details: { option: error.option } };
  }
  if (error instanceof FormatError) {
    return { ...packed, message: error.problem, details: { place: error.place, file: error.file } };
  }
  return packed;
}

/** Restores a packed error, without its cause. */
export function unpackError({ kind, message, code, hint, stack, details }: PackedError): Error {
  const Kind = [UsageError, FileError, DatabaseError, FormatError, EmptyError].find(
    ({ name }) => name === kind,
  ) as (new (message: string, options: object) => MeshError) | undefined;
  const error = Kind === undefined ? new Error(message) : new Kind(message, { code, hint, ...details });
  if (stack !== undefined) error.stack = stack;
  return error;
}
