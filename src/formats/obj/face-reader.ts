/**
 * Reads the faces of OBJ: `f` and the indices of three or more vertices. Indices of texture coordinates and normals, after
 * a slash, are ignored.
 */

import { FormatError } from '../../errors.js';
import { MINUS, PLUS, ZERO } from '../../io/number-text.js';
import { FACE_CORNERS_MAX } from '../../memory.js';
import { countOf, formatCount } from '../../wording.js';
import { FaceBatcher } from '../shared/indexed-batches.js';
import type { UnusableVertices } from '../shared/unusable-vertices.js';
import { ForwardReferences } from './forward-references.js';
import type { Statement } from './statement.js';

const SLASH = 0x2f;

/** Vertex numbers below this are exact. */
const VERTEX_MAX = Number.MAX_SAFE_INTEGER;

/** Reads the words after `f` into a batch. */
export class ObjFaceReader {
  readonly batch: FaceBatcher;
  /** Corners of the face so far. */
  private found = 0;
  /** The largest vertex number of the face so far. */
  private largest = -1;
  /** Vertices defined before the face. */
  private defined = 0;
  readonly forward = new ForwardReferences();

  constructor(
    private readonly statement: Statement,
    batchFaces: number,
    unusable: UnusableVertices,
  ) {
    this.batch = new FaceBatcher(batchFaces, unusable, statement.options.placeBytes);
  }

  /** Begins a face, for which the batch must have room; `defined` is the number of vertices so far. */
  begin(defined: number): void {
    this.defined = defined;
    this.found = 0;
    this.largest = -1;
  }

  /** Continues to the end of the statement, or until more bytes are needed. */
  read(): 'more' | 'end' {
    const { batch, defined, statement } = this;
    const { words } = statement;
    for (;;) {
      const step = words.next();
      if (step === 'more') return 'more';
      if (step === 'end') {
        this.finish();
        return 'end';
      }
      const index = this.parseIndex();
      if (Number.isNaN(index)) {
        const expected = 'expected a vertex index, an integer alone or before a slash';
        statement.refuse(`${statement.showWord()} in a face; ${expected}`);
        return 'end';
      }
      if (this.found === FACE_CORNERS_MAX) {
        const limit = formatCount(FACE_CORNERS_MAX);
        throw statement.error(`a face with more than ${limit} corners; expected no more`);
      }
      const vertex = index > 0 ? index - 1 : defined + index;
      if (index === 0 || vertex < 0 || vertex >= VERTEX_MAX) throw this.errorOfIndex(index);
      if (vertex > this.largest) this.largest = vertex;
      batch.corners[batch.used + this.found++] = vertex;
    }
  }

  /** Throws if a face refers beyond the `defined` vertices of the complete file. */
  checkReferences(defined: number): void {
    const beyond = this.forward.findBeyond(defined);
    if (beyond === undefined) return;
    throw new FormatError(
      `face refers to vertex ${beyond.vertex + 1}, but only ${describeCount(defined)} defined`,
      { place: { line: beyond.line } },
    );
  }

  /** Parses the vertex index of the corner last found; NaN if it has none. */
  private parseIndex(): number {
    const { window, words } = this.statement;
    const { from, to } = words;
    const { bytes } = window;
    const sign = bytes[from];
    const first = sign === MINUS || sign === PLUS ? from + 1 : from;
    let index = 0;
    let at = first;
    for (; at < to; at++) {
      const digit = bytes[at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      index = 10 * index + digit;
    }
    if (at === first || (at < to && bytes[at] !== SLASH)) return Number.NaN;
    return sign === MINUS ? -index : index;
  }

  private finish(): void {
    const { batch, defined, found, largest, statement } = this;
    if (found === 0 && statement.words.isAtFileEnd) {
      statement.refuse('a face without a vertex index; expected at least three');
      return;
    }
    if (largest >= defined) this.forward.add(largest, statement.line, defined);
    if (found < 3) {
      const corners = found === 0 ? 'no corners' : countOf(found, 'corner');
      statement.warn('obj-short-face', `a face with ${corners} is not a triangle; it is skipped`);
      batch.passOver();
    } else {
      batch.addFace(found, statement.offset, statement.window.offset, statement.line, defined);
    }
  }

  private errorOfIndex(index: number): FormatError {
    const { defined, statement } = this;
    const token = statement.showWord();
    if (index === 0) {
      return statement.error(`vertex index 0 in ${token}; expected 1 for the first vertex, -1 for the last`);
    }
    if (!Number.isSafeInteger(index)) {
      return statement.error(`${token} in a face; expected a vertex index below 2^53`);
    }
    return statement.error(
      `face refers to vertex ${index}, but only ${describeCount(defined)} defined so far`,
    );
  }
}

function describeCount(vertices: number): string {
  return vertices === 1 ? '1 vertex is' : `${formatCount(vertices)} vertices are`;
}
