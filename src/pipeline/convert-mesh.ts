/** Converts one or more files to another in one run, through a database that is removed at the end, or kept if requested. */
import { basename, join, resolve } from 'node:path';
import { FileError, UsageError } from '../errors.js';
import { compressionOfName } from '../io/compression/compression.js';
import { fileSize, isFile, isSameFile, outputFolder, systemTempFolder } from '../io/disk.js';
import { filePath, filePaths } from '../io/file-path.js';
import { WorkFolder } from '../io/work-folder.js';
import { type LoadThreads, planEarlyFormatting } from '../memory/plans.js';
import { integer, internal, listener, type Rules, takeOptions } from '../options.js';
import { EXPORT_OPTIONS, type ExportOptions, type ExportResult, writeMesh } from './export-mesh.js';
import { checkDatabaseOutput, importBeside } from './import-mesh.js';
import type { LoadResult } from './load/load-mesh.js';
import { loadSource } from './load/load-source.js';
import { temporaryTarget } from './load/load-target.js';
import { READING_OPTIONS, type ReadingOptions } from './load/reading-options.js';
import { type FolderNeeds, outputNeed } from './run/forecast.js';
import { openTarget, takesSpace } from './run/open-target.js';
import { checkOutputName } from './run/output-names.js';
import { chooseWriter, hasRowWriter } from './run/output-writer.js';
import { describeInputs } from './run/source-errors.js';
import { countThreads, STORED_TRIANGLES_MIN } from './run/thread-count.js';
import { checkSelection } from './select-mesh.js';
import { ThreadPool } from './threads/thread.js';

export interface ConvertOptions extends ReadingOptions, ExportOptions {
  /** Keep the database under this name. */
  readonly keep?: string | URL | undefined;
  /**
   * Time between two checkpoints of a database that is kept, in milliseconds; for tests.
   * @internal
   */
  readonly intervalMs?: number | undefined;
  /** Called when the kept database is complete, even if the output fails later. */
  readonly onKept?: (() => void) | undefined;
}

/** The rules for {@link ConvertOptions}. */
export const CONVERT_OPTIONS: Rules<ConvertOptions> = {
  ...READING_OPTIONS,
  ...EXPORT_OPTIONS,
  keep: filePath,
  intervalMs: internal(integer()),
  onKept: listener,
};

export interface ConvertResult extends LoadResult {
  /** The result of writing the OFF. */
  readonly written: ExportResult;
  /** Size of the database, whether kept or removed. */
  readonly databaseBytes: number;
}

/**
 * Converts a mesh file to OFF; `-` stands for standard input and output. A list of inputs becomes one mesh. Throws UsageError, FileError,
 * FormatError, DatabaseError. After an error or an abort, neither output nor temporary files remain.
 */
export async function convertMesh(
  input: string | URL | readonly (string | URL)[],
  output: string | URL,
  options: ConvertOptions = {},
): Promise<ConvertResult> {
  const { keep, ...taken } = takeOptions(options, CONVERT_OPTIONS);
  return convert(filePaths.take(input, 'input'), filePath.take(output, 'output'), keep, taken);
}

async function convert(
  inputs: readonly string[],
  output: string,
  keep: string | undefined,
  options: Omit<ConvertOptions, 'keep'>,
): Promise<ConvertResult> {
  const chosen = await chooseWriter(output, options);
  checkSelection(options);
  if (inputs.some((input) => isSameFile(input, output))) {
    const which = inputs.length === 1 ? 'the input itself' : 'one of the inputs';
    throw new UsageError(`${output}: the output is ${which}; expected another file`);
  }
  checkOutputName(output, chosen.writer);
  if (keep !== undefined && resolve(keep) === resolve(output)) {
    throw new UsageError(`${output}: named both as the output and as the database; expected two files`);
  }
  const force = options.force ?? false;
  if (keep !== undefined) {
    if (!force && isFile(keep)) {
      const hint = 'use `exportMesh` to export it, or `force: true` to replace it';
      throw new FileError(`${keep}: already exists`, { code: 'FILE_EXISTS', hint });
    }
    checkDatabaseOutput(keep, force);
  }
  const hasFile = takesSpace(output, force, chosen);
  const compression = chosen.compress ?? compressionOfName(output) ?? 'none';
  const outputNeeds: readonly FolderNeeds[] = hasFile
    ? [[outputFolder(output), [outputNeed(chosen.writer, chosen.options.compress ?? compression)]]]
    : [];
  const folder = options.tempFolder ?? (hasFile ? outputFolder(output) : systemTempFolder());
  const work = new WorkFolder(join(folder, basename(hasFile ? output : inputs[0]!)));

  // Opened first: an output that cannot be written must fail before an hour of work, not after it.
  const file = await openTarget(output, force, chosen);
  // Threads that write take longer to start than to write a small mesh, so some start while the source is read.
  const pool = new ThreadPool();
  try {
    const database = keep ?? work.file('mesh.db');
    const target = {
      ...temporaryTarget(database, folder, outputNeeds),
      onBegin(triangles: number | undefined, threads: LoadThreads) {
        if (!hasRowWriter(chosen) || triangles === undefined) return;
        const wanted = countThreads(options.threads, triangles, STORED_TRIANGLES_MIN);
        if (wanted > 1) pool.prepare('format', Math.min(wanted, planEarlyFormatting(threads)));
      },
    };
    const result =
      keep === undefined
        ? await loadSource(inputs, target, options)
        : await importBeside(inputs, database, outputNeeds, options);
    if (keep !== undefined) options.onKept?.();
    const databaseBytes = fileSize(database);
    const written = await writeMesh(
      database,
      file,
      chosen,
      { ...options, output, pool },
      describeInputs(inputs),
    );
    return { ...result, warnings: [...result.warnings, ...written.warnings], written, databaseBytes };
  } finally {
    await pool.stop();
    await file.discard();
    work.remove();
  }
}
