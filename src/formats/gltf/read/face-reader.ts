/** Reads the triangles of primitives: lists, strips and fans, with or without indices. */
import { FormatError } from '../../../errors.js';
import type { IndexedFaces } from '../../../mesh.js';
import { formatCount } from '../../../wording.js';
import type { ReadOptions } from '../../format.js';
import { FaceBatcher } from '../../shared/indexed-batches.js';
import type { UnusableVertices } from '../../shared/unusable-vertices.js';
import { resolveAccessor } from '../accessor.js';
import type { Buffers } from '../buffers.js';
import type { GltfDocument } from '../document.js';
import type { PrimitivePlan, Topology } from '../mesh-plan.js';
import { type RecordRows, recordsOf } from './records.js';
import { RowReader } from './row-reader.js';

/** Where a primitive is read: the numbers of its first face and of the first vertex of its set, and its winding. */
export interface FaceOrigin {
  readonly firstFace: number;
  readonly firstVertex: number;
  readonly isMirrored: boolean;
}

export class FaceReader {
  private readonly batcher: FaceBatcher;
  /** The corners of a batch of triangles, as they are in the accessor. */
  private readonly corners: Float64Array;
  private readonly apex = new Float64Array(1);
  /** The number, within its primitive, of the first triangle after the last batch. */
  position = 0;

  constructor(
    private readonly document: GltfDocument,
    private readonly buffers: Buffers,
    private readonly unusable: UnusableVertices,
    private readonly options: ReadOptions,
  ) {
    this.batcher = new FaceBatcher(options.batchTriangles, unusable, options.placeBytes);
    this.corners = new Float64Array(3 * options.batchTriangles + 2);
  }

  /** The rows that places of a primitive point to: its indices, else its positions. */
  recordsOf({ indices, set, topology }: PrimitivePlan): RecordRows {
    const accessor =
      indices === undefined
        ? resolveAccessor(this.document, set.positions, 'POSITION')
        : resolveAccessor(this.document, indices, 'indices');
    return recordsOf(accessor, topology === 'triangles' ? 3 : 1);
  }

  /** Yields batches of the triangles of a primitive from number `from` on. Throws FormatError. */
  async *read(primitive: PrimitivePlan, origin: FaceOrigin, from: number): AsyncGenerator<IndexedFaces> {
    const { document, buffers, batcher, options } = this;
    const { topology, faces, indices, set } = primitive;
    const reader =
      indices === undefined
        ? undefined
        : new RowReader(buffers, resolveAccessor(document, indices, 'indices'));
    await reader?.check();
    const records = this.recordsOf(primitive);
    batcher.records = origin.firstFace + from;
    for (let face = from; face < faces; ) {
      const count = Math.min(options.batchTriangles, faces - face);
      await this.readCorners(reader, topology, face, count);
      const isWhole = set.count === set.announced && !this.unusable.hasSome;
      if (!isWhole || topology !== 'triangles' || !records.isPlain(buffers)) {
        this.addEach(primitive, records, origin, face, count);
      } else this.addAll(primitive, records, origin, face, count);
      face += count;
      this.position = face;
      if (batcher.count > 0) yield batcher.take();
    }
  }

  /** Reads the corners of `count` triangles, which share them in strips and fans. */
  private async readCorners(reader: RowReader | undefined, topology: Topology, face: number, count: number) {
    const { corners } = this;
    const [from, size] = topology === 'triangles' ? [3 * face, 3 * count] : [face, count + 2];
    if (topology === 'fan') {
      if (reader === undefined) this.apex[0] = 0;
      else await reader.read(0, 1, this.apex);
    }
    if (reader !== undefined) await reader.read(from, size, corners);
    else for (let k = 0; k < size; k++) corners[k] = from + k;
  }

