/** Exports a database to a file: the second half of every conversion, repeatable at any time. */

import { sqliteError } from '../database/database-error.js';
import { MeshDatabase } from '../database/mesh-database.js';
import type { MeshRows, StoredSelection } from '../database/rows/selection.js';
import { DatabaseError, EmptyError, UsageError } from '../errors.js';
import { Transform } from '../geometry/transform.js';
import { COMPRESSIONS, type CompressionChoice, compressionOfName } from '../io/compression/compression.js';
import { isSameFile, outputFolder } from '../io/disk.js';
import { filePath } from '../io/file-path.js';
import type { OutputFile } from '../io/output/output.js';
import type { MeshSelection, MeshSelectionOptions, SoupSelection, Warning } from '../mesh.js';
import { flag, oneOf, type Rules, takeOptions } from '../options.js';
import { countOf, formatCount } from '../wording.js';
import { keepComponents, needsComponents } from './derive-mesh.js';
import { arrange, chunksOf, countRows } from './output-chunks.js';
import { readAttributeColors } from './run/attribute-colors.js';
import { forecastOutput } from './run/forecast.js';
import { openTarget, takesSpace } from './run/open-target.js';
import { checkOutputName } from './run/output-names.js';
import {
  type ChosenWriter,
  chooseWriter,
  hasRowWriter,
  WRITER_CHOICE,
  type WriterChoice,
} from './run/output-writer.js';
import { RUN_OPTIONS, type RunOptions, WarningTally } from './run/progress.js';
import {
  checkSelection,
  SELECTION_OPTIONS,
  type Selected,
  type SelectingOptions,
  type SelectionOptions,
  type SelectionReport,
  selectMesh,
} from './select-mesh.js';

export interface ExportOptions extends RunOptions, SelectionOptions, WriterChoice {
  /** Compression of the output (default: by its extension, `.gz`, `.zst` or `.zstd`). */
  readonly compress?: CompressionChoice | undefined;
  /** If no triangle is left, write nothing and throw {@link EmptyError}. */
  readonly failIfEmpty?: boolean | undefined;
}

/** The rules for {@link ExportOptions}. */
export const EXPORT_OPTIONS: Rules<ExportOptions> = {
  ...RUN_OPTIONS,
  ...SELECTION_OPTIONS,
  ...WRITER_CHOICE,
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
  const chosen = await chooseWriter(output, options);
  checkSelection(options);
  if (isSameFile(database, output)) {
    throw new UsageError(`${output}: the output is the database itself; expected another file`);
  }
  checkOutputName(output, chosen.writer);
  MeshDatabase.open(database).close();
  const file = await openTarget(output, options.force ?? false, chosen);
  try {
    return await withSelection(database, chosen, { ...options, output }, (selected, db) => {
      const { compress = compressionOfName(output) } = chosen;
      if (takesSpace(output, true, chosen)) {
        checkSpace(outputFolder(output), selected.selection, chosen, { ...options, compress });
      }
      return writeSelection(selected, db, file, chosen, options);
    });
  } finally {
    await file.discard();
  }
}

/**
 * Throws FileError if a folder has too little space for the output of a selection, or of its parts, as far as the writer
 * can predict its size.
 */
export function checkSpace(
  folder: string,
  selection: SoupSelection,
  chosen: ChosenWriter,
  { compress, onForecast }: Pick<ExportOptions, 'compress' | 'onForecast'>,
): void {
  forecastOutput(folder, selection, chosen, compress, { onForecast });
}

