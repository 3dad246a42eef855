/**
 * Reads binary records of any shape, step by step: bytes to skip, values to read, lists to read or to skip. A record may be
 * longer than the window, except for the corner list of a face; no record is held.
 */

import type { ByteWindow } from '../../io/input/byte-window.js';
import { FACE_CORNERS_MAX } from '../../memory.js';
import { readCorners } from './binary-faces.js';
import type { BodyPause, ElementReader } from './body-reader.js';
import { type MeshCollector, refuseFaceSize, refuseListCount } from './collect.js';
import { type ElementPlan, NO_SLOT, SLOTS, type Slot } from './plan.js';
import { findUnsignedMax, readScalar, type Scalar, sizeOf } from './scalars.js';

type RecordStep =
  | { readonly kind: 'pass'; bytes: number }
  | { readonly kind: 'value'; readonly type: Scalar; readonly slot: Slot }
  | {
      readonly kind: 'list' | 'corners' | 'strip';
      readonly type: Scalar;
      readonly countType: Scalar;
      readonly name: string;
    };
type ListStep = Extract<RecordStep, { countType: Scalar }>;

/** The state of a reader within a record, as plain data; see its fields. */
interface SavedRecord {
  readonly step: number;
  readonly bytesLeft: number;
  readonly cornersLeft: number;
  readonly recordOffset: number;
}

export class RecordReader implements ElementReader {
  done = 0;
  recordOffset: number;
  private readonly steps: readonly RecordStep[];
  private readonly values = new Float64Array(SLOTS).fill(Number.NaN);
  private step = 0;
  /** The remainder of the current step: bytes to skip, or corners of a strip. */
  private bytesLeft = 0;
  private cornersLeft = 0;
  /** Corners of the current face. */
  private size = 0;

  constructor(
    private readonly window: ByteWindow,
    private readonly plan: ElementPlan,
    private readonly collector: MeshCollector,
    private readonly isLittle: boolean,
  ) {
    this.recordOffset = window.offset;
    this.steps = compileSteps(plan);
  }

  save(): SavedRecord {
    const { step, bytesLeft, cornersLeft, recordOffset } = this;
    return { step, bytesLeft, cornersLeft, recordOffset };
  }

  restore(memory: object): void {
    const { step, bytesLeft, cornersLeft, recordOffset } = memory as SavedRecord;
    this.step = step;
    this.bytesLeft = bytesLeft;
    this.cornersLeft = cornersLeft;
    this.recordOffset = recordOffset;
  }

  startInStrip(left: number): void {
    this.step = this.steps.findIndex(({ kind }) => kind === 'strip');
    this.cornersLeft = left;
  }

  read(): BodyPause {
    const { window, plan, collector, steps } = this;
    const { bytes } = window;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const batcher = plan.role === 'vertex' ? collector.vertices : collector.faces;
    while (this.done < plan.element.count) {
      if (batcher.isFull) return 'batch';
      while (this.step < steps.length) {
        if (!this.take(view, steps[this.step]!)) return batcher.isFull ? 'batch' : 'more';
      }
      const { values, size, recordOffset } = this;
      if (plan.role === 'vertex') collector.addVertex(plan, values, recordOffset, window.offset, 0);
      if (plan.role === 'face') collector.addFace(plan, values, size, recordOffset, window.offset, 0);
      this.done++;
      this.step = 0;
      this.recordOffset = window.offset;
    }
    return 'done';
  }

  /** Performs a step as far as the window reaches; returns false if it is incomplete. */
  private take(view: DataView, step: RecordStep): boolean {
    if (this.bytesLeft === 0 && this.cornersLeft === 0 && !this.begin(view, step)) return false;
    const { window } = this;
    if (this.bytesLeft > 0) {
      const count = Math.min(this.bytesLeft, window.end - window.start);
      window.start += count;
      this.bytesLeft -= count;
      if (this.bytesLeft > 0) return false;
    }
    if (step.kind === 'strip' && this.cornersLeft > 0 && !this.readStrip(view, step)) return false;
    this.step++;
    return true;
  }

  /** Reads the beginning of a step; returns false if the window does not hold it. */
  private begin(view: DataView, step: RecordStep): boolean {
    const { window, isLittle } = this;
    const { start, end } = window;
    if (step.kind === 'pass') {
      this.bytesLeft = step.bytes;
    } else if (step.kind === 'value') {
      if (start + sizeOf(step.type) > end) return false;
      this.readValue(view, step.type, step.slot);
    } else {
      const place = { offset: this.recordOffset };
      const countBytes = sizeOf(step.countType);
      if (start + countBytes > end) return false;
      const count = readScalar(view, start, step.countType, isLittle);
      if (!(Number.isInteger(count) && count >= 0)) throw refuseListCount(step.name, `${count}`, place);
      const from = start + countBytes;
      const bytes = count * sizeOf(step.type);
      if (step.kind === 'corners') {
        if (count > FACE_CORNERS_MAX) throw refuseFaceSize(count, place);
        if (from + bytes > end) return false;
        readCorners(view, from, count, step.type, isLittle, this.collector, this.recordOffset);
        this.size = count;
      }
      if (step.kind === 'strip') {
        this.collector.beginStrip();
        this.cornersLeft = count;
      } else {
        this.bytesLeft = bytes;
      }
      window.start = from;
    }
    return true;
  }

  private readValue(view: DataView, type: Scalar, slot: Slot): void {
    const { window } = this;
    const value = readScalar(view, window.start, type, this.isLittle);
    this.values[slot] = value;
    window.start += sizeOf(type);
  }

  /** Continues in a strip; returns false if the batch is full or the window is exhausted first. */
  private readStrip(view: DataView, step: ListStep): boolean {
    const { window, collector, isLittle } = this;
    const { faces, vertexCount } = collector;
    const { type } = step;
    const width = sizeOf(type);
    const restart = findUnsignedMax(type) ?? -1;
    let at = window.start;
    let left = this.cornersLeft;
    for (; left > 0 && at + width <= window.end && !faces.isFull; left--, at += width) {
      const corner = readScalar(view, at, type, isLittle);
      if (corner >= 0 && corner < vertexCount && Number.isInteger(corner)) {
        const offset = window.base + at;
        collector.addStripCorner(corner, offset, offset + width, 0, left, this.done);
      } else if (corner === -1 || corner === restart) {
        collector.beginStrip();
      } else {
        throw collector.refuseCorner(`${corner}`, { offset: window.base + at });
      }
    }
    window.start = at;
    this.cornersLeft = left;
    return left === 0;
  }
}

/** Compiles the steps of a record; adjacent skipped properties form one step. */
function compileSteps({ element, role, slots, cornerList }: ElementPlan): RecordStep[] {
  const steps: RecordStep[] = [];
  for (const [k, { type, countType, name }] of element.properties.entries()) {
    const last = steps.at(-1);
    if (countType !== undefined) {
      const kind = k !== cornerList ? 'list' : role === 'strip' ? 'strip' : 'corners';
      steps.push({ kind, type, countType, name });
    } else if (slots[k] !== NO_SLOT) {
      steps.push({ kind: 'value', type, slot: slots[k]! });
    } else if (last?.kind === 'pass') {
      last.bytes += sizeOf(type);
    } else {
      steps.push({ kind: 'pass', bytes: sizeOf(type) });
    }
  }
  return steps;
}
