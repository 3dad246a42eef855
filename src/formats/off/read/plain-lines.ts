/**
 * Reads runs of plain lines, as nearly all OFF files have them: `x y z` with at most nine digits a number, or `3 a b c`.
 * Any other line is left to the readers of vertices and faces, which alone decide what a file means.
 */
import { MINUS, POINT, TEN, TEN_MAX, ZERO } from '../../../io/number-text.js';
import type { FaceBatcher, VertexBatcher } from '../../shared/indexed-batches.js';
import { BLANK, CR, LF } from '../../shared/text.js';
import type { ScannedBytes, WordScanner } from '../../shared/word-scanner.js';

const THREE = ZERO + 3;
/** Below this value, a 32-bit integer has room for another digit. */
const ROOM_FOR_DIGIT = 1e8;
/** After so many attempts in a row that find no plain line, no more are made. */
const MISSES_MAX = 16;

export class PlainLines {
  private misses = 0;
  /** Where the number read last ends; -1 if what was read is not plain. */
  private at = 0;

  constructor(
    private readonly window: ScannedBytes,
    private readonly scanner: WordScanner,
  ) {}

  /** Reads up to `most` vertices, after an item that has ended; returns their number. */
  readVertices(batch: VertexBatcher, most: number): number {
    if (this.misses === MISSES_MAX) return 0;
    const { bytes, base, end } = this.window;
    const { positions } = batch;
    let { to, line } = this.scanner;
    let count = 0;
    for (; count < most; count++) {
      const start = this.passLineEnd(bytes, to, end);
      const x = this.readCoordinate(bytes, end);
      this.passBlanks(bytes, end);
      const y = this.readCoordinate(bytes, end);
      this.passBlanks(bytes, end);
      const z = this.readCoordinate(bytes, end);
      if (!this.isAtLineEnd(bytes)) break;
      to = this.at;
      const index = 3 * batch.count;
      positions[index] = x;
      positions[index + 1] = y;
      positions[index + 2] = z;
      batch.add(base + start, base + to, ++line);
    }
    this.endRun(count, to, line);
    return count;
  }

  /** Reads up to `most` faces whose corners are below `vertexCount`, after an item that has ended; returns their number. */
  readFaces(batch: FaceBatcher, most: number, vertexCount: number): number {
    if (this.misses === MISSES_MAX) return 0;
    const { bytes, base, end } = this.window;
    const { corners } = batch;
    let { to, line } = this.scanner;
    let count = 0;
    for (; count < most; count++) {
      const start = this.passLineEnd(bytes, to, end);
      if (start < 0 || bytes[start] !== THREE) break;
      this.at = start + 1;
      this.passBlanks(bytes, end);
      const a = this.readInteger(bytes, end);
      this.passBlanks(bytes, end);
      const b = this.readInteger(bytes, end);
      this.passBlanks(bytes, end);
      const c = this.readInteger(bytes, end);
      if (!this.isAtLineEnd(bytes) || a >= vertexCount || b >= vertexCount || c >= vertexCount) break;
      to = this.at;
      const { used } = batch;
      corners[used] = a;
      corners[used + 1] = b;
      corners[used + 2] = c;
      batch.addFace(3, base + start, base + to, ++line);
    }
    this.endRun(count, to, line);
    return count;
  }

  private endRun(count: number, to: number, line: number): void {
    this.misses = count === 0 ? this.misses + 1 : 0;
    if (count > 0) this.scanner.endItemAt(to, line);
  }

  /** Moves past the line end at `at`; returns where the next line begins, or -1. */
  private passLineEnd(bytes: Uint8Array, at: number, end: number): number {
    if (bytes[at] === CR) at++;
    this.at = at < end && bytes[at] === LF ? at + 1 : -1;
    return this.at;
  }

  /** Moves past at least one blank. */
  private passBlanks(bytes: Uint8Array, end: number): void {
    let { at } = this;
    if (at < 0) return;
    const start = at;
    while (at < end && bytes[at] === BLANK) at++;
    this.at = at === start ? -1 : at;
  }

  private isAtLineEnd(bytes: Uint8Array): boolean {
    const { at } = this;
    return at >= 0 && (bytes[at] === LF || bytes[at] === CR);
  }

  /** Returns the integer that begins here and is followed by another byte. */
  private readInteger(bytes: Uint8Array, end: number): number {
    let { at } = this;
    if (at < 0) return 0;
    const start = at;
    let value = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      if (value >= ROOM_FOR_DIGIT) {
        this.at = -1;
        return 0;
      }
      value = (value * 10 + digit) | 0;
    }
    this.at = at === start || at === end ? -1 : at;
    return value;
  }

  /** Returns the number that begins here and is followed by another byte: the quotient of two exact doubles. */
  private readCoordinate(bytes: Uint8Array, end: number): number {
    let { at } = this;
    if (at < 0) return 0;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    const start = at;
    let value = 0;
    let point = -1;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit >= 0 && digit <= 9) {
        if (value >= ROOM_FOR_DIGIT) {
          this.at = -1;
          return 0;
        }
        value = (value * 10 + digit) | 0;
      } else if (digit === POINT - ZERO && point < 0) {
        point = at;
      } else {
        break;
      }
    }
    const decimals = point < 0 ? 0 : at - point - 1;
    const digits = at - start - (point < 0 ? 0 : 1);
    this.at = digits === 0 || at >= end || decimals > TEN_MAX ? -1 : at;
    const size = value / TEN[decimals]!;
    return isNegative ? -size : size;
  }
}