/** Explains how a mesh would be exported and how much of it: an export that writes nothing. */
export async function explainExport(
  database: string | URL,
  options: ExportOptions = {},
): Promise<Omit<ExportResult, 'bytes'>> {
  const path = filePath.take(database, 'database');
  const taken = takeOptions(options, EXPORT_OPTIONS);
  const chosen = await chooseWriter(undefined, taken);
  checkSelection(taken);
  const { triangles, vertices, selection, warnings } = await withSelection(
    path,
    chosen,
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
  chosen: ChosenWriter,
  options: ExportOptions & Pick<SelectingOptions, 'output' | 'pool'>,
  mesh: string = database,
): Promise<ExportResult> {
  return withSelection(database, chosen, options, (selected, db) =>
    writeSelection(selected, db, file, chosen, options, mesh),
  );
}

/** Opens a database, selects what a writer is to write, and closes both at the end. */
export async function withSelection<T>(
  database: string,
  chosen: ChosenWriter,
  options: ExportOptions & Pick<SelectingOptions, 'output' | 'pool'>,
  use: (selected: Selected, db: MeshDatabase, rows: MeshRows) => Promise<T>,
): Promise<T> {
  return withRows(
    database,
    chosen.options,
    { ...options, hasRowWriter: hasRowWriter(chosen) },
    (selected, db, rows) => use({ ...selected, selection: arrange(selected.selection, chosen) }, db, rows),
  );
}

/** Opens a database, selects from its mesh with these attributes, and closes both at the end. */
export async function withRows<T>(
  database: string,
  { colors, normals }: Pick<MeshSelectionOptions, 'colors' | 'normals'>,
  options: SelectionOptions & SelectingOptions,
  use: (selected: Selected, db: MeshDatabase, rows: MeshRows) => Promise<T>,
): Promise<T> {
  if (needsComponents(options.filter ?? {})) await keepComponents(database, options);
  const db = MeshDatabase.open(database);
  try {
    const rows = db.rows({ colors, normals, decodeAttribute: readAttributeColors(db).decode });
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
  selected: Selected,
  db: MeshDatabase,
  file: OutputFile,
  chosen: ChosenWriter,
  options: ExportOptions,
  mesh: string = db.path,
): Promise<ExportResult> {
  const { signal, onProgress } = options;
  const { selection, report } = selected;
  const warnings = new WarningTally(options.onWarning);
  const { vertexCount: vertices, triangleCount: triangles } = selection;
  tellOfSelection(selection, report, db, mesh, chosen, options, warnings);
  const total = countRows(selection, chosen);
  const warn = (warning: Warning) => warnings.add(warning);
  let written: Promise<void> = Promise.resolve();
  let rows = 0;
  try {
    for await (const chunk of chunksOf(selected, chosen, options, warn)) {
      // One chunk is written to the disk while the next one is formatted.
      await written;
      signal?.throwIfAborted();
      if (chunk.writeAt !== undefined && file.reserve !== undefined) {
        chunk.writeAt(file.reserve(chunk.bytes.length));
      } else {
        written = file.write(chunk.bytes, chunk.table);
        // Errors are reported when the promise is awaited, which may be later.
        written.catch(() => undefined);
      }
      rows = chunk.rows;
      onProgress?.({ stage: 'export', done: rows, total, unit: 'rows', triangles, vertices });
    }
  } finally {
    await written;
  }
  checkRows(rows, total, db.path);
  await file.commit();
  return { triangles, vertices, selection: report, bytes: file.size, warnings: warnings.list() };
}

/** Reports notes and warnings about a selection. Throws EmptyError if it is empty and must not be. */
function tellOfSelection(
  selection: StoredSelection,
  report: SelectionReport,
  db: MeshDatabase,
  mesh: string,
  { writer, options: { precision } }: ChosenWriter,
  { transform = [], failIfEmpty = false, onNote = () => undefined }: ExportOptions,
  warnings: WarningTally,
): void {
  for (const { filter, by } of report.steps) onNote(`${filter}: ${by}`);
  if (isEmptied(selection, db, failIfEmpty, mesh)) {
    warnings.add({ kind: 'export-empty', message: `no triangle is left: the ${writer.title} has 0 faces` });
  }
  if (transform.length > 0 && new Transform(transform).isMirroring) {
    const message =
      'the transform mirrors the mesh, which reverses its triangles; `flip: true` flips them back';
    warnings.add({ kind: 'export-mirrored', message });
  }
  if (selection.hasTriangleColors && !hasFaceColors(db)) {
    const { dialects } = readAttributeColors(db);
    onNote(`attribute words are read as colors in the form of ${dialects.join(' and ')}`);
  }
  if (precision !== undefined) {
    onNote(
      `positions are rounded to ${countOf(precision, 'digit')}; vertices that become equal stay separate`,
    );
  }
}

/** Whether triangles have colors of their own, which precede those of attribute words. */
function hasFaceColors(db: MeshDatabase): boolean {
  const sql = 'SELECT EXISTS (SELECT 1 FROM triangle_colors)';
  return db.ask((connection) => connection.prepare(sql).pluck().get() === 1);
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

/** Checks the number of rows, as the header stated the counts before the rows were read. */
function checkRows(rows: number, expected: number, path: string): void {
  if (rows === expected) return;
  throw new DatabaseError(
    `${path}: damaged: ${countOf(rows, 'row')} can be read; expected ${formatCount(expected)}, the counts of its tables`,
    { code: 'DATABASE_DAMAGED', hint: 'use `importMesh` to import the source again' },
  );
}
