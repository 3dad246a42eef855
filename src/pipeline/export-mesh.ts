/** Exports a database as OFF: the second half of every conversion, repeatable at any time. */

import { sqliteError } from '../database/database-error.js';
import { MeshDatabase } from '../database/mesh-database.js';
import type { MeshRows, StoredSelection } from '../database/rows/selection.js';
import { DatabaseError, EmptyError, UsageError } from '../errors.js';
import type { OffChunk } from '../formats/off/write/output.js';
import {
  checkOffOptions,
  formatOff,
  isPlainOff,
  OFF_OPTIONS,
  type OffOptions,
  warnOfAbsent,
} from '../formats/off/write/write.js';
import { readStlColors } from '../formats/stl/color.js';
import { Transform } from '../geometry/transform.js';
import { COMPRESSIONS, type CompressionChoice, compressionOfName } from '../io/compression/compression.js';
import { isSameFile, outputFolder } from '../io/disk.js';
import { filePath } from '../io/file-path.js';
import type { OutputFile } from '../io/output/output.js';
import { checkOutput } from '../io/output/output-check.js';
import { openOutput } from '../io/output/output-file.js';
import { MEMORY_DEFAULT, planFiltering, planThreads } from '../memory.js';
import type { MeshSelection, Warning } from '../mesh.js';
import { flag, oneOf, type Rules, record, takeOptions } from '../options.js';
import { countOf, formatCount } from '../wording.js';
import { keepComponents, needsComponents } from './derive-mesh.js';
import { forecastOutput } from './run/forecast.js';
import { checkOutputName } from './run/output-names.js';
import { RUN_OPTIONS, type RunOptions, WarningTally } from './run/progress.js';
import { countThreads, STORED_TRIANGLES_MIN } from './run/thread-count.js';
import {
  checkSelection,
  SELECTION_OPTIONS,
  type Selected,
  type SelectionOptions,
  type SelectionReport,
  selectMesh,
} from './select-mesh.js';
import { formatInThreads } from './threads/format-threads.js';
import type { ThreadPool } from './threads/thread.js';

/** The share of the free memory for rows that are looked up during the export. */
const CACHE_SHARE = 0.6;

export interface ExportOptions extends RunOptions, SelectionOptions {
  /** The variant of OFF to write (default: plain OFF). */
  readonly off?: OffOptions | undefined;
  /** Compression of the output (default: by its extension, `.gz`, `.zst` or `.zstd`). */
  readonly compress?: CompressionChoice | undefined;
  /** If no triangle is left, write nothing and throw {@link EmptyError}. */
  readonly failIfEmpty?: boolean | undefined;
}

/** The rules for {@link ExportOptions}. */
export const EXPORT_OPTIONS: Rules<ExportOptions> = {
  ...RUN_OPTIONS,
  ...SELECTION_OPTIONS,
  off: record(OFF_OPTIONS),
  compress: oneOf<CompressionChoice>([...COMPRESSIONS.map(({ id }) => id), 'none']),
  failIfEmpty: flag,
};

export interface ExportResult {
  readonly triangles: number;
  readonly vertices: number;
  /** The effects of the filter and the weld. */
  readonly selection: SelectionReport;
  /** Size of the output, as compressed. */
  readonly bytes: number;
  readonly warnings: readonly (Warning & { readonly count: number })[];
}

/**
 * Writes the mesh of a database as OFF to a file, or to standard output if `output` is `-`. The file appears when it is
 * complete, or not at all. Throws UsageError, FileError, DatabaseError.
 */
export async function exportMesh(
  database: string | URL,
  output: string | URL,
  options: ExportOptions = {},
): Promise<ExportResult> {
  return exportTo(
    filePath.take(database, 'database'),
    filePath.take(output, 'output'),
    takeOptions(options, EXPORT_OPTIONS),
  );
}

