/** From a database to OFF: the second half of every conversion, and as often as wanted. */
import { extname } from 'node:path';
import { MeshDatabase } from '../database/mesh-database.js';
import type { StoredSelection } from '../database/selection.js';
import { DatabaseError, UsageError } from '../errors.js';
import { FORMATS } from '../formats/index.js';
import type { OffChunk } from '../formats/off/output.js';
import {
  checkOffOptions,
  formatOff,
  isPlainOff,
  type OffOptions,
  warnOfAbsent,
} from '../formats/off/write.js';
import { readStlColors } from '../formats/stl/color.js';
import { type CompressionChoice, withoutCompression } from '../io/compression.js';
import { isSameFile } from '../io/disk.js';
import { type OutputFile, openOutput } from '../io/output-file.js';
import { MEMORY_DEFAULT, type MeshSelection, planThreads, type Warning } from '../mesh.js';
import { type RunOptions, WarningTally } from './progress.js';
import { countThreads } from './threads/count.js';
import { formatInThreads } from './threads/format-threads.js';

/** Endings of compressed files that are not written. */
const FOREIGN_COMPRESSIONS: readonly string[] = ['bz2', 'xz', 'lz4', '7z', 'zip'];

export interface ExportOptions extends RunOptions {
  /** The variant of OFF to write; plain OFF unless given. */
  readonly off?: OffOptions | undefined;
  /** Compress the output, or not, whatever its name; unless given, its name decides: `.gz`, `.zst`, `.zstd`. */
  readonly compress?: CompressionChoice | undefined;
}

export interface ExportResult {
  readonly triangles: number;
  readonly vertices: number;
  /** What was written: of a compressed output, its compressed size. */
  readonly outputBytes: number;
  readonly warnings: readonly (Warning & { readonly count: number })[];
}

/**
 * Writes the mesh of a database as OFF to a file, or to standard output where `output` is `-`. The file appears
 * whole or not at all. Throws UsageError, FileError, DatabaseError.
 */
export async function exportMesh(
  database: string,
  output: string,
  options: ExportOptions = {},
): Promise<ExportResult> {
  checkOffOptions(options.off ?? {});
  if (isSameFile(database, output)) {
    throw new UsageError(`${output}: the output is the database itself; expected another file`);
  }
  checkOutputName(output);
  const db = MeshDatabase.open(database);
  try {
    const file = await openOutput(output, options.force ?? false, options.compress);
    try {
      return await writeMesh(db, file, options);
    } finally {
      await file.discard();
    }
  } finally {
    db.close();
  }
}

/** Throws UsageError for an output that is named like something else than OFF. */
export function checkOutputName(path: string): void {
  const ending = extname(withoutCompression(path)).slice(1).toLowerCase();
  const others = FORMATS.filter(({ id }) => id !== 'off').flatMap(({ extensions }) => [...extensions]);
  if (!(others as readonly string[]).includes(ending) && !FOREIGN_COMPRESSIONS.includes(ending)) return;
  throw new UsageError(`${path}: ends in .${ending}, but OFF is written; expected .off, .off.gz or .off.zst`);
}

/** Writes the whole mesh of an open database to an open output, and commits that. */
export async function writeMesh(
  db: MeshDatabase,
  file: OutputFile,
  options: ExportOptions,
): Promise<ExportResult> {
  const { signal, onProgress, off = {} } = options;
  const warnings = new WarningTally(options.onWarning);
  const stlColors = readStlColors(db.header());
  const selection = db.selectAll({
    colors: off.colors,
    normals: off.normals,
    decodeAttribute: stlColors.decode,
  });
  const { vertexCount: vertices, triangleCount: triangles } = selection;
  if (selection.hasTriangleColors && db.sources().some(({ format }) => format === 'stl')) {
    options.onNote?.(`attribute words are read as ${stlColors.dialect} writes colours`);
  }
  if (off.precision !== undefined) {
    options.onNote?.(
      `positions are rounded to ${off.precision} digits; vertices that become equal stay vertices of their own`,
    );
  }
  const total = vertices + triangles;
  const warn = (warning: Warning) => warnings.add(warning);
  let written: Promise<void> = Promise.resolve();
  let rows = 0;
  try {
    for await (const chunk of chunksOf(selection, options, warn)) {
      // One chunk is on its way to the disk while the next is made.
      await written;
      signal?.throwIfAborted();
      written = file.write(chunk.bytes);
      // What went wrong is told when it is awaited, which may be a while.
      written.catch(() => undefined);
      rows = chunk.rows;
      onProgress?.({ stage: 'export', done: rows, total, unit: 'rows', triangles, vertices });
    }
  } finally {
    await written;
  }
  checkRows(rows, selection, db.path);
  await file.commit();
  return { triangles, vertices, outputBytes: file.size, warnings: warnings.list() };
}

/** The OFF, by several threads where that is worth it. */
function chunksOf(
  selection: StoredSelection,
  { off = {}, threads, memoryBytes = MEMORY_DEFAULT }: ExportOptions,
  warn: (warning: Warning) => void,
): Iterable<OffChunk> | AsyncIterable<OffChunk> {
  const { paged, triangleCount } = selection;
  const { format } = planThreads(memoryBytes, countThreads(threads, triangleCount));
  if (format === 0 || paged === undefined || !isPlainOff(selection, off))
    return formatOff(selection, off, warn);
  warnOfAbsent(selection, off, warn);
  return formatInThreads(selection, paged, off.precision, format);
}

/** The counts stood in the header before the rows were seen. */
function checkRows(rows: number, { vertexCount, triangleCount }: MeshSelection, path: string): void {
  if (rows === vertexCount + triangleCount) return;
  const expected = (vertexCount + triangleCount).toLocaleString('en-US');
  throw new DatabaseError(
    `${path}: damaged: ${rows.toLocaleString('en-US')} rows were read; expected ${expected}, the counts of its tables`,
  );
}
