/** Writes a shard's part of the joined OFF: its new vertices, and its triangles with the ids of the joined mesh. */
import { basename, join } from 'node:path';
import { JoinedIds } from '../../collections/joined-ids.js';
import { SpillFiles } from '../../collections/spill-file.js';
import { runSteps } from '../../collections/steps.js';
import { sqliteError } from '../../database/database-error.js';
import { MeshDatabase } from '../../database/mesh-database.js';
import { UsageError } from '../../errors.js';
import { readSeamIds, type SeamLimits } from '../../formats/seam-ids.js';
import { type Step, writeSteps } from '../../formats/shared/rows.js';
import type { RowWriter } from '../../formats/writer.js';
import type { CompressionChoice } from '../../io/compression/compression.js';
import { filePath } from '../../io/file-path.js';
import { ByteSource } from '../../io/input/byte-source.js';
import type { OutputFile } from '../../io/output/output.js';
import { checkOutput } from '../../io/output/output-check.js';
import { openOutput } from '../../io/output/output-file.js';
import { WorkFolder } from '../../io/work-folder.js';
import { planSharding } from '../../memory/plans.js';
import { CHUNK_BYTES } from '../../memory.js';
import type { MeshSelection, Precision, VertexBatch } from '../../mesh.js';
import { integer, internal, oneOf, type Rules, type Taken, takeOptions } from '../../options.js';
import { forecastOutput, forecastSpills } from '../run/forecast.js';
import { chooseWriter } from '../run/output-writer.js';
import { Pace } from '../run/pace.js';
import { RUN_OPTIONS, type RunOptions } from '../run/progress.js';
import { explainError } from '../run/source-errors.js';
import { partFile, shardCompression, shardNumber } from './shard-files.js';
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
  /** Compression of the files (default: none). */
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
 * in the order of their names, they are the OFF of the joined mesh. Each file appears complete or not at all. Throws
 * UsageError, FileError, DatabaseError, FormatError.
 */
export async function writeShard(
  database: string | URL,
  folder: string | URL,
  options: WriteShardOptions,
): Promise<WriteShardResult> {
  const taken = takeOptions(options, WRITE_SHARD_OPTIONS);
  return writeParts(filePath.take(database, 'database'), filePath.take(folder, 'folder'), taken);
}

/** A shard that is being written. */
interface Shard {
  readonly selection: MeshSelection;
  readonly rows: RowWriter;
  readonly ids: JoinedIds;
  readonly pace: Pace;
}

async function writeParts(
  database: string,
  folder: string,
  options: Taken<WriteShardOptions>,
): Promise<WriteShardResult> {
  const { number, base, seams, force = false, compress } = options;
  const db = MeshDatabase.open(database);
  const files = new SpillFiles(new WorkFolder(join(options.tempFolder ?? folder, basename(database))));
  const outputs: OutputFile[] = [];
  try {
    const stored = db.rows();
    const selection = stored.selectAll();
    const precision = choosePrecision(database, selection.precision, options.positions);
    const paths = (['1-vertices', '2-faces'] as const).map((part) =>
      partFile(folder, part, number, compress),
    );
    for (const path of paths) checkOutput(path, force);
    const { vertexCount, triangleCount } = selection;
    const facts = { ...selection, precision, hasParts: false, attributeHeader: undefined };
    const chosen = await chooseWriter(undefined, {});
    forecastOutput(folder, facts, chosen, compress, options);
    const { idsBytes = planSharding(options).idsBytes } = options;
    const arenaBytes = JoinedIds.arenaBytes(vertexCount, idsBytes);
    const spillBytes = JoinedIds.spillBytes(vertexCount, triangleCount, arenaBytes);
    if (spillBytes > 0)
      forecastSpills(files.folder, [{ what: 'ids of corners', bytes: spillBytes }], options);
    const ids = new JoinedIds(vertexCount, base, new ArrayBuffer(arenaBytes), files);
    const rows = chosen.writer.rows!(facts, {}, () => undefined) as RowWriter;
    const shard: Shard = { selection, rows, ids, pace: new Pace(stored, options) };
    for (const path of paths) outputs.push(await openOutput(path, force, compress));
    const [vertexFile, faceFile] = outputs as [OutputFile, OutputFile];
    const writing = () => writeVertices(shard, vertexFile);
    if (seams === undefined) await writing();
    else await withSeams(seams, { vertices: vertexCount, base }, ids, options, writing);
    await writeFaces(shard, faceFile);
    for (const output of outputs) await output.commit();
    return {
      shard: number,
      vertices: ids.fresh,
      seams: vertexCount - ids.fresh,
      triangles: triangleCount,
      files: paths.map((file, k) => ({ file, bytes: outputs[k]!.size })),
    };
  } catch (error) {
    throw sqliteError(error, database);
  } finally {
    for (const output of outputs) await output.discard();
    db.close();
    files.remove();
  }
}

/** The precision of the text. Throws UsageError if it would round the positions of the shard. */
function choosePrecision(database: string, own: Precision, asked: Precision = own): Precision {
  if (asked === own || asked === 'float64') return asked;
  throw new UsageError(`${database} has float64 positions; expected float64 for all shards of the mesh`, {
    option: 'positions',
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

async function writeVertices({ selection, rows, ids, pace }: Shard, file: OutputFile): Promise<void> {
  const { vertexCount, triangleCount } = selection;
  const chunks = writeSteps(new Uint8Array(0), rows.rowBytes, steps());
  await writeChunks(chunks, file, pace, vertexCount + triangleCount);

  function* steps(): Generator<Step> {
    for (const batch of selection.vertices()) {
      const count = keepFresh(batch, ids);
      yield { count, write: (from, to, target, at) => rows.vertices(batch, from, to, target, at) };
    }
  }
}

/** Compacts the new ones of the next vertices, in the same memory; returns their number. */
function keepFresh({ count, positions }: VertexBatch, ids: JoinedIds): number {
  let kept = 0;
  for (let k = 0; k < count; k++) {
    if (!ids.isFresh(ids.next())) continue;
    for (let axis = 0; axis < 3; axis++) positions[3 * kept + axis] = positions[3 * k + axis]!;
    kept++;
  }
  return kept;
}

async function writeFaces({ selection, rows, ids, pace }: Shard, file: OutputFile): Promise<void> {
  const { vertexCount, triangleCount } = selection;
  await runSteps(ids.prepare(selection.triangles(), triangleCount), (share) => pace.pauseAt('export', share));
  const chunks = writeSteps(new Uint8Array(0), rows.rowBytes, steps());
  await writeChunks(chunks, file, pace, vertexCount + triangleCount, vertexCount);

  function* steps(): Generator<Step> {
    for (const batch of ids.translate(selection.triangles(), triangleCount)) {
      const { count } = batch;
      yield { count, write: (from, to, target, at) => rows.triangles(batch, from, to, target, at) };
    }
  }
}
