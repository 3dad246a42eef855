/**
 * Reads the vertices of a text OFF, one by one: position, normal, color; texture coordinates are skipped.
 *
 * A color ends with the line. Geomview writes four numbers, other programs three, or an index into a color map that is not
 * in the file. Some write colors without a C in the keyword.
 */
import { FormatError } from '../../../errors.js';
import type { Warning } from '../../../mesh.js';
import type { ReadOptions } from '../../format.js';
import { VertexBatcher } from '../../shared/indexed-batches.js';
import type { UnusableVertices } from '../../shared/unusable-vertices.js';
import type { WordScanner } from '../../shared/word-scanner.js';
import type { TextHeader } from '../header.js';
import type { PlainLines } from './plain-lines.js';
import type { TextValues } from './text-values.js';

const COORDINATES = ['x of a vertex', 'y of a vertex', 'z of a vertex'] as const;
const NORMAL = 'the normal of a vertex';
const COLOR = 'the color of a vertex';

/** The state of a reader between two batches, as plain data; see its fields. */
export interface SavedVertices {
  readonly done: number;
  readonly colorScale: number;
  readonly strangeLine: number | undefined;
  readonly brokenLine: number | undefined;
  readonly suspectLine: number | undefined;
  readonly haveLines: boolean;
  readonly lastLine: number;
  readonly haveOneMore: boolean;
}

export class OffVertexReader {
  /** Vertices read so far. */
  done = 0;
  /** The divisor that maps colors to 0 to 1. */
  colorScale = 1;
  /** The first line with more or other numbers than a vertex should have. */
  strangeLine: number | undefined;
  /** Whether each vertex so far has had one extra number on its line. */
  private haveOneMore = true;
  /** The line of a vertex that took numbers of a longer next line, unlike all vertices before it. */
  private brokenLine: number | undefined;
  /** The line of the last vertex if it may be broken like this, until the next line is known. */
  private suspectLine: number | undefined;
  /** Whether vertices have had lines of their own so far, and the line where the last one ended. */
  private haveLines = true;
  private lastLine = 0;
  readonly batch: VertexBatcher;
  private readonly normal = new Float64Array(3);
  private readonly color = new Float64Array(4);

  /** `isLined`: each vertex has a line of its own. */
  constructor(
    private readonly scanner: WordScanner,
    private readonly values: TextValues,
    private readonly lines: PlainLines,
    private readonly header: TextHeader,
    private readonly isLined: boolean,
    private readonly warn: (warning: Warning) => void,
    private readonly unusable: UnusableVertices,
    { batchTriangles, placeBytes }: Pick<ReadOptions, 'batchTriangles' | 'placeBytes'>,
  ) {
    this.batch = new VertexBatcher(batchTriangles, 'float64', placeBytes);
  }

  /** Returns its state after its batch has been taken, as plain data. */
  save(): SavedVertices {
    const { done, colorScale, strangeLine, brokenLine, suspectLine, haveLines, lastLine, haveOneMore } = this;
    return { done, colorScale, strangeLine, brokenLine, suspectLine, haveLines, lastLine, haveOneMore };
  }

  /** Restores a saved state. */
  restore(saved: SavedVertices): void {
    this.done = saved.done;
    this.colorScale = saved.colorScale;
    this.strangeLine = saved.strangeLine;
    this.brokenLine = saved.brokenLine;
    this.suspectLine = saved.suspectLine;
    this.haveLines = saved.haveLines;
    this.lastLine = saved.lastLine;
    this.haveOneMore = saved.haveOneMore;
    this.batch.total = this.done;
  }

  /** Reads the next vertices into the batch as long as they are plain lines without other values; whether there are any. */
  readPlain(): boolean {
    const { batch } = this;
    const { dimension, hasNormals, hasColors, hasTexture, vertexCount } = this.header;
    if (!this.isLined || dimension !== 3 || hasNormals || hasColors || hasTexture) return false;
    const count = this.lines.readVertices(batch, Math.min(batch.room, vertexCount - this.done));
    if (count > 0) this.haveOneMore = false;
    this.done += count;
    return count > 0;
  }

  /** Reads the next vertex into the batch; returns false if the window does not hold all of it. */
  read(): boolean {
    const { batch, values } = this;
    const { dimension, hasNormals, colorsFirst, vertexCount, faceCount } = this.header;
    const { positions } = batch;
    const at = 3 * batch.count;
    let line = 0;
    let offset = 0;
    let problem: string | undefined;
    for (let axis = 0; axis < dimension; axis++) {
      if (!values.next()) return false;
      if (axis === 0) {
        line = this.scanner.line;
        offset = this.scanner.offset;
      }
      const value = values.parse();
      if (!Number.isFinite(value)) {
        const error = values.refuse(COORDINATES[axis]!);
        if (!values.isNotFinite()) throw error;
        problem ??= error.problem;
      }
      positions[at + axis] = value;
    }
    if (dimension < 3) positions.fill(0, at + dimension, at + 3);
    if (colorsFirst && !this.readInto(this.color, COLOR)) return false;
    if (hasNormals && !this.readInto(this.normal, NORMAL)) return false;
    if (!this.readTail()) return false;
    const isLast = this.done + 1 === vertexCount && faceCount === 0;
    if (values.touchesEnd && !isLast) return false;

    if (problem !== undefined) this.unusable.note(this.done, problem, { line }, false);
    if (hasNormals) batch.setNormal(this.normal[0]!, this.normal[1]!, this.normal[2]!);
    if (colorsFirst) this.setColor(this.color, 4);
    this.checkOneMore(line, at);
    if (values.tailCount > 0) this.takeTail();
    if (problem !== undefined) batch.standIn(batch.count);
    if (!this.isLined) this.noteLines(line);
    batch.add(offset, this.scanner.endOffset, line);
    this.done++;
    return true;
  }

