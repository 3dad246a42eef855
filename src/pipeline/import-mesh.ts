/** Imports a file into a permanent database. */
import { dirname } from 'node:path';
import { BaseMesh } from '../database/build/base-mesh.js';
import { resolveDatabase } from '../database/open-database.js';
import { FileError, UsageError } from '../errors.js';
import { digestEnds } from '../io/digest-file.js';
import { fileMode, fileSize, isFile, isSameFile, removeFile } from '../io/disk.js';
import { filePath, filePaths } from '../io/file-path.js';
import { nameDatabase, nameFile, nameTaken } from '../io/output/final-name.js';
import { checkOutput } from '../io/output/output-check.js';
import { partialName } from '../io/output/output-file.js';
import { flag, integer, internal, type Rules, takeOptions } from '../options.js';
import { ImportLog } from './load/import-log.js';
import type { LoadResult } from './load/load-mesh.js';
import { loadSource } from './load/load-source.js';
import type { LoadTarget } from './load/load-target.js';
import { READING_OPTIONS, type ReadingOptions } from './load/reading-options.js';
import { warningOfDerived, warningOfFilters } from './load/replaced-filters.js';
import type { FolderNeeds } from './run/forecast.js';
import { checkDatabaseName } from './run/output-names.js';

export interface ImportOptions extends ReadingOptions {
  /**
   * Build the unique index of positions, which proves the weld and finds vertices by position in SQL (default: true).
   * Nothing else of offload needs it.
   */
  readonly index?: boolean | undefined;
  /**
   * Add the inputs to an existing database. The result has the rows that one import of all files would have, and the saved
   * filters; it replaces the database when it is complete.
   */
  readonly append?: boolean | undefined;
  /** Start over instead of resuming a stopped import. */
  readonly restart?: boolean | undefined;
  /**
   * Time between two checkpoints, in milliseconds; for tests.
   * @internal
   */
  readonly intervalMs?: number | undefined;
}

/** The rules for {@link ImportOptions}. */
export const IMPORT_OPTIONS: Rules<ImportOptions> = {
  ...READING_OPTIONS,
  index: flag,
  append: flag,
  restart: flag,
  intervalMs: internal(integer()),
};

export interface ImportResult extends LoadResult {
  /** The counts of the mesh that was appended to. */
  readonly before: { readonly triangles: number; readonly vertices: number } | undefined;
  readonly databaseBytes: number;
}

/**
 * Imports a mesh file, or standard input if `input` is `-`, into a new database. A list of inputs becomes one mesh, in their
 * order, as if they had been one file. With `append`, they are added to an existing database. The database is built as
 * `<database>.partial` and renamed when it is complete. The same call resumes an import that failed or was aborted, if it
 * lasted long enough and the sources are valid; else no files remain. Throws UsageError, FileError, FormatError.
 */
export async function importMesh(
  input: string | URL | readonly (string | URL)[],
  database: string | URL,
  options: ImportOptions = {},
): Promise<ImportResult> {
  return importBeside(
    filePaths.take(input, 'input'),
    filePath.take(database, 'database'),
    [],
    takeOptions(options, IMPORT_OPTIONS),
  );
}

/** Imports for a caller that then uses the database and needs the disk space `later` for that. */
export async function importBeside(
  inputs: readonly string[],
  database: string,
  later: readonly FolderNeeds[],
  options: ImportOptions,
): Promise<ImportResult> {
  if (database === '-') {
    throw new UsageError('a database cannot go to standard output; expected a file name', {
      hint: 'for a file of that name, use ./-',
    });
  }
  if (inputs.some((input) => isSameFile(input, database))) {
    const which = inputs.length === 1 ? 'the input itself' : 'one of the inputs';
    throw new UsageError(`${database}: the database is ${which}; expected another file`);
  }
  const { append = false, index = true } = options;
  if (append && options.force) {
    throw new UsageError('adds to a database, which `force` would replace; expected one of the two', {
      option: 'append',
    });
  }
  const force = append || (options.force ?? false);
  checkDatabaseOutput(database, force);
  if (append) checkThere(database);
  const partial = `${database}.partial`;
  const folder = dirname(database);
  const mark = append ? markOf(database) : undefined;
  const log = ImportLog.open(partial, { ...options, base: mark });
  let base: BaseMesh | undefined;
  try {
    // Another run may have created it meanwhile.
    checkDatabaseOutput(database, force);
    if (append) base = BaseMesh.open(database);
    // Before the import, so that the user can stop it while the filters still exist.
    const replaced = base === undefined ? warningOfFilters(database) : warningOfDerived(base);
    if (replaced !== undefined) options.onWarning?.(replaced);
    // A run killed during the rename may have left the database under both names.
    if (isSameFile(partial, database)) removeFile(partial);
    const target: LoadTarget = {
      database: partial,
      // A private database stays private.
      mode: force ? fileMode(database) : undefined,
      get spillPath() {
        return log.spillPath;
      },
      base,
      log,
      isIndexed: index,
      needs: (spills, sortingBytes) => [
        [folder, index ? ['database', 'index'] : ['database']],
        // Those of the welder are removed before positions are sorted.
        [
          options.tempFolder ?? folder,
          spills ? ['welding'] : index ? [{ what: 'sorting', bytes: sortingBytes }] : [],
        ],
        ...later,
      ],
    };
    const result = await loadSource(inputs, target, options);
    const before = base && { triangles: base.totals.triangles, vertices: base.totals.vertices };
    base?.close();
    if (mark !== undefined && markOf(database) !== mark) {
      throw new FileError(`${database}: was changed by another program meanwhile; expected no change`, {
        code: 'SOURCE_CHANGED',
        hint: 'append again',
      });
    }
    if (!(await nameDatabase(partial, database, force))) {
      // A unique name, which no other import will use.
      const kept = partialName(database);
      await nameFile(partial, kept, false);
      throw nameTaken(database, kept);
    }
    log.remove();
    const warnings =
      replaced === undefined ? result.warnings : [{ ...replaced, count: 1 }, ...result.warnings];
    return { ...result, before, warnings, databaseBytes: fileSize(database) };
  } catch (error) {
    const left = await log.giveUp(error);
    if (left !== undefined) options.onSuspend?.(left, error);
    throw error;
  } finally {
    base?.close();
    log.close();
  }
}

/** Throws FileError unless the database to append to exists. */
function checkThere(database: string): void {
  if (isFile(database)) return;
  throw new FileError(`${database}: no such file; expected a database to append to`, {
    code: 'FILE_NOT_FOUND',
    hint: 'without `append`, an import creates it',
  });
}

/** Returns the identity of a database: any commit changes its first page. */
function markOf(database: string): string {
  const size = fileSize(database);
  return `${size} ${digestEnds(database, size)}`;
}

/** Throws UsageError or FileError if a database cannot have this name, or must not replace an existing file. */
export function checkDatabaseOutput(database: string, force: boolean): void {
  resolveDatabase(database);
  checkDatabaseName(database);
  if (checkOutput(database, force, 'database') !== 'stream') return;
  throw new FileError(`${database}: is a device or a pipe; expected a file name for the database`);
}
