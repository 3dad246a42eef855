/**
 * Reads binary faces with one list, that of their corners, and any single values before and after it. Runs of triangles
 * with 32-bit indices, nearly all faces in practice, have their own loop.
 */

import type { ByteWindow } from '../../io/input/byte-window.js';
import { FACE_CORNERS_MAX } from '../../memory.js';
import type { BodyPause, ElementReader } from './body-reader.js';
import { type MeshCollector, refuseFaceSize, refuseListCount } from './collect.js';
import type { PlyProperty } from './header.js';
import { type ElementPlan, NO_SLOT, SLOTS } from './plan.js';
import { readScalar, Scalar, sizeOf } from './scalars.js';

/** A single value to read: its position, from the start of the record or from the end of the list. */
interface Value {
  readonly type: Scalar;
  readonly slot: number;
  readonly at: number;
  readonly isBehindList: boolean;
}

export class BinaryFaceReader implements ElementReader {
  done = 0;
  private readonly list: PlyProperty;
  private readonly countType: Scalar;
  private readonly values: readonly Value[];
  private readonly slots = new Float64Array(SLOTS).fill(Number.NaN);
  /** Bytes before the list, of its count and of each corner, and bytes after it. */
  private readonly bytesBefore: number;
  private readonly countBytes: number;
  private readonly cornerBytes: number;
  private readonly bytesBehind: number;
  private readonly hasPlainTriangles: boolean;

  constructor(
    private readonly window: ByteWindow,
    private readonly plan: ElementPlan,
    private readonly collector: MeshCollector,
    private readonly isLittle: boolean,
  ) {
    const { properties } = plan.element;
    const values: Value[] = [];
    const bytes = [0, 0];
    for (const [k, { type }] of properties.entries()) {
      const side = k > plan.cornerList! ? 1 : 0;
      if (k === plan.cornerList) continue;
      const slot = plan.slots[k]!;
      if (slot !== NO_SLOT) values.push({ type, slot, at: bytes[side]!, isBehindList: side === 1 });
      bytes[side]! += sizeOf(type);
    }
    this.list = properties[plan.cornerList!]!;
    this.countType = this.list.countType!;
    this.values = values;
    this.bytesBefore = bytes[0]!;
    this.countBytes = sizeOf(this.countType);
    this.cornerBytes = sizeOf(this.list.type);
    this.bytesBehind = bytes[1]!;
    const { type } = this.list;
    this.hasPlainTriangles =
      this.countType <= Scalar.Uchar && (type === Scalar.Int || type === Scalar.Uint) && values.length === 0;
  }

  get recordOffset(): number {
    return this.window.offset;
  }

  read(): BodyPause {
    const { window, collector } = this;
    const { count } = this.plan.element;
    const { bytes } = window;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    while (this.done < count) {
      if (collector.faces.isFull) return 'batch';
      const isPlain = this.hasPlainTriangles && !collector.unusable.hasSome;
      if (isPlain && this.readTriangles(view) > 0) continue;
      if (!this.readRecord(view)) return 'more';
    }
    return 'done';
  }

  /** Reads triangles up to the first record that is something else or invalid; returns how many. */
  private readTriangles(view: DataView): number {
    const { window, collector, isLittle, bytesBefore } = this;
    const { faces, vertexCount } = collector;
    const { corners, used } = faces;
    const recordBytes = bytesBefore + 13 + this.bytesBehind;
    const present = Math.floor((window.end - window.start) / recordBytes);
    const stop = used + 3 * Math.min(present, this.plan.element.count - this.done, faces.triangleRoom);
    let at = window.start + bytesBefore;
    let to = used;
    for (; to < stop && view.getUint8(at) === 3; at += recordBytes, to += 3) {
      const a = view.getInt32(at + 1, isLittle);
      const b = view.getInt32(at + 5, isLittle);
      const c = view.getInt32(at + 9, isLittle);
      // One of them is negative, or its bits are those of a larger unsigned number.
      if ((a | b | c) < 0 || a >= vertexCount || b >= vertexCount || c >= vertexCount) break;
      corners[to] = a;
      corners[to + 1] = b;
      corners[to + 2] = c;
    }
    const count = (to - used) / 3;
    if (count === 0) return 0;
    faces.addTriangles(count, window.offset, recordBytes);
    collector.noteFaces();
    window.start += count * recordBytes;
    this.done += count;
    return count;
  }

  /** Reads one record of any kind; returns false if the window does not hold all of it. */
  private readRecord(view: DataView): boolean {
    const { window, collector, isLittle, list, cornerBytes } = this;
    const { start, end, offset } = window;
    let at = start + this.bytesBefore;
    if (at + this.countBytes > end) return false;
    const size = readScalar(view, at, this.countType, isLittle);
    if (!(Number.isInteger(size) && size >= 0)) throw refuseListCount(list.name, `${size}`, { offset });
    if (size > FACE_CORNERS_MAX) throw refuseFaceSize(size, { offset });
    at += this.countBytes;
    const behind = at + size * cornerBytes;
    if (behind + this.bytesBehind > end) return false;

    readCorners(view, at, size, list.type, isLittle, collector, offset);
    for (const value of this.values) {
      const from = (value.isBehindList ? behind : start) + value.at;
      this.slots[value.slot] = readScalar(view, from, value.type, isLittle);
    }
    window.start = behind + this.bytesBehind;
    collector.addFace(this.plan, this.slots, size, offset, window.offset, 0);
    this.done++;
    return true;
  }
}

/**
 * Reads the corners of a face to where the next face keeps its own. Throws FormatError for a corner that is not a vertex.
 */
export function readCorners(
  view: DataView,
  from: number,
  size: number,
  type: Scalar,
  isLittle: boolean,
  collector: MeshCollector,
  recordOffset: number,
): void {
  const { corners, used } = collector.faces;
  const { vertexCount } = collector;
  const width = sizeOf(type);
  for (let k = 0, at = from; k < size; k++, at += width) {
    const corner = readScalar(view, at, type, isLittle);
    const isVertex = corner >= 0 && corner < vertexCount && (type < Scalar.Float || Number.isInteger(corner));
    if (!isVertex) throw collector.refuseCorner(`${corner}`, { offset: recordOffset });
    corners[used + k] = corner;
  }
}
