/**
 * Reads runs of plain lines, as most of an OBJ file consists of: `v x y z`, also with a color `r g b`, and `f` with the
 * numbers of defined vertices, each alone or before a slash; and skips those of `vn` and `vt`. Any other line is left to the
 * parser, which alone decides what a file means.
 */
import type { ByteWindow } from '../../io/input/byte-window.js';
import {
  isAtLineEnd,
  MISSES_MAX,
  NOT_PLAIN,
  passBlanks,
  passGap,
  passLineEnd,
  readInteger,
  readNumber,
} from '../shared/plain-text.js';
import { BLANK, CR, LF, TAB } from '../shared/text.js';
import type { ObjFaceReader } from './face-reader.js';
import type { ObjVertexReader } from './vertex-reader.js';
import type { StatementWords } from './words.js';

const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const LETTER_V = 0x76;
const BACKSLASH = 0x5c;
const SLASH = 0x2f;
/** The most corners of a plain face. */
const CORNERS_MAX = 16;
export class PlainLines {
  private vertexMisses = 0;
  private faceMisses = 0;
  private readonly color = new Float64Array(3);

  constructor(
    private readonly window: ByteWindow,
    private readonly words: StatementWords,
    private readonly vertices: ObjVertexReader,
    private readonly faces: ObjFaceReader,
  ) {}

  /** Reads plain lines from the start of a statement on until a batch is full; whether there are any. */
  read(): boolean {
    const { window, words } = this;
    const { bytes, end } = window;
    const { start } = window;
    let { line } = words;
    let at = start;
    while (at < end && !this.vertices.batch.isFull && !this.faces.batch.isFull) {
      const next = this.readLine(bytes, at, end, line);
      if (next < 0) break;
      at = next;
      line++;
    }
    window.start = at;
    words.line = line;
    return at > start;
  }

  /** Reads the line at `at`; returns where the next one begins. */
  private readLine(bytes: Uint8Array, at: number, end: number, line: number): number {
    const next = at + 1 < end ? bytes[at + 1]! : LF;
    const isShort = next === BLANK || next === TAB;
    if (bytes[at] === LETTER_V) {
      if (isShort) return this.vertexMisses < MISSES_MAX ? this.readVertex(bytes, at, end, line) : NOT_PLAIN;
      return next === LETTER_N || next === LETTER_T ? passOver(bytes, at + 2, end) : NOT_PLAIN;
    }
    return bytes[at] === LETTER_F && isShort && this.faceMisses < MISSES_MAX
      ? this.readFace(bytes, at, end, line)
      : NOT_PLAIN;
  }

  private readVertex(bytes: Uint8Array, start: number, end: number, line: number): number {
    const { batch } = this.vertices;
    const positions = batch.positions as Float64Array;
    const index = 3 * batch.count;
    let at = readNumber(bytes, passGap(bytes, start + 1, end), end, positions, index);
    at = readNumber(bytes, passBlanks(bytes, at, end), end, positions, index + 1);
    at = readNumber(bytes, passBlanks(bytes, at, end), end, positions, index + 2);
    at = passGap(bytes, at, end);
    const hasColor = at >= 0 && at < end && bytes[at] !== LF && bytes[at] !== CR;
    if (hasColor) at = this.readColor(bytes, at, end);
    const next = passLineEnd(bytes, at, end);
    this.vertexMisses = next < 0 ? this.vertexMisses + 1 : 0;
    if (next < 0) return NOT_PLAIN;
    if (hasColor) this.vertices.setColor(this.color[0]!, this.color[1]!, this.color[2]!);
    const { base } = this.window;
    batch.add(base + start, base + at, line);
    return next;
  }

  private readColor(bytes: Uint8Array, from: number, end: number): number {
    const { color } = this;
    let at = readNumber(bytes, from, end, color, 0);
    at = readNumber(bytes, passBlanks(bytes, at, end), end, color, 1);
    at = readNumber(bytes, passBlanks(bytes, at, end), end, color, 2);
    return passGap(bytes, at, end);
  }

  private readFace(bytes: Uint8Array, start: number, end: number, line: number): number {
    const { batch } = this.faces;
    const { corners, used } = batch;
    const defined = this.vertices.total;
    let size = 0;
    let at = passGap(bytes, start + 1, end);
    while (size < CORNERS_MAX && at >= 0 && !isAtLineEnd(bytes, at, end)) {
      const index = used + size++;
      at = passIndices(bytes, readInteger(bytes, at, end, corners, index), end);
      const vertex = corners[index]! - 1;
      if (!(vertex >= 0 && vertex < defined)) at = NOT_PLAIN;
      corners[index] = vertex;
    }
    const next = size < 3 ? NOT_PLAIN : passLineEnd(bytes, at, end);
    this.faceMisses = next < 0 ? this.faceMisses + 1 : 0;
    if (next < 0) return NOT_PLAIN;
    const { base } = this.window;
    batch.addFace(size, base + start, base + at, line, defined);
    return next;
  }
}

/** Moves past the indices of texture coordinates and normals after that of a vertex, and the blanks after them. */
function passIndices(bytes: Uint8Array, at: number, end: number): number {
  if (at < 0) return NOT_PLAIN;
  if (bytes[at] === SLASH) {
    // Digits, slashes, and signs: nothing that could be a comment or a continuation.
    while (at < end && bytes[at]! >= 0x2b && bytes[at]! <= 0x39) at++;
    return isAtLineEnd(bytes, at, end) ? at : passBlanks(bytes, at, end);
  }
  return isAtLineEnd(bytes, at, end) ? at : passBlanks(bytes, at, end);
}

/** Moves past the rest of a statement that fills its line; a backslash may continue it. */
function passOver(bytes: Uint8Array, from: number, end: number): number {
  if (from === end || (bytes[from] !== BLANK && bytes[from] !== TAB)) return NOT_PLAIN;
  let at = from;
  while (at < end && bytes[at] !== LF && bytes[at] !== CR && bytes[at] !== BACKSLASH) at++;
  return passLineEnd(bytes, at, end);
}
