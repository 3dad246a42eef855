/** The tables of a shard: its vertices, which are joined with those of other shards, and its figures. */
import type { CompressionChoice } from '../../io/compression/compression.js';
import type { Precision, VertexBatch } from '../../mesh.js';
import { IntegerColumn, NumberColumn } from './column.js';
import { PACKED_SHARES } from './options.js';
import { groupRows, type TableChunk, type TableStep, writeTable } from './table-file.js';
import { TextColumn } from './text-column.js';

/** The figures of a shard: one row of the table `shards`. */
export interface ShardFacts {
  readonly shard: number;
  readonly vertices: number;
  readonly triangles: number;
  /** The precision of its positions. */
  readonly precision: Precision;
  /** The SHA-256 of its source in hexadecimal; undefined if it is not known. */
  readonly sha256: string | undefined;
}

const AXES = ['x', 'y', 'z'] as const;
/** The number of columns of `local_vertices`. */
const WIDTH = 2 + AXES.length;

/** Estimates the bytes of the table `local_vertices` for so many vertices. */
export function expectLocalVertices(vertices: number, compression: CompressionChoice): number {
  return 8 * WIDTH * PACKED_SHARES[compression] * vertices;
}

/** Yields the file of the table `local_vertices`: the shard, the id of the vertex in it, and the position. */
export function* writeLocalVertices(
  shard: number,
  batches: Iterable<VertexBatch>,
  compression: CompressionChoice,
): Generator<TableChunk> {
  const capacity = groupRows(WIDTH);
  const shards = new IntegerColumn('shard', capacity);
  const vertices = new IntegerColumn('vertex', capacity);
  const positions = AXES.map((name) => new NumberColumn(name, capacity));
  yield* writeTable([shards, vertices, ...positions], capacity, compression, steps());

  function* steps(): Generator<TableStep> {
    let next = 0;
    for (const batch of batches) {
      const fill = (from: number, to: number) => {
        shards.addCopies(shard, to - from);
        vertices.addRange(next, to - from);
        next += to - from;
        for (const [axis, column] of positions.entries()) column.add(batch.positions, 3, axis, from, to);
      };
      yield { count: batch.count, fill };
    }
  }
}

/** Yields the file of the table `shards` with one row. */
export function* writeShardFacts(facts: ShardFacts, compression: CompressionChoice): Generator<TableChunk> {
  const shard = new IntegerColumn('shard', 1);
  const vertices = new IntegerColumn('vertices', 1);
  const triangles = new IntegerColumn('triangles', 1);
  const precision = new TextColumn('precision');
  const sha256 = new TextColumn('sha256');
  const fill = () => {
    shard.addCopies(facts.shard, 1);
    vertices.addCopies(facts.vertices, 1);
    triangles.addCopies(facts.triangles, 1);
    precision.add(facts.precision, 1);
    sha256.add(facts.sha256, 1);
  };
  yield* writeTable([shard, vertices, triangles, precision, sha256], 1, compression, [{ count: 1, fill }]);
}
