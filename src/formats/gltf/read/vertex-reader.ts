/** Reads the vertices of primitives: positions, colors and normals, transformed into the scene. */
import type { IndexedVertices, Precision } from '../../../mesh.js';
import type { ReadOptions } from '../../format.js';
import { VertexBatcher } from '../../shared/indexed-batches.js';
import type { UnusableVertices } from '../../shared/unusable-vertices.js';
import { resolveAccessor } from '../accessor.js';
import type { Buffers } from '../buffers.js';
import type { GltfDocument } from '../document.js';
import { cofactors, isIdentity, isMirror, type Matrix } from '../matrix.js';
import type { VertexSet } from '../mesh-plan.js';
import { type RecordRows, recordsOf } from './records.js';
import { RowReader } from './row-reader.js';

type Values = Float32Array | Float64Array;

export class VertexReader {
  private readonly batcher: VertexBatcher;
  private readonly scratch: Float64Array;

  constructor(
    private readonly document: GltfDocument,
    private readonly buffers: Buffers,
    private readonly unusable: UnusableVertices,
    private readonly options: ReadOptions,
    precision: Precision,
  ) {
    this.batcher = new VertexBatcher(options.batchTriangles, precision, options.placeBytes);
    this.scratch = new Float64Array(4 * options.batchTriangles);
  }

  /** The rows that places of a set point to. */
  recordsOf(set: VertexSet): RecordRows {
    return recordsOf(resolveAccessor(this.document, set.positions, 'POSITION'), 1);
  }

  /**
   * Yields batches of the vertices of a set from row `from` on; row 0 is vertex `first` of the source. Throws FormatError.
   */
  async *read(set: VertexSet, matrix: Matrix, first: number, from: number): AsyncGenerator<IndexedVertices> {
    const { document, buffers, batcher, options, scratch } = this;
    const open = async (id: number, use: 'POSITION' | 'COLOR_0' | 'NORMAL') => {
      const reader = new RowReader(buffers, resolveAccessor(document, id, use));
      await reader.check();
      return reader;
    };
    const positions = await open(set.positions, 'POSITION');
    const colors = set.colors === undefined ? undefined : await open(set.colors, 'COLOR_0');
    const normals = set.normals === undefined ? undefined : await open(set.normals, 'NORMAL');
    const records = this.recordsOf(set);
    batcher.total = first + from;
    for (let row = from; row < set.count; ) {
      const count = Math.min(options.batchTriangles, set.count - row);
      await positions.read(row, count, batcher.positions);
      if (!isIdentity(matrix)) transformPoints(matrix, batcher.positions, count);
      if (colors !== undefined) {
        await colors.read(row, count, scratch);
        takeColors(scratch, colors.accessor.components, count, batcher.openColors());
      }
      if (normals !== undefined) {
        const target = batcher.openNormals();
        await normals.read(row, count, target);
        if (!isIdentity(matrix)) transformNormals(matrix, target, count);
      }
      this.checkFinite(set, row, count);
      this.addRecords(records, row, count);
      row += count;
      yield batcher.take();
    }
  }

  private addRecords(records: RecordRows, row: number, count: number): void {
    const { batcher, buffers } = this;
    const place = records.place(buffers, row);
    if (place === undefined) {
      batcher.count += count;
      batcher.total += count;
    } else if (records.isPlain(buffers)) batcher.addRecords(count, place.offset, records.stride);
    else {
      for (let k = 0; k < count; k++) {
        const { offset, end } = records.place(buffers, row + k)!;
        batcher.add(offset, end, 0);
      }
    }
  }

  private checkFinite(set: VertexSet, row: number, count: number): void {
    const { batcher, unusable, buffers } = this;
    const { positions } = batcher;
    let sum = 0;
    // Zero times any finite number is zero.
    for (let k = 0; k < 3 * count; k++) sum += positions[k]! * 0;
    if (sum === 0) return;
    const records = this.recordsOf(set);
    for (let k = 0; k < count; k++) {
      const axis = [0, 1, 2].find((each) => !Number.isFinite(positions[3 * k + each]));
      if (axis === undefined) continue;
      const what = `${'xyz'[axis]} of row ${row + k} of accessors[${set.positions}]`;
      const problem = `${what} is ${positions[3 * k + axis]}; expected a finite number`;
      const { offset } = records.place(buffers, row + k) ?? this.document;
      unusable.note(batcher.total + k, problem, { offset }, false);
      batcher.standIn(k);
    }
  }
}

function transformPoints(m: Matrix, points: Values, count: number): void {
  for (let at = 0; at < 3 * count; at += 3) {
    const [x, y, z] = [points[at]!, points[at + 1]!, points[at + 2]!];
    points[at] = m[0]! * x + m[4]! * y + m[8]! * z + m[12]!;
    points[at + 1] = m[1]! * x + m[5]! * y + m[9]! * z + m[13]!;
    points[at + 2] = m[2]! * x + m[6]! * y + m[10]! * z + m[14]!;
  }
}

/** Transforms normals by the inverse transpose and brings them to length 1. */
function transformNormals(matrix: Matrix, normals: Values, count: number): void {
  const m = cofactors(matrix);
  const sign = isMirror(matrix) ? -1 : 1;
  for (let at = 0; at < 3 * count; at += 3) {
    const [x, y, z] = [normals[at]!, normals[at + 1]!, normals[at + 2]!];
    const nx = m[0]! * x + m[3]! * y + m[6]! * z;
    const ny = m[1]! * x + m[4]! * y + m[7]! * z;
    const nz = m[2]! * x + m[5]! * y + m[8]! * z;
    const length = sign * Math.hypot(nx, ny, nz);
    // NaN stands for no normal.
    normals[at] = nx / length;
    normals[at + 1] = ny / length;
    normals[at + 2] = nz / length;
  }
}

function takeColors(rows: Float64Array, components: number, count: number, target: Float64Array): void {
  for (let k = 0; k < count; k++) {
    for (let c = 0; c < 4; c++) {
      target[4 * k + c] = c < components ? rows[components * k + c]! : Number.NaN;
    }
  }
}
