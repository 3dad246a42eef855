/** From a database to OFF: the second half of every conversion, and as often as wanted. */
import { MeshDatabase } from '../database/mesh-database.js';
import { DatabaseError, UsageError } from '../errors.js';
import { formatOff } from '../formats/off.js';
import type { CompressionChoice } from '../io/compression.js';
import { isSameFile } from '../io/disk.js';
import { type OutputFile, openOutput } from '../io/output-file.js';
import type { MeshSelection } from '../mesh.js';
import type { RunOptions } from './progress.js';

export interface ExportOptions extends RunOptions {
  /** Compress the output, or not, whatever its name; unless given, its name decides: `.gz`, `.zst`, `.zstd`. */
  readonly compress?: CompressionChoice | undefined;
}

export interface ExportResult {
  readonly triangles: number;
  readonly vertices: number;
  /** What was written: of a compressed output, its compressed size. */
  readonly outputBytes: number;
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
  if (isSameFile(database, output)) {
    throw new UsageError(`${output}: the output is the database itself; expected another file`);
  }
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

/** Writes the whole mesh of an open database to an open output, and commits that. */
export async function writeMesh(
  db: MeshDatabase,
  file: OutputFile,
  options: RunOptions,
): Promise<ExportResult> {
  const { signal, onProgress } = options;
  const selection = db.selectAll();
  const { vertexCount: vertices, triangleCount: triangles } = selection;
  const total = vertices + triangles;
  let written: Promise<void> = Promise.resolve();
  let rows = 0;
  try {
    for (const chunk of formatOff(selection)) {
      // One chunk is on its way to the disk while the next is made.
      await written;
      signal?.throwIfAborted();
      written = file.write(chunk.bytes);
      rows = chunk.rows;
      onProgress?.({ stage: 'export', done: rows, total, unit: 'rows', triangles, vertices });
    }
  } finally {
    await written;
  }
  checkRows(rows, selection, db.path);
  await file.commit();
  return { triangles, vertices, outputBytes: file.size };
}

/** The counts stood in the header before the rows were seen. */
function checkRows(rows: number, { vertexCount, triangleCount }: MeshSelection, path: string): void {
  if (rows === vertexCount + triangleCount) return;
  const expected = (vertexCount + triangleCount).toLocaleString('en-US');
  throw new DatabaseError(
    `${path}: damaged: ${rows.toLocaleString('en-US')} rows were read; expected ${expected}, the counts of its tables`,
  );
}
