/**
 * The rows of an indexed source in spill files, as it has them: vertices are not welded, and polygons are cut. So the
 * welder has no part in the comparison of what it may have made.
 *
 * Disk: 12 bytes a vertex (24 in float64) and 4 a corner, twice if there are polygons.
 */

import { type NumberFile, NumberReader } from '../../collections/number-file.js';
import type { RowSource } from '../../collections/row-cache.js';
import { type SpillFile, STREAM_WORDS, WORD_BYTES } from '../../collections/spill-file.js';
import type { Rows } from '../../database/pages/leaf-decoder.js';
import type { Precision, TriangleBatch, VertexBatch } from '../../mesh.js';
import type { ScannedRows } from '../scan/scan-corners.js';

/** Rows read at a time. */
const BATCH_ROWS = 16_384;

/** Values of a position, and corners of a triangle. */
const WIDTH = 3;

export class SpooledRows implements ScannedRows {
  readonly vertexRange: number;
  readonly triangleRange: number;

  /** `vertices` has three values a vertex, `corners` three vertex numbers a triangle; others close them. */
  constructor(
    private readonly vertices: SpillFile,
    private readonly corners: NumberFile,
    readonly precision: Precision,
  ) {
    this.vertexRange = (vertices.length * WORD_BYTES) / (WIDTH * bytesOf(precision));
    this.triangleRange = corners.length / WIDTH;
  }

  *positionsOf(): Generator<VertexBatch & Rows> {
    const source = this.positions();
    const positions = new Float64Array(WIDTH * BATCH_ROWS);
    for (const { first, count, ids } of batchesOf(this.vertexRange)) {
      source.load(first, count, positions);
      yield { count, ids, positions };
    }
  }

  *cornersOf(): Generator<TriangleBatch & Rows> {
    const reader = new NumberReader(this.corners, STREAM_WORDS);
    const corners = new Float64Array(WIDTH * BATCH_ROWS);
    for (const { count, ids } of batchesOf(this.triangleRange)) {
      reader.read(corners, WIDTH * count);
      yield { count, ids, corners };
    }
  }

  vertexLeaves(): undefined {
    return undefined;
  }

  positions(): RowSource {
    const { vertices, vertexRange, precision } = this;
    const words = (WIDTH * bytesOf(precision)) / WORD_BYTES;
    const values = new (arrayOf(precision))(WIDTH * BATCH_ROWS);
    const bits = new Int32Array(values.buffer);
    return {
      width: WIDTH,
      count: vertexRange,
      load(first, count, target) {
        vertices.read(bits.subarray(0, words * count), words * first);
        for (let k = 0; k < WIDTH * count; k++) target[k] = values[k]!;
      },
    };
  }
}

/** Returns the bytes of a coordinate. */
export function bytesOf(precision: Precision): 4 | 8 {
  return precision === 'float32' ? 4 : 8;
}

function arrayOf(precision: Precision): Float32ArrayConstructor | Float64ArrayConstructor {
  return precision === 'float32' ? Float32Array : Float64Array;
}

/** Yields the numbers of `total` rows, some at a time, in the same array. */
function* batchesOf(total: number): Generator<{ first: number } & Rows> {
  const ids = new Float64Array(BATCH_ROWS);
  for (let first = 0; first < total; first += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, total - first);
    for (let k = 0; k < count; k++) ids[k] = first + k;
    yield { first, count, ids };
  }
}
