/**
 * Reads binary OFF: after the keyword line, only 32-bit integers and floats. Counts come first, then the numbers of each
 * vertex; then, for each face, the number of corners, the corners, the number of color values, the color values. For the
 * variants, see binary-form.ts.
 */

import { FormatError, TRUNCATED } from '../../../errors.js';
import type { ByteSource } from '../../../io/input/byte-source.js';
import { ByteWindow } from '../../../io/input/byte-window.js';
import { CHUNK_BYTES, FACE_CORNERS_MAX } from '../../../memory.js';
import type { ColorScales, MeshItem } from '../../../mesh.js';
import { countOf, formatCount } from '../../../wording.js';
import type { MeshReader, ReadOptions, ReadStart, SavedReader } from '../../format.js';
import { isDenormal } from '../../plausible.js';
import { FaceBatcher, VertexBatcher } from '../../shared/indexed-batches.js';
import { skipBlanks } from '../../shared/text.js';
import { type SavedUnusable, UnusableVertices } from '../../shared/unusable-vertices.js';
import { type BinaryHeader, hasColorCounts, isColorCount, readBinaryHeader } from '../binary-form.js';
import { dissectRecord } from '../dissect.js';
import type { OffKeyword } from '../header.js';
import { refuseCounts, refuseVertexNumber } from '../refusals.js';

/** Bytes of the faces examined to detect the variant. */
const LOOK_BYTES = CHUNK_BYTES;
const TRIANGLE_BYTES_MIN = 16;

/** A reader that also reports the variant. */
export interface BinaryOffReader extends MeshReader {
  colorScales(): ColorScales;
  /** Whether faces have color counts; known after the first face has been read. */
  isCounted(): boolean;
}

/** Opens binary OFF. Throws FormatError if the counts are damaged, or if the size proves that they cannot be right. */
export function openBinaryOff(
  source: ByteSource,
  keyword: OffKeyword,
  options: ReadOptions,
): BinaryOffReader {
  const { size } = source;
  const header = readBinaryHeader(source, keyword);
  const { vertexCount, faceCount, sizeMin, stride, end } = header;
  if (size !== undefined && size < sizeMin && !options.salvage) {
    throw refuseCounts(vertexCount, faceCount, sizeMin, size, { offset: size });
  }
  const parser = new BinaryParser(source, keyword, header, options);
  const faceBytes = (size ?? 0) - end - 4 * stride * vertexCount;
  const expected = Math.max(0, Math.min(faceCount, Math.floor(faceBytes / TRIANGLE_BYTES_MIN)));
  return {
    encoding: 'binary',
    precision: 'float32',
    layout: 'indexed',
    expectedTriangles: size === undefined ? undefined : expected,
    dissect: (kind, bytes) => dissectRecord(kind, bytes, keyword, header),
    items: (_parsers, start) => parser.items(start),
    save: () => parser.save(),
    colorScales: () => ({ vertex: parser.vertexScale, face: parser.faceScale }),
    isCounted: () => parser.isCounted,
  };
}

/** The state of a parser between two items, as plain data; see its fields. */
interface SavedBinary {
  readonly counts: {
    readonly verticesDone: number;
    readonly facesDone: number;
    readonly vertexScale: number;
    readonly faceScale: number;
    readonly isCounted: boolean;
  };
  readonly unusable: SavedUnusable;
}

class BinaryParser {
  vertexScale = 1;
  faceScale = 1;
  private readonly window: ByteWindow;
  private readonly view: DataView;
  private readonly vertices: VertexBatcher;
  private readonly faces: FaceBatcher;
  private readonly unusable: UnusableVertices;
  private verticesDone = 0;
  private facesDone = 0;
  isCounted = true;

  constructor(
    source: ByteSource,
    private readonly keyword: OffKeyword,
    private readonly header: BinaryHeader,
    private readonly options: ReadOptions,
  ) {
    this.window = new ByteWindow(source, LOOK_BYTES);
    this.view = new DataView(this.window.bytes.buffer);
    this.vertices = new VertexBatcher(options.batchTriangles, 'float32', options.placeBytes);
    this.unusable = new UnusableVertices(options);
    this.faces = new FaceBatcher(options.batchTriangles, this.unusable, options.placeBytes);
  }

