/** Writes a shard's part of the joined mesh: its new vertices, and its triangles with ids of the joined mesh. */
import { basename, join } from 'node:path';
import { JoinedIds } from '../../collections/joined-ids.js';
import { SpillFiles } from '../../collections/spill-file.js';
import { runSteps } from '../../collections/steps.js';
import { sqliteError } from '../../database/database-error.js';
import { MeshDatabase } from '../../database/mesh-database.js';
import { UsageError } from '../../errors.js';
import { readSeamIds, type SeamLimits } from '../../formats/seam-ids.js';
import type { CompressionChoice } from '../../io/compression/compression.js';
import { ensureFolder } from '../../io/disk.js';
import { filePath } from '../../io/file-path.js';
import { ByteSource } from '../../io/input/byte-source.js';
import type { OutputFile } from '../../io/output/output.js';
import { checkOutput } from '../../io/output/output-check.js';
import { openOutput } from '../../io/output/output-file.js';
import { WorkFolder } from '../../io/work-folder.js';
import { planSharding } from '../../memory/plans.js';
import { CHUNK_BYTES } from '../../memory.js';
import type { MeshSelection, Precision } from '../../mesh.js';
import { integer, internal, oneOf, type Rules, type Taken, takeOptions } from '../../options.js';
import { forecastOutput, forecastSpills } from '../run/forecast.js';
import { chooseWriter } from '../run/output-writer.js';
import { Pace } from '../run/pace.js';
import { RUN_OPTIONS, type RunOptions } from '../run/progress.js';
import { explainError } from '../run/source-errors.js';
import { shardCompression, shardNumber } from './shard-files.js';
import { joinedMesh, offOutputs, tableOutputs } from './shard-outputs.js';
import { writeChunks } from './write-chunks.js';

export interface WriteShardOptions extends RunOptions {
  /** The number of the shard, from 0, in the order of the input; at most 99,999. */
  readonly number: number;
  /** The id of its first new vertex in the joined mesh. */
  readonly base: number;
  /**
   * CSV with a vertex of the shard and its id in the joined mesh on each line, for all vertices that earlier shards have;
   * `-` is standard input (default: none).
   */
  readonly seams?: string | URL | undefined;
  /**
   * The precision of the joined mesh, which is that of the text: float64 if any shard is (default: that of this shard).
   */
  readonly positions?: Precision | undefined;
  /** Format of the joined mesh (default: `off`). */
  readonly to?: 'off' | 'parquet' | undefined;
  /** The id of the first triangle of the shard in the joined mesh; required for Parquet, and not used by OFF. */
  readonly firstTriangle?: number | undefined;
  /** Compression of the files of OFF (default: none), or of the pages of Parquet (default: zstd). */
  readonly compress?: CompressionChoice | undefined;
  /**
   * Bytes of the ids held in memory (default: its share of the memory); for tests.
   * @internal
   */
  readonly idsBytes?: number | undefined;
}

const WRITE_SHARD_OPTIONS: Rules<WriteShardOptions> = {
  ...RUN_OPTIONS,
  number: shardNumber,
  base: integer(),
  seams: filePath,
  positions: oneOf<Precision>(['float32', 'float64']),
  to: oneOf(['off', 'parquet']),
  firstTriangle: integer(),
  compress: shardCompression,
  idsBytes: internal(integer(8)),
};

export interface WriteShardResult {
  readonly shard: number;
  /** The new vertices, which were written. */
  readonly vertices: number;
  /** The vertices of earlier shards, which were not. */
  readonly seams: number;
  readonly triangles: number;
  readonly files: readonly { readonly file: string; readonly bytes: number }[];
}

/**
 * Writes `<folder>/1-vertices-<number>` and `<folder>/2-faces-<number>`. With the header and the files of all other shards,
 * in the order of their names, they are the OFF of the joined mesh. For Parquet, writes `<folder>/vertices/<number>.parquet`
 * and `<folder>/triangles/<number>.parquet`. Each file appears complete or not at all. Throws UsageError, FileError,
 * DatabaseError, FormatError.
 */
export async function writeShard(
  database: string | URL,
  folder: string | URL,
  options: WriteShardOptions,
): Promise<WriteShardResult> {
  const taken = takeOptions(options, WRITE_SHARD_OPTIONS);
  return writeParts(filePath.take(database, 'database'), filePath.take(folder, 'folder'), taken);
}