async function exportTo(database: string, output: string, options: ExportOptions): Promise<ExportResult> {
  checkOffOptions(options.off ?? {});
  checkSelection(options);
  if (isSameFile(database, output)) {
    throw new UsageError(`${output}: the output is the database itself; expected another file`);
  }
  checkOutputName(output);
  MeshDatabase.open(database).close();
  const file = await openOutput(output, options.force ?? false, options.compress);
  try {
    return await withSelection(database, { ...options, output }, (selected, db) => {
      const { compress = compressionOfName(output) } = options;
      const isFile = output !== '-' && checkOutput(output, true) !== 'stream';
      if (isFile) checkSpace(outputFolder(output), selected.selection, { ...options, compress });
      return writeSelection(selected, db, file, options);
    });
  } finally {
    await file.discard();
  }
}

/**
 * Throws FileError if a folder has less space than the OFF of a selection, in one file or several, will take. Rounded or
 * binary output is not checked, because its size is not known.
 */
export function checkSpace(
  folder: string,
  selection: MeshSelection,
  { off = {}, compress, onForecast }: Pick<ExportOptions, 'off' | 'compress' | 'onForecast'>,
): void {
  if (off.precision !== undefined || off.binary === true) return;
  forecastOutput(folder, selection, compress, { onForecast });
}

/** Explains how a mesh would be exported and how much of it, as an export does without writing. */
export async function explainExport(
  database: string | URL,
  options: ExportOptions = {},
): Promise<Omit<ExportResult, 'bytes'>> {
  const path = filePath.take(database, 'database');
  const taken = takeOptions(options, EXPORT_OPTIONS);
  checkOffOptions(taken.off ?? {});
  checkSelection(taken);
  const { triangles, vertices, selection, warnings } = await withSelection(
    path,
    { ...taken, output: path },
    async ({ selection: { triangleCount, vertexCount }, report }) => ({
      triangles: triangleCount,
      vertices: vertexCount,
      selection: report,
      warnings: [],
    }),
  );
  return { triangles, vertices, selection, warnings };
}

/**
 * Writes the mesh of a database, or the selected part of it, to an open output and commits the output. `mesh` is its name
 * in the error for an empty mesh.
 */
export async function writeMesh(
  database: string,
  file: OutputFile,
  options: ExportOptions & { readonly output: string },
  mesh: string = database,
): Promise<ExportResult> {
  return withSelection(database, options, (selected, db) =>
    writeSelection(selected, db, file, options, mesh),
  );
}

/** Opens a database, selects from its mesh, and closes both at the end. */
export async function withSelection<T>(
  database: string,
  options: ExportOptions & { readonly output: string },
  use: (selected: Selected, db: MeshDatabase, rows: MeshRows) => Promise<T>,
): Promise<T> {
  const { off = {}, filter = {} } = options;
  if (needsComponents(filter)) await keepComponents(database, options);
  const db = MeshDatabase.open(database);
  try {
    const rows = db.rows({
      colors: off.colors,
      normals: off.normals,
      decodeAttribute: readStlColors(db.header()).decode,
    });
    const selected = await selectMesh(db, rows, options, options);
    try {
      return await use(selected, db, rows);
    } finally {
      await selected.close();
    }
  } catch (error) {
    throw sqliteError(error, database);
  } finally {
    db.close();
  }
}

