/** Exports what other shards must know of a shard: its vertices and its figures, as two Parquet files. */
import { sqliteError } from '../../database/database-error.js';
import { MeshDatabase } from '../../database/mesh-database.js';
import { COMPRESSION_DEFAULT } from '../../formats/parquet/options.js';
import {
  expectLocalVertices,
  type ShardFacts,
  writeLocalVertices,
  writeShardFacts,
} from '../../formats/parquet/shard-tables.js';
import type { CompressionChoice } from '../../io/compression/compression.js';
import { filePath } from '../../io/file-path.js';
import { checkOutput } from '../../io/output/output-check.js';
import { openOutput } from '../../io/output/output-file.js';
import { type Rules, takeOptions } from '../../options.js';
import { forecastBytes } from '../run/forecast.js';
import { Pace } from '../run/pace.js';
import { RUN_OPTIONS, type RunOptions } from '../run/progress.js';
import { shardCompression, shardNumber, tableFile } from './shard-files.js';
import { writeChunks } from './write-chunks.js';

export interface ExportShardOptions extends RunOptions {
  /** The number of the shard, from 0, in the order of the input; at most 99,999. */
  readonly number: number;
  /** Compression of the pages (default: zstd). */
  readonly compress?: CompressionChoice | undefined;
}

const EXPORT_SHARD_OPTIONS: Rules<ExportShardOptions> = {
  ...RUN_OPTIONS,
  number: shardNumber,
  compress: shardCompression,
};

export interface ExportShardResult extends ShardFacts {
  readonly files: readonly { readonly file: string; readonly bytes: number }[];
}

/**
 * Writes the vertices of a shard's database to `<folder>/local_vertices/<number>.parquet`, then a row of figures to
 * `<folder>/shards/<number>.parquet`. Each file appears complete or not at all. Throws UsageError, FileError,
 * DatabaseError.
 */
export async function exportShard(
  database: string | URL,
  folder: string | URL,
  options: ExportShardOptions,
): Promise<ExportShardResult> {
  const taken = takeOptions(options, EXPORT_SHARD_OPTIONS);
  return exportTables(filePath.take(database, 'database'), filePath.take(folder, 'folder'), taken);
}

async function exportTables(
  database: string,
  folder: string,
  { number, compress = COMPRESSION_DEFAULT, force = false, ...run }: ExportShardOptions,
): Promise<ExportShardResult> {
  const db = MeshDatabase.open(database);
  try {
    const rows = db.rows();
    const { vertexCount, triangleCount, precision, vertices } = rows.selectAll();
    const sources = db.sources();
    const sha256 = sources.length === 1 ? (sources[0]!.sha256 ?? undefined) : undefined;
    const facts = { shard: number, vertices: vertexCount, triangles: triangleCount, precision, sha256 };
    const tables = [
      [tableFile(folder, 'local_vertices', number), writeLocalVertices(number, vertices(), compress)],
      [tableFile(folder, 'shards', number), writeShardFacts(facts, compress)],
    ] as const;
    for (const [path] of tables) checkOutput(path, force);
    const bytes = expectLocalVertices(vertexCount, compress);
    forecastBytes(folder, [{ what: 'output', bytes }], run);
    const pace = new Pace(rows, run);
    const files = [];
    for (const [path, chunks] of tables) {
      const file = await openOutput(path, force, 'none');
      try {
        await writeChunks(chunks, file, pace, vertexCount);
        await file.commit();
      } finally {
        await file.discard();
      }
      files.push({ file: path, bytes: file.size });
    }
    return { ...facts, files };
  } catch (error) {
    throw sqliteError(error, database);
  } finally {
    db.close();
  }
}
