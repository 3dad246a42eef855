/** What a shard adds to the joined mesh: two files, of vertices and of triangles, in either format. */
import type { JoinedIds } from '../../collections/joined-ids.js';
import { writeTriangleTable, writeVertexTable } from '../../formats/parquet/tables.js';
import { type Step, writeSteps } from '../../formats/shared/rows.js';
import type { RowWriter } from '../../formats/writer.js';
import type { MeshSelection, Precision, SoupSelection, VertexBatch } from '../../mesh.js';
import type { ChosenWriter } from '../run/output-writer.js';
import { partFile, tableFile } from './shard-files.js';
import type { Chunk } from './write-chunks.js';

/** A file that is still to be written. Its chunks are read once, those of vertices before those of triangles. */
export interface ShardOutput {
  readonly path: string;
  readonly chunks: () => Iterable<Chunk>;
}

/** The mesh of a shard as a part of the joined mesh. Its counts are those of the shard. */
export function joinedMesh(stored: MeshSelection, precision: Precision, ids: JoinedIds): SoupSelection {
  return {
    ...stored,
    precision,
    hasParts: false,
    attributeHeaders: undefined,
    *vertices() {
      for (const batch of stored.vertices()) yield { ...batch, count: keepFresh(batch, ids) };
    },
    triangles: () => ids.translate(stored.triangles(), stored.triangleCount),
    // These formats need neither parts nor positions of corners.
    parts: () => [],
    soup: () => [],
  };
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

/** Names the parts of an OFF, without its header. */
export function offOutputs(
  folder: string,
  number: number,
  mesh: SoupSelection,
  { writer, options, compress }: ChosenWriter,
): readonly [vertices: ShardOutput, triangles: ShardOutput] {
  const rows = writer.rows!(mesh, options, () => undefined) as RowWriter;
  const none = new Uint8Array(0);
  return [
    {
      path: partFile(folder, '1-vertices', number, compress),
      chunks: () => writeSteps(none, rows.rowBytes, stepsOf(mesh.vertices(), rows.vertices)),
    },
    {
      path: partFile(folder, '2-faces', number, compress),
      chunks: () => writeSteps(none, rows.rowBytes, stepsOf(mesh.triangles(), rows.triangles)),
    },
  ];
}

/** Names the files of a shard in the tables of a joined mesh, whose ids begin with these. */
export function tableOutputs(
  folder: string,
  number: number,
  mesh: SoupSelection,
  { options }: ChosenWriter,
  { base, firstTriangle }: { readonly base: number; readonly firstTriangle: number },
): readonly [vertices: ShardOutput, triangles: ShardOutput] {
  return [
    {
      path: tableFile(folder, 'vertices', number),
      chunks: () => writeVertexTable(mesh, options, base),
    },
    {
      path: tableFile(folder, 'triangles', number),
      chunks: () => writeTriangleTable(mesh, options, firstTriangle),
    },
  ];
}

/** Steps that write each batch. */
function* stepsOf<Batch extends { readonly count: number }>(
  batches: Iterable<Batch>,
  write: (batch: Batch, from: number, to: number, target: Uint8Array, at: number) => number,
): Generator<Step> {
  for (const batch of batches) {
    yield {
      count: batch.count,
      write: (from, to, target, at) => write(batch, from, to, target, at),
    };
  }
}
