/**
 * Reads binary vertices without lists: records of equal size, read column by column, so that nothing is decided per value.
 */

import type { ByteWindow } from '../../io/input/byte-window.js';
import type { BodyPause, ElementReader } from './body-reader.js';
import type { MeshCollector } from './collect.js';
import { type ElementPlan, NO_SLOT, Slot } from './plan.js';
import { readScalar, Scalar, sizeOf } from './scalars.js';

/** A property to read: its position in the record, and its slot in the row. */
interface Column {
  readonly type: Scalar;
  readonly slot: Slot;
  readonly at: number;
}

type Rows = Float32Array | Float64Array;

export class BinaryVertexReader implements ElementReader {
  done = 0;
  private readonly columns: readonly Column[];
  private readonly recordBytes: number;

  constructor(
    private readonly window: ByteWindow,
    private readonly plan: ElementPlan,
    private readonly collector: MeshCollector,
    private readonly isLittle: boolean,
  ) {
    const columns: Column[] = [];
    let at = 0;
    for (const [k, { type }] of plan.element.properties.entries()) {
      const slot = plan.slots[k]!;
      if (slot !== NO_SLOT) columns.push({ type, slot, at });
      at += sizeOf(type);
    }
    this.columns = columns;
    this.recordBytes = at;
  }

  get recordOffset(): number {
    return this.window.offset;
  }

  read(): BodyPause {
    const { window, recordBytes } = this;
    const { vertices } = this.collector;
    const present = Math.floor((window.end - window.start) / recordBytes);
    const count = Math.min(present, this.plan.element.count - this.done, vertices.room);
    if (count > 0) {
      this.readRecords(count);
      vertices.addRecords(count, window.offset, recordBytes);
      window.start += count * recordBytes;
      this.done += count;
    }
    if (this.done === this.plan.element.count) return 'done';
    return vertices.isFull ? 'batch' : 'more';
  }

  private readRecords(count: number): void {
    const { window, collector, plan } = this;
    const { vertices } = collector;
    const view = new DataView(window.bytes.buffer, window.bytes.byteOffset + window.start);
    for (const column of this.columns) {
      if (column.slot <= Slot.Z) this.readColumn(view, column, count, vertices.positions, 3, Slot.X);
    }
    if (plan.hasColor) {
      const colors = vertices.openColors();
      for (const column of this.columns) {
        const isColor = column.slot >= Slot.Red && column.slot <= Slot.Alpha;
        if (isColor) this.readColumn(view, column, count, colors, 4, Slot.Red);
      }
      const range = collector.ranges.vertex;
      if (range.isOpen) {
        const end = 4 * (vertices.count + count);
        for (let k = 4 * vertices.count; k < end; k++) range.see(colors[k]!);
      }
    }
    if (plan.hasNormal) {
      const normals = vertices.openNormals();
      for (const column of this.columns) {
        if (column.slot >= Slot.NormalX) this.readColumn(view, column, count, normals, 3, Slot.NormalX);
      }
    }
    this.checkPositions(vertices.positions, 3 * vertices.count, count);
  }

  /** Reads a property of `count` records into rows of `width` values; slot `first` is the first column. */
  private readColumn(
    view: DataView,
    column: Column,
    count: number,
    rows: Rows,
    width: number,
    first: Slot,
  ): void {
    const { recordBytes, isLittle } = this;
    const { type } = column;
    let to = width * this.collector.vertices.count + column.slot - first;
    const stop = to + width * count;
    let at = column.at;
    if (type === Scalar.Float) {
      for (; to < stop; to += width, at += recordBytes) rows[to] = view.getFloat32(at, isLittle);
    } else if (type === Scalar.Double) {
      for (; to < stop; to += width, at += recordBytes) rows[to] = view.getFloat64(at, isLittle);
    } else if (type === Scalar.Uchar) {
      for (; to < stop; to += width, at += recordBytes) rows[to] = view.getUint8(at);
    } else {
      for (; to < stop; to += width, at += recordBytes) rows[to] = readScalar(view, at, type, isLittle);
    }
  }

  private checkPositions(positions: Rows, from: number, count: number): void {
    const end = from + 3 * count;
    let sum = 0;
    // Zero times any finite number is zero.
    for (let k = from; k < end; k++) sum += positions[k]! * 0;
    if (sum === 0) return;
    for (let row = 0; row < count; row++) {
      const slot = [Slot.X, Slot.Y, Slot.Z].find(
        (axis) => !Number.isFinite(positions[from + 3 * row + axis]),
      );
      if (slot === undefined) continue;
      const { at } = this.columns.find((column) => column.slot === slot)!;
      const offset = this.window.offset + row * this.recordBytes + at;
      this.collector.noteUnusable(row, slot, positions[from + 3 * row + slot]!, { offset });
    }
  }
}