  async *items(start?: ReadStart | SavedReader): AsyncGenerator<MeshItem> {
    const { window, vertices, faces, header } = this;
    const { vertexCount, faceCount, stride } = header;
    if (start === undefined) {
      while (window.end < header.end && !window.ended) await this.fill();
      window.start = header.end;
    } else if ('memory' in start) {
      await window.jump(start.offset);
      this.restore(start.memory);
    } else if (start.kind === 'vertices') {
      await window.jump(start.offset);
      this.verticesDone = vertices.total = start.record;
    } else {
      await window.jump(header.end + 4 * stride * vertexCount);
      this.verticesDone = vertexCount;
    }

    while (this.verticesDone < vertexCount) {
      if (vertices.isFull) yield vertices.take();
      if (window.end - window.start >= 4 * stride) this.readVertices();
      else if (!(await this.fill())) break;
    }
    if (vertices.count > 0) yield vertices.take();
    const hasVertices = this.verticesDone === vertexCount;
    if (hasVertices && faceCount > 0 && this.facesDone === 0) await this.tellForm();
    if (start !== undefined && 'kind' in start && start.kind === 'faces') {
      await window.jump(start.offset);
      this.facesDone = faces.records = start.record;
    }
    while (hasVertices && this.facesDone < faceCount) {
      if (faces.isFull) yield faces.take();
      if (!this.readFace() && !(await this.fill())) break;
    }
    if (faces.count > 0) yield faces.take();
    if (hasVertices && this.facesDone === faceCount) await this.passRest();
    else this.endTruncated(hasVertices);
  }

  save(): SavedReader {
    const { window, verticesDone, facesDone, vertexScale, faceScale, isCounted } = this;
    const counts = { verticesDone, facesDone, vertexScale, faceScale, isCounted };
    const memory: SavedBinary = { counts, unusable: this.unusable.save() };
    return { offset: window.offset, memory };
  }

  private restore(memory: object): void {
    const { counts, unusable } = memory as SavedBinary;
    this.verticesDone = counts.verticesDone;
    this.facesDone = counts.facesDone;
    this.vertexScale = counts.vertexScale;
    this.faceScale = counts.faceScale;
    this.isCounted = counts.isCounted;
    this.unusable.restore(unusable);
    this.vertices.total = this.verticesDone;
    this.faces.records = this.facesDone;
  }

  /** Requests more bytes; returns false at the end of the source. */
  private async fill(): Promise<boolean> {
    const { window } = this;
    if (!window.ended) await window.fill(() => ({ offset: window.offset }));
    return !window.ended;
  }

  private async tellForm(): Promise<void> {
    const { window, header } = this;
    while (window.end - window.start < LOOK_BYTES && (await this.fill()));
    // The number of bytes examined must not depend on chunk sizes.
    const end = Math.min(window.end, window.start + LOOK_BYTES);
    const isAll = window.ended && end === window.end;
    this.isCounted = hasColorCounts(window.bytes, window.start, end, isAll, header);
  }

  /** Reads the complete vertices in the window, as far as the batch has room. */
  private readVertices(): void {
    const { window, view, vertices, header, options } = this;
    const { hasNormals, hasColors, colorsFirst } = this.keyword;
    const { stride, dimension, isLittleEndian, vertexCount } = header;
    const { positions } = vertices;
    const whole = Math.floor((window.end - window.start) / (4 * stride));
    const room = options.batchTriangles - vertices.count;
    const count = Math.min(whole, room, vertexCount - this.verticesDone);
    const first = window.offset;
    const normalAt = 4 * (dimension + (colorsFirst ? 4 : 0));
    const colorAt = 4 * (dimension + (hasNormals && !colorsFirst ? 3 : 0));
    let at = window.start;
    for (let k = 0; k < count; k++, at += 4 * stride) {
      const slot = 3 * vertices.count;
      let strange = -1;
      for (let axis = 0; axis < dimension; axis++) {
        const value = view.getFloat32(at + 4 * axis, isLittleEndian);
        if (!Number.isFinite(value) && strange < 0) strange = axis;
        positions[slot + axis] = value;
      }
      if (dimension < 3) positions.fill(0, slot + dimension, slot + 3);
      if (hasNormals) {
        const x = view.getFloat32(at + normalAt, isLittleEndian);
        const y = view.getFloat32(at + normalAt + 4, isLittleEndian);
        vertices.setNormal(x, y, view.getFloat32(at + normalAt + 8, isLittleEndian));
      }
      if (hasColors) this.vertexScale = this.readColor(vertices, at + colorAt, 4, this.vertexScale);
      if (strange >= 0)
        this.noteUnusable(vertices.total, 'xyz'[strange]!, positions[slot + strange]!, at + 4 * strange);
      const offset = first + 4 * stride * k;
      vertices.add(offset, offset + 4 * stride, 0);
    }
    this.verticesDone += count;
    window.start = at;
  }

  private noteUnusable(vertex: number, axis: string, value: number, at: number): void {
    const problem = `${axis} of a vertex is ${value}; expected a finite number`;
    this.unusable.note(vertex, problem, { offset: this.window.base + at }, false);
    this.vertices.standIn(this.vertices.count);
  }