/** Writes a selection to an open output and commits the output. */
export async function writeSelection(
  { selection, report, pool }: Selected,
  db: MeshDatabase,
  file: OutputFile,
  options: ExportOptions,
  mesh: string = db.path,
): Promise<ExportResult> {
  const { signal, onProgress } = options;
  const warnings = new WarningTally(options.onWarning);
  const { vertexCount: vertices, triangleCount: triangles } = selection;
  tellOfSelection(selection, report, db, mesh, options, warnings);
  const total = vertices + triangles;
  const warn = (warning: Warning) => warnings.add(warning);
  let written: Promise<void> = Promise.resolve();
  let rows = 0;
  try {
    for await (const chunk of chunksOf(selection, pool, options, warn)) {
      // One chunk is written to the disk while the next one is formatted.
      await written;
      signal?.throwIfAborted();
      written = file.write(chunk.bytes);
      // Errors are reported when the promise is awaited, which may be later.
      written.catch(() => undefined);
      rows = chunk.rows;
      onProgress?.({ stage: 'export', done: rows, total, unit: 'rows', triangles, vertices });
    }
  } finally {
    await written;
  }
  checkRows(rows, selection, db.path);
  await file.commit();
  return { triangles, vertices, selection: report, bytes: file.size, warnings: warnings.list() };
}

/** Reports notes and warnings about a selection. Throws EmptyError if it is empty and must not be. */
function tellOfSelection(
  selection: StoredSelection,
  report: SelectionReport,
  db: MeshDatabase,
  mesh: string,
  { off = {}, transform = [], failIfEmpty = false, onNote = () => undefined }: ExportOptions,
  warnings: WarningTally,
): void {
  for (const { filter, by } of report.steps) onNote(`${filter}: ${by}`);
  if (isEmptied(selection, db, failIfEmpty, mesh)) {
    warnings.add({ kind: 'export-empty', message: 'no triangle is left: the OFF has 0 faces' });
  }
  if (transform.length > 0 && new Transform(transform).isMirroring) {
    const message =
      'the transform mirrors the mesh, which reverses its triangles; `flip: true` flips them back';
    warnings.add({ kind: 'export-mirrored', message });
  }
  if (selection.hasTriangleColors && db.hasFormat('stl')) {
    onNote(`attribute words are read as colors in the form of ${readStlColors(db.header()).dialect}`);
  }
  if (off.precision !== undefined) {
    onNote(
      `positions are rounded to ${countOf(off.precision, 'digit')}; vertices that become equal stay separate`,
    );
  }
}

/** Whether a selection has removed all triangles. Throws EmptyError for any empty mesh if `failIfEmpty`. */
export function isEmptied(
  { triangleCount }: Pick<MeshSelection, 'triangleCount'>,
  db: MeshDatabase,
  failIfEmpty: boolean | undefined,
  mesh: string = db.path,
): boolean {
  if (triangleCount > 0) return false;
  if (failIfEmpty) throw new EmptyError(`${mesh}: no triangle is left; expected at least one`);
  return db.countTriangles() > 0;
}

/** Formats the OFF, with several threads if that pays off. */
function chunksOf(
  selection: StoredSelection,
  pool: ThreadPool,
  { off = {}, threads, memoryBytes = MEMORY_DEFAULT }: ExportOptions,
  warn: (warning: Warning) => void,
): Iterable<OffChunk> | AsyncIterable<OffChunk> {
  const { paged, triangleCount } = selection;
  const least = paged?.map === undefined ? undefined : STORED_TRIANGLES_MIN;
  const { format } = planThreads(memoryBytes, countThreads(threads, triangleCount, least));
  if (format === 0 || paged === undefined || !isPlainOff(selection, off))
    return formatOff(selection, off, warn);
  warnOfAbsent(selection, off, warn);
  const cacheBytes = CACHE_SHARE * planFiltering(memoryBytes, format);
  return formatInThreads(selection, paged, off.precision, pool, format, cacheBytes);
}

/** Checks the number of rows, as the header stated the counts before the rows were read. */
function checkRows(rows: number, { vertexCount, triangleCount }: MeshSelection, path: string): void {
  if (rows === vertexCount + triangleCount) return;
  throw new DatabaseError(
    `${path}: damaged: ${countOf(rows, 'row')} can be read; expected ${formatCount(vertexCount + triangleCount)}, the counts of its tables`,
    { code: 'DATABASE_DAMAGED', hint: 'use `importMesh` to import the source again' },
  );
}