async function writeParts(
  database: string,
  folder: string,
  options: Taken<WriteShardOptions>,
): Promise<WriteShardResult> {
  const { number, base, seams, force = false, to = 'off' } = options;
  const db = MeshDatabase.open(database);
  const files = new SpillFiles(new WorkFolder(join(options.tempFolder ?? folder, basename(database))));
  const opened: OutputFile[] = [];
  try {
    const rows = db.rows();
    const stored = rows.selectAll();
    const { vertexCount, triangleCount } = stored;
    const precision = choosePrecision(database, stored.precision, options.positions);
    const firstTriangle = chooseFirstTriangle(to, options.firstTriangle);
    const chosen = await chooseWriter(undefined, { to, compress: options.compress });
    ensureFolder(folder);
    const ids = makeIds(stored, files, options);
    const mesh = joinedMesh(stored, precision, ids);
    const outputs =
      to === 'off'
        ? offOutputs(folder, number, mesh, chosen)
        : tableOutputs(folder, number, mesh, chosen, { base, firstTriangle });
    for (const { path } of outputs) checkOutput(path, force);
    forecastOutput(folder, mesh, chosen, chosen.compress, options);
    for (const { path } of outputs) opened.push(await openOutput(path, force, chosen.compress));

    const pace = new Pace(rows, options);
    const total = vertexCount + triangleCount;
    const [vertices, triangles] = outputs;
    const writing = () => writeChunks(vertices.chunks(), opened[0]!, pace, total);
    if (seams === undefined) await writing();
    else await withSeams(seams, { vertices: vertexCount, base }, ids, options, writing);
    await runSteps(ids.prepare(stored.triangles(), triangleCount), (share) => pace.pauseAt('export', share));
    await writeChunks(triangles.chunks(), opened[1]!, pace, total, vertexCount);
    for (const file of opened) await file.commit();
    return {
      shard: number,
      vertices: ids.fresh,
      seams: vertexCount - ids.fresh,
      triangles: triangleCount,
      files: outputs.map(({ path }, k) => ({ file: path, bytes: opened[k]!.size })),
    };
  } catch (error) {
    throw sqliteError(error, database);
  } finally {
    for (const file of opened) await file.discard();
    db.close();
    files.remove();
  }
}

/** Makes room for the ids of all vertices, in memory or on disk. Throws FileError if the disk has too little. */
function makeIds(
  { vertexCount, triangleCount }: MeshSelection,
  files: SpillFiles,
  options: Pick<WriteShardOptions, 'base' | 'idsBytes'> & RunOptions,
): JoinedIds {
  const { base, idsBytes = planSharding(options).idsBytes } = options;
  const arenaBytes = JoinedIds.arenaBytes(vertexCount, idsBytes);
  const bytes = JoinedIds.spillBytes(vertexCount, triangleCount, arenaBytes);
  if (bytes > 0) forecastSpills(files.folder, [{ what: 'ids of corners', bytes }], options);
  return new JoinedIds(vertexCount, base, new ArrayBuffer(arenaBytes), files);
}

/** The precision of the text. Throws UsageError if it would round the positions of the shard. */
function choosePrecision(database: string, own: Precision, asked: Precision = own): Precision {
  if (asked === own || asked === 'float64') return asked;
  throw new UsageError(`${database} has float64 positions; expected float64 for all shards of the mesh`, {
    option: 'positions',
  });
}

/** The id of the first triangle. Throws UsageError if a format with ids of triangles has none. */
function chooseFirstTriangle(to: WriteShardOptions['to'], asked: number | undefined): number {
  if (to !== 'parquet' || asked !== undefined) return asked ?? 0;
  throw new UsageError('missing; expected the id of the first triangle, which Parquet has', {
    option: 'firstTriangle',
    hint: 'bases.sql finds it',
  });
}

/** Reads the seams, then calls `use`. A FormatError of either names the file. */
async function withSeams(
  path: string,
  limits: SeamLimits,
  ids: JoinedIds,
  { signal }: RunOptions,
  use: () => Promise<void>,
): Promise<void> {
  let source: ByteSource | undefined;
  try {
    source = await ByteSource.open(path, { signal });
    for await (const { count, vertices, ids: joined } of readSeamIds(source, limits)) {
      for (let k = 0; k < count; k++) ids.add(vertices[k]!, joined[k]!);
    }
    await source.drain(new Uint8Array(CHUNK_BYTES));
    await use();
  } catch (error) {
    throw await explainError(error, path, source);
  } finally {
    await source?.close();
  }
}