  /** Adds triangles of a list at once. */
  private addAll(
    primitive: PrimitivePlan,
    records: RecordRows,
    { firstVertex, isMirrored }: FaceOrigin,
    face: number,
    count: number,
  ): void {
    const { batcher, corners, buffers } = this;
    const { announced } = primitive.set;
    const target = batcher.corners;
    let isGood = true;
    for (let k = 0; k < 3 * count; k++) {
      const corner = corners[k]!;
      isGood &&= corner < announced;
      target[k] = firstVertex + corner;
    }
    if (!isGood) this.refuseCorner(primitive, face, count);
    if (isMirrored) {
      for (let k = 0; k < 3 * count; k += 3) {
        const second = target[k + 1]!;
        target[k + 1] = target[k + 2]!;
        target[k + 2] = second;
      }
    }
    batcher.addTriangles(count, records.place(buffers, 3 * face)!.offset, records.stride);
  }

  private addEach(
    primitive: PrimitivePlan,
    records: RecordRows,
    { firstVertex, isMirrored }: FaceOrigin,
    face: number,
    count: number,
  ): void {
    const { batcher, corners, buffers, apex } = this;
    const { topology, set } = primitive;
    for (let k = 0; k < count; k++) {
      const number = face + k;
      let [a, b, c] = [0, 0, 0];
      if (topology === 'triangles') [a, b, c] = [corners[3 * k]!, corners[3 * k + 1]!, corners[3 * k + 2]!];
      else if (topology === 'fan') [a, b, c] = [corners[k + 1]!, corners[k + 2]!, apex[0]!];
      // Every other triangle of a strip is reversed.
      else if (number % 2 === 0) [a, b, c] = [corners[k]!, corners[k + 1]!, corners[k + 2]!];
      else [a, b, c] = [corners[k]!, corners[k + 2]!, corners[k + 1]!];
      const most = Math.max(a, b, c);
      if (most >= set.announced) this.refuseCorner(primitive, face, count);
      if (most >= set.count) {
        batcher.passOver();
        const message = `a triangle refers to row ${most} of accessors[${set.positions}], which is missing; it is skipped`;
        this.options.warn({ kind: 'salvaged', message });
        continue;
      }
      const at = batcher.used;
      batcher.corners[at] = firstVertex + a;
      batcher.corners[at + 1] = firstVertex + (isMirrored ? c : b);
      batcher.corners[at + 2] = firstVertex + (isMirrored ? b : c);
      const place = placeOfFace(buffers, records, topology, number);
      if (place !== undefined) batcher.addFace(3, place.offset, place.end, 0);
      else this.addWithoutPlace();
    }
  }

  /** Adds the triangle just written, which is in another file. */
  private addWithoutPlace(): void {
    const { batcher, unusable, document } = this;
    const isLeftOut = unusable.hasSome && unusable.leavesOut(batcher.corners, batcher.used, 3, document);
    if (isLeftOut) batcher.passOver();
    else batcher.addUnplaced();
  }

  /** Throws the error for the first of some triangles that has a corner beyond the vertices. */
  private refuseCorner(primitive: PrimitivePlan, face: number, count: number): never {
    const { set, indices, topology } = primitive;
    const size = topology === 'triangles' ? 3 * count : count + 2;
    const found = this.corners.subarray(0, size).findIndex((corner) => corner >= set.announced);
    const corner = found < 0 ? this.apex[0]! : this.corners[found]!;
    const row = found < 0 ? 0 : (topology === 'triangles' ? 3 * face : face) + found;
    const place = recordsOf(resolveAccessor(this.document, indices!, 'indices'), 1).place(this.buffers, row);
    const announced = formatCount(set.announced);
    throw new FormatError(
      `row ${row} of accessors[${indices}] refers to vertex ${corner}; expected less than ${announced}, the count of accessors[${set.positions}]`,
      { place: place && { offset: place.offset } },
    );
  }
}

/** Returns where triangle `face` is: its corners, but for the first one of a fan. */
function placeOfFace(buffers: Buffers, records: RecordRows, topology: Topology, face: number) {
  if (topology === 'triangles') return records.place(buffers, 3 * face);
  return topology === 'strip' ? records.place(buffers, face, 3) : records.place(buffers, face + 1, 2);
}
