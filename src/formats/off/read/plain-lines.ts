/**
 * Reads runs of plain lines, as nearly all OFF files have them: `x y z`, or `3 a b c` for a face of up to nine corners.
 * Any other line is left to the readers of vertices and faces, which alone decide what a file means.
 */
import { ZERO } from '../../../io/number-text.js';
import type { FaceBatcher, VertexBatcher } from '../../shared/indexed-batches.js';
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
import type { ScannedBytes, WordScanner } from '../../shared/word-scanner.js';

export class PlainLines {
  private misses = 0;

  constructor(
    private readonly window: ScannedBytes,
    private readonly scanner: WordScanner,
  ) {}

  /** Reads up to `most` vertices, after an item that has ended; returns their number. */
  readVertices(batch: VertexBatcher, most: number): number {
    if (this.misses === MISSES_MAX) return 0;
    const { bytes, base, end } = this.window;
    const positions = batch.positions as Float64Array;
    let { to, line } = this.scanner;
    let count = 0;
    for (; count < most; count++) {
      const start = passLineEnd(bytes, passGap(bytes, to, end), end);
      const index = 3 * batch.count;
      let at = readNumber(bytes, start, end, positions, index);
      at = readNumber(bytes, passBlanks(bytes, at, end), end, positions, index + 1);
      at = readNumber(bytes, passBlanks(bytes, at, end), end, positions, index + 2);
      if (!isAtLineEnd(bytes, passGap(bytes, at, end), end)) break;
      to = at;
      batch.add(base + start, base + to, ++line);
    }
    this.endRun(count, to, line);
    return count;
  }

  /**
   * Reads faces into the batch until it is full, after an item that has ended, but not more than `most`; returns their
   * number. Their corners are below `vertexCount`.
   */
  readFaces(batch: FaceBatcher, most: number, vertexCount: number): number {
    if (this.misses === MISSES_MAX) return 0;
    const { bytes, base, end } = this.window;
    const { corners } = batch;
    let { to, line } = this.scanner;
    let count = 0;
    for (; count < most && !batch.isFull; count++) {
      const start = passLineEnd(bytes, passGap(bytes, to, end), end);
      if (start < 0 || start >= end) break;
      const size = bytes[start]! - ZERO;
      if (!(size >= 3 && size <= 9)) break;
      const { used } = batch;
      let at = start + 1;
      for (let k = used; k < used + size && at >= 0; k++) {
        at = readInteger(bytes, passBlanks(bytes, at, end), end, corners, k);
        if (corners[k]! >= vertexCount) at = NOT_PLAIN;
      }
      if (!isAtLineEnd(bytes, passGap(bytes, at, end), end)) break;
      to = at;
      batch.addFace(size, base + start, base + to, ++line);
    }
    this.endRun(count, to, line);
    return count;
  }

  private endRun(count: number, to: number, line: number): void {
    this.misses = count === 0 ? this.misses + 1 : 0;
    if (count > 0) this.scanner.endItemAt(to, line);
  }
}