  /** Reads the next face into the batch; returns false if the window does not hold all of it. */
  private readFace(): boolean {
    const { window, view, faces, header } = this;
    const { isLittleEndian, vertexCount } = header;
    const { start, end } = window;
    if (start + 4 > end) return false;
    const size = view.getInt32(start, isLittleEndian);
    if (size < 0 || size > FACE_CORNERS_MAX) {
      const expected = `expected 0 to ${formatCount(FACE_CORNERS_MAX)}`;
      throw this.refuse(`a face with ${formatCount(size)} corners; ${expected}`, start);
    }
    // No program begins with such a face, or writes one without corners: the bytes are misaligned.
    if (size === 0 || (size < 3 && this.facesDone === 0)) {
      const which = this.facesDone === 0 ? 'the first face' : 'a face';
      const corners = size === 1 ? '1 corner' : `${size} corners`;
      throw this.refuse(`${which} has ${corners}; expected three or more`, start);
    }
    let at = start + 4;
    const colorAt = at + 4 * size;
    if (colorAt + (this.isCounted ? 4 : 0) > end) return false;
    const { corners, used } = faces;
    for (let k = 0; k < size; k++, at += 4) {
      const corner = view.getUint32(at, isLittleEndian);
      if (corner >= vertexCount) {
        const place = { offset: window.base + at };
        throw refuseVertexNumber(corner, vertexCount, place, this.formHint);
      }
      corners[used + k] = corner;
    }
    if (this.isCounted) {
      const count = view.getInt32(colorAt, isLittleEndian);
      if (!isColorCount(count)) {
        throw this.refuse(`a face with ${formatCount(count)} color numbers; expected 0, 1, 3 or 4`, colorAt);
      }
      at += 4 + 4 * count;
      if (at > end) return false;
      if (size >= 3) this.takeColor(colorAt, count);
    }
    if (size >= 3) {
      faces.addFace(size, window.base + start, window.base + at, 0);
    } else {
      this.warn('off-short-face', start, `a face with ${countOf(size, 'corner')} is skipped`);
      faces.passOver();
    }
    this.facesDone++;
    window.start = at;
    return true;
  }

  private takeColor(at: number, count: number): void {
    if (count === 1) {
      this.warn('off-color-index', at, 'a face has a color index, but the file has no color map');
    } else if (count > 0) {
      this.faceScale = this.readColor(this.faces, at + 4, count, this.faceScale);
    }
  }

  /** Sets the color of the next row; returns the scale, raised if a value exceeds 1. */
  private readColor(target: VertexBatcher | FaceBatcher, at: number, count: number, scale: number): number {
    const { view } = this;
    const { isLittleEndian } = this.header;
    const r = view.getFloat32(at, isLittleEndian);
    const g = view.getFloat32(at + 4, isLittleEndian);
    const b = view.getFloat32(at + 8, isLittleEndian);
    const a = count === 4 ? view.getFloat32(at + 12, isLittleEndian) : Number.NaN;
    // Small integers, read as float32, are denormal: the bytes are misaligned.
    if (isDenormal(r) || isDenormal(g) || isDenormal(b) || isDenormal(a)) {
      throw this.refuse('a color component is denormal; expected numbers from 0 to 1 or to 255', at);
    }
    target.setColor(r, g, b, a);
    return r > 1 || g > 1 || b > 1 || a > 1 ? 255 : scale;
  }

  private endTruncated(isInFaces: boolean): void {
    const { window, header, options } = this;
    const found = isInFaces
      ? `${formatCount(this.facesDone)} of ${countOf(header.faceCount, 'face')}`
      : `${formatCount(this.verticesDone)} of ${countOf(header.vertexCount, 'vertex', 'vertices')}`;
    const problem = `truncated: the file ends after ${found}`;
    const offset = isInFaces ? window.offset : window.base + window.end;
    if (!options.salvage) throw new FormatError(problem, { place: { offset }, ...TRUNCATED });
    const rest = isInFaces ? 'the complete ones were read' : 'it has no faces';
    options.warn({ kind: 'salvaged', message: `byte ${offset}: ${problem}; ${rest}` });
  }

  /** Throws if bytes follow the last face; only warns if they are whitespace. */
  private async passRest(): Promise<void> {
    const { window, header } = this;
    while (window.start === window.end) if (!(await this.fill())) return;
    const { bytes, start, end } = window;
    if (skipBlanks(bytes, start, end) < end) {
      const counts = `${formatCount(header.vertexCount)} vertices and ${formatCount(header.faceCount)} faces`;
      throw this.refuse(`bytes follow the ${counts} announced; expected the end of the file`, start);
    }
    this.warn('trailing-bytes', start, 'whitespace after the last face is ignored');
  }

  private warn(kind: string, at: number, message: string): void {
    this.options.warn({ kind, message: `byte ${this.window.base + at}: ${message}` });
  }

  private refuse(problem: string, at: number): FormatError {
    return new FormatError(problem, { place: { offset: this.window.base + at }, hint: this.formHint });
  }

  private get formHint(): string | undefined {
    return this.isCounted
      ? 'save it as text; it may be binary OFF without color counts, as pmp-library writes it'
      : undefined;
  }
}
