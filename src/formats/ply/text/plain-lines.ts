/**
 * Reads runs of plain records of an ASCII PLY, as nearly all have: each on a line of its own, with nothing else on it. Any
 * other line is left to the reader, which alone decides what a file means.
 */
import type { ByteWindow } from '../../../io/input/byte-window.js';
import { ZERO } from '../../../io/number-text.js';
import {
  isAtLineEnd,
  MISSES_MAX,
  NOT_PLAIN,
  passBlanks,
  passGap,
  passLineEnd,
  readInteger,
  readNumber,
} from '../../shared/plain-text.js';
import type { MeshCollector } from '../collect.js';
import { type ElementPlan, NO_SLOT } from '../plan.js';

/** The result of {@link PlainLines.read}: the records read, and where the last one begins and on which line. */
export interface PlainRun {
  count: number;
  offset: number;
  line: number;
}

export class PlainLines {
  readonly run: PlainRun = { count: 0, offset: 0, line: 0 };
  private plan: ElementPlan | undefined;
  /** Whether records of the element can be plain, and attempts since the last that was. */
  private isPossible = false;
  private misses = 0;
  /** One more than there are slots: for values that are skipped. */
  private readonly skipped = new Float64Array(1);

  constructor(
    private readonly window: ByteWindow,
    private readonly collector: MeshCollector,
    private readonly values: Float64Array,
  ) {}

  /** Begins an element. */
  begin(plan: ElementPlan): void {
    const { role, element, cornerList } = plan;
    this.plan = plan;
    this.misses = 0;
    this.isPossible =
      (role === 'vertex' || role === 'face') &&
      element.properties.every(({ countType }, k) => countType === undefined || k === cornerList);
  }

  /**
   * Reads up to `most` records until the batch is full; the first begins after the line end at the start of the window, or
   * right there. The last record ended on `line`, or the next one begins there.
   */
  read(most: number, line: number, isAtLineStart: boolean): PlainRun {
    const { run, plan, window, collector } = this;
    run.count = 0;
    if (!this.isPossible || this.misses === MISSES_MAX) return run;
    const { bytes, base, end } = window;
    const batcher = plan!.role === 'vertex' ? collector.vertices : collector.faces;
    let to = window.start;
    let isBetween = isAtLineStart;
    while (run.count < most && !batcher.isFull) {
      const start = isBetween ? to : passLineEnd(bytes, passGap(bytes, to, end), end);
      const at = this.readRecord(plan!, bytes, start, end);
      if (at < 0) break;
      if (!isBetween) line++;
      isBetween = false;
      to = at;
      run.count++;
      run.offset = base + start;
      run.line = line;
      if (plan!.role === 'vertex') collector.addVertex(plan!, this.values, base + start, base + at, line);
      else collector.addFace(plan!, this.values, this.size, base + start, base + at, line);
    }
    this.misses = run.count === 0 ? this.misses + 1 : 0;
    window.start = to;
    return run;
  }

  /** The corners of the face read last. */
  private size = 0;

  /** Reads the values of a record; returns where its last one ends. */
  private readRecord(
    { slots, cornerList }: ElementPlan,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): number {
    const { values, skipped } = this;
    let at = start;
    for (let k = 0; k < slots.length && at >= 0; k++) {
      if (k > 0) at = passBlanks(bytes, at, end);
      if (k === cornerList) {
        at = this.readCorners(bytes, at, end);
        continue;
      }
      const slot = slots[k]!;
      at =
        slot === NO_SLOT ? readNumber(bytes, at, end, skipped, 0) : readNumber(bytes, at, end, values, slot);
    }
    return isAtLineEnd(bytes, passGap(bytes, at, end), end) ? at : NOT_PLAIN;
  }

  private readCorners(bytes: Uint8Array, start: number, end: number): number {
    if (start < 0 || start >= end) return NOT_PLAIN;
    const { vertexCount, faces } = this.collector;
    const { corners, used } = faces;
    const size = bytes[start]! - ZERO;
    if (!(size >= 3 && size <= 9)) return NOT_PLAIN;
    let at = start + 1;
    for (let k = used; k < used + size && at >= 0; k++) {
      at = readInteger(bytes, passBlanks(bytes, at, end), end, corners, k);
      if (corners[k]! >= vertexCount) at = NOT_PLAIN;
    }
    this.size = size;
    return at;
  }
}
