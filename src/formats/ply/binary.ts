/**
 * Reads the data of a binary PLY file, in either byte order. Each element goes to the reader that suits its records:
 * columns of equal records, faces with one list, or anything else step by step.
 */

import { FormatError, type Place } from '../../errors.js';
import type { ByteWindow } from '../../io/input/byte-window.js';
import type { ReadStart } from '../format.js';
import { BinaryFaceReader } from './binary-faces.js';
import { RecordReader } from './binary-records.js';
import { BinaryVertexReader } from './binary-vertices.js';
import type { BodyPause, BodyReader, ElementReader } from './body-reader.js';
import type { MeshCollector } from './collect.js';
import type { PlyHeader } from './header.js';
import type { ElementPlan } from './plan.js';
import { sizeOf } from './scalars.js';

export class BinaryReader implements BodyReader {
  private reader: ElementReader | undefined;

  constructor(
    private readonly window: ByteWindow,
    private readonly header: PlyHeader,
    private readonly collector: MeshCollector,
  ) {}

  get done(): number {
    return this.reader?.done ?? 0;
  }

  get place(): Place {
    return { offset: this.reader?.recordOffset ?? this.window.offset };
  }

  begin(plan: ElementPlan): void {
    const { window, collector } = this;
    const { isLittle } = this.header;
    const lists = plan.element.properties.filter(({ countType }) => countType !== undefined).length;
    if (lists === 0 && plan.role === 'vertex') {
      this.reader = new BinaryVertexReader(window, plan, collector, isLittle);
    } else if (lists === 0) {
      this.reader = new EqualRecords(window, plan);
    } else if (lists === 1 && plan.role === 'face') {
      this.reader = new BinaryFaceReader(window, plan, collector, isLittle);
    } else {
      this.reader = new RecordReader(window, plan, collector, isLittle);
    }
  }

  startAt({ record, strip }: ReadStart): void {
    if (this.reader === undefined) return;
    this.reader.done = record;
    if (strip === undefined) return;
    this.collector.beginStrip(strip < 0);
    this.reader.startInStrip?.(Math.abs(strip));
  }

  save(): object {
    return { done: this.done, record: this.reader?.save?.() };
  }

  restore(memory: object): void {
    const { done, record } = memory as { readonly done: number; readonly record?: object };
    if (this.reader === undefined) return;
    this.reader.done = done;
    if (record !== undefined) this.reader.restore?.(record);
  }

  read(): BodyPause {
    return this.reader?.read() ?? 'done';
  }

  finish(): BodyPause {
    const { window } = this;
    if (window.start === window.end) return 'more';
    throw new FormatError('bytes follow the last record announced; expected the end of the file', {
      place: { offset: window.offset },
      hint: 'check the counts in the header; if they are right, bytes have been inserted',
    });
  }
}

/** Skips records of equal size. */
class EqualRecords implements ElementReader {
  private passed = 0;
  private readonly recordBytes: number;
  private readonly first: number;

  constructor(
    private readonly window: ByteWindow,
    private readonly plan: ElementPlan,
  ) {
    this.recordBytes = plan.element.properties.reduce((sum, { type }) => sum + sizeOf(type), 0);
    this.first = window.offset;
  }

  get done(): number {
    return Math.floor(this.passed / this.recordBytes);
  }

  set done(records: number) {
    this.passed = records * this.recordBytes;
  }

  get recordOffset(): number {
    return this.first + this.done * this.recordBytes;
  }

  read(): BodyPause {
    const { window } = this;
    const left = this.plan.element.count * this.recordBytes - this.passed;
    const count = Math.min(left, window.end - window.start);
    window.start += count;
    this.passed += count;
    return count === left ? 'done' : 'more';
  }
}