  /** Whether the rest of the line is a vertex; undefined if the window does not hold all of it. */
  isVertexNext(): boolean | undefined {
    const { values } = this;
    const { vertexCount, dimension } = this.header;
    const isNumber = Number.isFinite(values.parse());
    if (!values.readTail()) return undefined;
    return vertexCount > 0 && isNumber && values.strange === undefined && values.tailCount + 1 >= dimension;
  }

  /**
   * Throws if a plain vertex has one extra number on its line and is a face, or if all vertices have an extra number: then
   * the counts are wrong.
   */
  private checkOneMore(line: number, at: number): void {
    const { vertexCount, faceCount, hasColors, hasTexture, dimension, countsLine } = this.header;
    const { tailCount, strange } = this.values;
    const isOneMore =
      tailCount === 1 && strange === undefined && !hasColors && !hasTexture && dimension === 3;
    this.haveOneMore &&= isOneMore;
    if (!isOneMore) return;
    const { positions } = this.batch;
    const [size, ...corners] = [positions[at]!, positions[at + 1]!, positions[at + 2]!, this.values.tail[0]!];
    const isCorner = (corner: number) =>
      Number.isInteger(corner) && corner >= 0 && corner < Math.max(vertexCount, faceCount);
    const isFace = size === 3 && corners.every(isCorner);
    const isLast = this.done + 1 === vertexCount;
    if (!isFace && !(this.haveOneMore && isLast)) return;
    throw new FormatError(
      isFace
        ? 'a face in place of a vertex, one number too many; expected x y z'
        : 'one number too many on every vertex line; expected x y z',
      {
        place: { line },
        hint: `check the counts on line ${countsLine}, vertices first; more numbers for each vertex need a keyword such as COFF`,
      },
    );
  }

  /** Returns the line of a vertex that lacks a number, if a face that begins on `line` proves that one does. */
  findBroken(line: number): number | undefined {
    return this.brokenLine ?? (line === this.lastLine ? this.suspectLine : undefined);
  }

  /** Records whether the vertex that began on `line` has that line to itself. */
  private noteLines(line: number): void {
    const end = this.scanner.line;
    if (line === this.lastLine) {
      this.haveLines &&= this.suspectLine !== undefined;
      this.brokenLine ??= this.suspectLine;
    }
    if (end !== line && this.done === 0) this.haveLines = false;
    this.suspectLine = end !== line && this.haveLines ? line : undefined;
    this.lastLine = end;
  }

  /** Reads the values after coordinates and normal. */
  private readTail(): boolean {
    if (this.isLined) return this.values.readTail();
    const { hasColors, colorsFirst, hasTexture } = this.header;
    return this.values.readTailOf((hasColors && !colorsFirst ? 4 : 0) + (hasTexture ? 2 : 0), COLOR);
  }

  private takeTail(): void {
    const { tail, tailCount, strange } = this.values;
    const { hasColors, colorsFirst, hasTexture } = this.header;
    const count = tailCount - (hasTexture ? 2 : 0);
    if (strange === undefined && !colorsFirst && (count === 3 || count === 4)) {
      this.setColor(tail, count);
    } else if (strange === undefined && hasColors && !colorsFirst && count === 1) {
      const message = `line ${this.scanner.line}: a vertex has a color index, but the file has no color map`;
      this.warn({ kind: 'off-color-index', message });
    } else if (strange !== undefined || count !== 0) {
      this.strangeLine ??= this.scanner.line;
      const found = strange ?? (tailCount === 1 ? '1 more number' : `${tailCount} more numbers`);
      const message = `line ${this.scanner.line}: ${found} after the numbers of a vertex; skipped`;
      this.warn({ kind: 'off-extra-values', message });
    }
  }

  private setColor(values: Float64Array, count: number): void {
    for (let k = 0; k < count; k++) if (values[k]! > 1) this.colorScale = 255;
    this.batch.setColor(values[0]!, values[1]!, values[2]!, count === 4 ? values[3]! : Number.NaN);
  }

  private readInto(target: Float64Array, what: string): boolean {
    const { values } = this;
    for (let k = 0; k < target.length; k++) {
      if (!values.next()) return false;
      target[k] = values.parseHarmless(what);
    }
    return true;
  }
}
