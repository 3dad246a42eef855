/**
 * Reads the faces of a text OFF, one by one: the number of corners, the corners, and the rest of the line, which is a color
 * of three or four numbers, or an index into a color map that is not in the file.
 */

import { FormatError } from '../../../errors.js';
import { FACE_CORNERS_MAX } from '../../../memory.js';
import type { Warning } from '../../../mesh.js';
import { countOf, formatCount } from '../../../wording.js';
import type { ReadOptions } from '../../format.js';
import { FaceBatcher } from '../../shared/indexed-batches.js';
import type { UnusableVertices } from '../../shared/unusable-vertices.js';
import type { WordScanner } from '../../shared/word-scanner.js';
import type { TextHeader } from '../header.js';
import { refuseVertexNumber } from '../refusals.js';
import type { PlainLines } from './plain-lines.js';
import type { TextValues } from './text-values.js';

/** The state of a reader between two batches, as plain data; see its fields. */
export interface SavedFaces {
  readonly done: number;
  readonly colorScale: number;
  readonly shortLine: number | undefined;
  readonly smallest: number;
}

export class OffFaceReader {
  /** Faces read so far, including those of fewer than three corners. */
  done = 0;
  /** The divisor that maps colors to 0 to 1. */
  colorScale = 1;
  /** The line of the first face of fewer than three corners. */
  shortLine: number | undefined;
  /** Whether the first face may be a vertex. */
  beginsWithVertex = false;
  /** The smallest vertex number so far. */
  private smallest = Number.POSITIVE_INFINITY;
  readonly batch: FaceBatcher;

  constructor(
    private readonly scanner: WordScanner,
    private readonly values: TextValues,
    private readonly lines: PlainLines,
    private readonly header: TextHeader,
    private readonly warn: (warning: Warning) => void,
    unusable: UnusableVertices,
    { batchTriangles, placeBytes }: Pick<ReadOptions, 'batchTriangles' | 'placeBytes'>,
  ) {
    this.batch = new FaceBatcher(batchTriangles, unusable, placeBytes);
  }

  /** Returns its state after its batch has been taken, as plain data. */
  save(): SavedFaces {
    const { done, colorScale, shortLine } = this;
    // JSON has no infinity.
    const smallest = Math.min(this.smallest, Number.MAX_SAFE_INTEGER);
    return { done, colorScale, shortLine, smallest };
  }

  /** Restores a saved state. */
  restore({ done, colorScale, shortLine, smallest }: SavedFaces): void {
    this.done = done;
    this.colorScale = colorScale;
    this.shortLine = shortLine;
    this.smallest = smallest;
    this.batch.records = this.done;
  }

  /** Reads the next faces into the batch as long as they are plain lines; whether there are any. */
  readPlain(): boolean {
    const { batch } = this;
    const { vertexCount, faceCount } = this.header;
    const { used } = batch;
    const count = this.lines.readFaces(batch, faceCount - this.done, vertexCount);
    for (let k = used; k < batch.used; k++) this.smallest = Math.min(this.smallest, batch.corners[k]!);
    this.done += count;
    return count > 0;
  }

  /** Reads the next face into the batch; returns false if the window does not hold all of it. */
  read(): boolean {
    const { batch, scanner, values } = this;
    const { vertexCount, faceCount } = this.header;
    if (!values.next()) return false;
    const { line, offset } = scanner;
    const size = values.parse();
    if (!(size >= 0 && size <= FACE_CORNERS_MAX && Number.isInteger(size))) throw this.refuseSize(size);
    const { corners, used } = batch;
    for (let k = 0; k < size; k++) {
      if (!values.next()) return false;
      const corner = values.parse();
      if (!(corner >= 0 && corner < vertexCount && Number.isInteger(corner))) throw this.refuseCorner(corner);
      if (corner < this.smallest) this.smallest = corner;
      corners[used + k] = corner;
    }
    if (!values.readTail()) return false;
    if (values.touchesEnd && this.done + 1 < faceCount) return false;

    // The first face has as many numbers as a vertex.
    this.beginsWithVertex ||= this.done === 0 && size < 2 && size + values.tailCount === 2;
    this.done++;
    if (size < 3) {
      this.shortLine ??= line;
      const message = `line ${line}: a face with ${countOf(size, 'corner')} is skipped`;
      this.warn({ kind: 'off-short-face', message });
      batch.passOver();
      return true;
    }
    if (values.tailCount > 0) this.takeTail();
    batch.addFace(size, offset, scanner.endOffset, line);
    return true;
  }

  private takeTail(): void {
    const { tail, tailCount, strange } = this.values;
    const { line } = this.scanner;
    if (strange === undefined && (tailCount === 3 || tailCount === 4)) {
      for (let k = 0; k < tailCount; k++) if (tail[k]! > 1) this.colorScale = 255;
      this.batch.setColor(tail[0]!, tail[1]!, tail[2]!, tailCount === 4 ? tail[3]! : Number.NaN);
    } else if (strange === undefined && tailCount === 1) {
      const message = `line ${line}: a face has a color index, but the file has no color map`;
      this.warn({ kind: 'off-color-index', message });
    } else {
      const found = strange ?? countOf(tailCount, 'number');
      const message = `line ${line}: ${found} after the corners of a face, where a color may be; skipped`;
      this.warn({ kind: 'off-extra-values', message });
    }
  }

  /** Creates the error for a vertex on `line` in place of the first face. */
  refuseVertex(line: number): FormatError {
    const { vertexCount, countsLine } = this.header;
    return new FormatError(
      `a vertex in place of the first face; expected ${formatCount(vertexCount)} vertices before it`,
      {
        place: { line },
        hint: `check the counts on line ${countsLine}, vertices first`,
      },
    );
  }

  /**
   * Whether the next words are a face; undefined if the window does not hold all of them. The caller restores the position.
   */
  isFaceNext(): boolean | undefined {
    const { scanner, values } = this;
    const size = values.parse();
    if (!(size >= 3 && size <= FACE_CORNERS_MAX && Number.isInteger(size))) return false;
    for (let k = 0; k < size; k++) {
      const follows = scanner.peekLine();
      if (follows === 'more') return undefined;
      if (follows === 'end') return false;
      if (!values.next()) return undefined;
      const corner = values.parse();
      if (!(corner >= 0 && corner < this.header.vertexCount && Number.isInteger(corner))) return false;
    }
    return true;
  }

  private refuseSize(size: number): FormatError {
    const { line } = this.scanner;
    if (size > FACE_CORNERS_MAX && Number.isInteger(size)) {
      const limit = formatCount(FACE_CORNERS_MAX);
      const problem = `a face with ${formatCount(size)} corners; expected at most ${limit}`;
      return new FormatError(problem, { place: { line } });
    }
    return new FormatError(`${this.values.show()} is not a number of corners; expected the size of a face`, {
      place: { line },
      hint: 'check the counts at the beginning; faces are expected here',
    });
  }

  private refuseCorner(corner: number): FormatError {
    const { line } = this.scanner;
    const { vertexCount } = this.header;
    const isFromOne = corner === vertexCount && this.smallest > 0;
    const hint = isFromOne ? 'number the vertices from 0; here they seem to start at 1' : undefined;
    return Number.isInteger(corner)
      ? refuseVertexNumber(corner, vertexCount, { line }, hint)
      : new FormatError(`${this.values.show()} is not a vertex number; expected a whole number`, {
          place: { line },
        });
  }
}
