/** Examines how the vertices of a text OFF are written, word by word or plain line by plain line. */

import type { TextHeader } from '../formats/off/header.js';
import { TEN } from '../io/number-text/exact.js';
import { MINUS, POINT, parseNumber, ZERO } from '../io/number-text.js';
import { FORM, Words } from './color-tally.js';
import { startVertices } from './counting.js';
import { type Float32Fate, judgeDecimal, judgeFloat32, SAFE_MAX } from './float32.js';
import { formOf } from './number-form.js';
import type { PlainLine } from './plain-line.js';

/** The maximum length of an unsigned number whose digits are exact in a float64. */
const EXACT_DIGITS = 15;

export class VertexSurface {
  readonly tallies = startVertices();
  /** Words of the vertex so far. */
  private readonly words = new Words();
  private line = 0;
  private isSpread = false;
  /** Numbers of a vertex before and after its color. */
  private readonly leading: number;
  private readonly trailing: number;
  /** Numbers of a vertex if they form a stream. */
  private readonly width: number;

  /** `isLined`: each vertex has a line of its own. */
  constructor(
    private readonly header: TextHeader,
    private readonly isLined: boolean,
  ) {
    const { dimension, hasNormals, hasColors, hasTexture, colorsFirst } = header;
    this.leading = dimension + (hasNormals && !colorsFirst ? 3 : 0);
    this.trailing = (hasTexture ? 2 : 0) + (hasNormals && colorsFirst ? 3 : 0);
    this.width = this.leading + (hasColors ? 4 : 0) + this.trailing;
  }

  get isDone(): boolean {
    return this.tallies.count === this.header.vertexCount;
  }

  /** Whether {@link PlainLine.passPosition} may read lines; the first and the last vertex are examined in detail. */
  get takesPlainLines(): boolean {
    const { dimension, vertexCount } = this.header;
    const { count } = this.tallies;
    return this.isLined && dimension === 3 && this.width === 3 && count > 0 && count + 1 < vertexCount;
  }

  /** Counts the vertex of a plain line. */
  takePlain({ rounded }: PlainLine, line: number): void {
    const { tallies } = this;
    for (let k = 0; k < rounded; k++) tallies.rounded.see(line);
    this.countColumns(3);
    tallies.count++;
  }

  /** Takes the next word; `isFirst`: it is the first of its line. */
  take(bytes: Uint8Array, from: number, to: number, line: number, isFirst: boolean): void {
    const { words, tallies } = this;
    if (words.count === 0) {
      this.line = line;
      this.isSpread = false;
      if (!isFirst && !this.isLined) tallies.sharing.see(line);
      if (tallies.count === 0) tallies.beginsWithZero = beginsWithZero(bytes, from, to);
    } else if (line !== this.line && !this.isSpread) {
      this.isSpread = true;
      tallies.spread.see(this.line);
    }
    this.takeNumber(bytes, from, to, line);
    if (!this.isLined && words.count === this.width) this.endVertex(line);
  }

  private takeNumber(bytes: Uint8Array, from: number, to: number, line: number): void {
    const { words, tallies } = this;
    const isPosition = words.count < this.header.dimension;
    // Digits, with or without a decimal point: an integer over a power of ten.
    let digits = 0;
    let point = to;
    let at = bytes[from] === MINUS ? from + 1 : from;
    const first = at;
    for (; at < to; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit >= 0 && digit <= 9) digits = 10 * digits + digit;
      else if (digit === POINT - ZERO && point === to) point = at;
      else break;
    }
    if (at === to && to - first <= EXACT_DIGITS) {
      const ten = TEN[point === to ? 0 : to - point - 1]!;
      const value = digits / ten;
      words.push(bytes[from] === MINUS ? -value : value, point === to ? 0 : FORM.point);
      if (isPosition && digits >= SAFE_MAX) this.countFate(judgeDecimal(digits, ten), line);
      return;
    }
    const form = formOf(bytes, from, to);
    words.push(parseNumber(bytes, from, to), form);
    if (isPosition) {
      if ((form & FORM.plus) !== 0) tallies.plusSigns.see(line);
      if ((form & FORM.exponent) !== 0) tallies.exponents.see(line);
      this.countFate(judgeFloat32(bytes, from, to), line);
    } else if ((form & FORM.notFinite) !== 0) {
      tallies.notFinite.see(line);
    }
  }

  private countFate(fate: Float32Fate, line: number): void {
    if (fate === 'rounded') this.tallies.rounded.see(line);
    else if (fate === 'out') this.tallies.outOfFloat32.see(line);
  }

  /** Ends a line, and the vertex on it if each has its own line. */
  endLine(line: number): void {
    if (this.isLined && this.words.count > 0) this.endVertex(line);
  }

  private endVertex(line: number): void {
    const { words, tallies, leading, trailing } = this;
    const { count } = words;
    if (tallies.count === 0) tallies.firstLinePoints = words.countPoints();
    this.countColumns(count);
    const colorCount = count - leading - trailing;
    if (colorCount > 0) tallies.colors.take(words, leading, colorCount, line);
    words.count = 0;
    tallies.count++;
  }

  private countColumns(count: number): void {
    const { tallies } = this;
    if (count < tallies.columnsMin || tallies.count === 0) tallies.columnsMin = count;
    if (count > tallies.columnsMax) tallies.columnsMax = count;
  }
}

function beginsWithZero(bytes: Uint8Array, from: number, to: number): boolean {
  return to > from + 2 && bytes[from] === ZERO && bytes[from + 1] === POINT;
}
