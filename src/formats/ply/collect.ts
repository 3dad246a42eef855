/**
 * Where the records of a PLY file become vertices and faces: the checks that text and binary data share, and
 * triangle strips.
 */

import { describePlace, FormatError, type Place } from '../../errors.js';
import { FACE_CORNERS_MAX } from '../../memory.js';
import type { IndexedFaces, IndexedVertices, Precision } from '../../mesh.js';
import { countOf, formatCount } from '../../wording.js';
import type { ReadOptions, ReadStart } from '../format.js';
import { FaceBatcher, VertexBatcher } from '../shared/indexed-batches.js';
import { type SavedUnusable, UnusableVertices } from '../shared/unusable-vertices.js';
import { type ColorRanges, type ElementPlan, Slot } from './plan.js';

const NAMES: readonly string[] = [
  'x of a vertex',
  'y of a vertex',
  'z of a vertex',
  'red',
  'green',
  'blue',
  'alpha',
  'x of a normal',
  'y of a normal',
  'z of a normal',
];

/** What the value in a slot is, for messages. */
export function nameSlot(slot: Slot): string {
  return NAMES[slot]!;
}

/** A collector without a batch, as plain data. */
export interface SavedCollector {
  readonly vertices: number;
  readonly faces: number;
  readonly hasFaces: boolean;
  readonly strip: Strip;
  readonly ranges: readonly [vertex: number, face: number];
  readonly unusable: SavedUnusable;
  readonly emptyFaces: number;
}

/** The last two corners of the strip that is being read, where they stand, and how many it has had. */
interface Strip {
  before: number;
  beforeOffset: number;
  beforeLine: number;
  last: number;
  lastOffset: number;
  lastLine: number;
  corners: number;
  turn: number;
}

export class MeshCollector {
  readonly vertices: VertexBatcher;
  readonly faces: FaceBatcher;
  readonly unusable: UnusableVertices;
  /** Faces without corners since the last one with some. */
  private emptyFaces = 0;
  /** Whether any face has been read, or any triangle of a strip. */
  hasFaces = false;
  private strip: Strip = {
    before: 0,
    beforeOffset: 0,
    beforeLine: 0,
    last: 0,
    lastOffset: 0,
    lastLine: 0,
    corners: 0,
    turn: 0,
  };

  constructor(
    precision: Precision,
    /** Vertices announced: corners are held against it, wherever the vertices come. */
    readonly vertexCount: number,
    readonly ranges: ColorRanges,
    private readonly options: ReadOptions,
  ) {
    this.vertices = new VertexBatcher(options.batchTriangles, precision, options.placeBytes);
    this.unusable = new UnusableVertices(options);
    this.faces = new FaceBatcher(options.batchTriangles, this.unusable, options.placeBytes);
  }

  /** Begins in the middle of the source. */
  startAt({ kind, record }: ReadStart): void {
    if (kind === 'vertices') this.vertices.total = record;
    else this.faces.records = record;
  }

  /** What it takes to go on behind the batch last taken. */
  save(): SavedCollector {
    const { vertices, faces, hasFaces, strip, ranges } = this;
    return {
      vertices: vertices.total,
      faces: faces.records,
      hasFaces,
      strip: { ...strip },
      ranges: [ranges.vertex.scale, ranges.face.scale],
      unusable: this.unusable.save(),
      emptyFaces: this.emptyFaces,
    };
  }

  /** Goes on where another one was saved. */
  restore({ vertices, faces, hasFaces, strip, ranges, unusable, emptyFaces }: SavedCollector): void {
    this.unusable.restore(unusable);
    this.emptyFaces = emptyFaces;
    this.vertices.total = vertices;
    this.faces.records = faces;
    this.hasFaces = hasFaces;
    this.strip = { ...strip };
    this.ranges.vertex.scale = ranges[0];
    this.ranges.face.scale = ranges[1];
  }

  /**
   * Adds a vertex; `values` are ordered as {@link Slot}s are. It stands at `[offset, end)`, from
   * `line` on.
   */
  addVertex(plan: ElementPlan, values: Float64Array, offset: number, end: number, line: number): void {
    const { vertices } = this;
    const at = 3 * vertices.count;
    vertices.positions[at] = values[Slot.X]!;
    vertices.positions[at + 1] = values[Slot.Y]!;
    vertices.positions[at + 2] = values[Slot.Z]!;
    const strange = [Slot.X, Slot.Y, Slot.Z].find((slot) => !Number.isFinite(values[slot]));
    if (plan.hasColor) {
      this.ranges.vertex.see(findGreatest(values));
      vertices.setColor(values[Slot.Red]!, values[Slot.Green]!, values[Slot.Blue]!, values[Slot.Alpha]!);
    }
    if (plan.hasNormal) {
      vertices.setNormal(values[Slot.NormalX]!, values[Slot.NormalY]!, values[Slot.NormalZ]!);
    }
    if (strange !== undefined) {
      // Text has other words for it than numbers have.
      const value = line > 0 ? 'not finite' : values[strange]!;
      this.noteUnusable(0, strange, value, line > 0 ? { line } : { offset });
    }
    vertices.add(offset, end, line);
  }

  /** Takes note that the vertex `row` rows after the next one is no point, and lets it stand where another is. */
  noteUnusable(row: number, slot: Slot, value: number | string, place: Place): void {
    const problem = `${nameSlot(slot)} is ${value}; expected a finite number`;
    this.unusable.note(this.vertices.total + row, problem, place, this.hasFaces);
    this.vertices.standIn(this.vertices.count + row);
  }

  /** Takes note of faces that have corners. */
  noteFaces(): void {
    this.hasFaces = true;
    this.emptyFaces = 0;
  }

  /**
   * Adds the face whose corners have been put behind the last one's, likewise; one without an area is passed over.
   */
  addFace(
    plan: ElementPlan,
    values: Float64Array,
    size: number,
    offset: number,
    end: number,
    line: number,
  ): void {
    const isFirst = this.faces.records === 0;
    const isOutOfStep = line > 0 ? isFirst && size === 0 : size === 0 || (isFirst && size < 2);
    if (isOutOfStep) throw refuseFace(size, isFirst, line > 0 ? { line } : { offset });
    if (size === 0 && ++this.emptyFaces > EMPTY_FACES_MAX)
      throw refuseEmptyFaces(line > 0 ? { line } : { offset });
    if (size < 3) {
      this.faces.passOver();
      const where = describePlace(line > 0 ? { line } : { offset });
      const corners = countOf(size, 'corner');
      const message = `${where}: a face of ${corners} is passed over; expected three or more`;
      this.options.warn({ kind: 'ply-short-face', message });
      return;
    }
    if (plan.hasColor) {
      this.ranges.face.see(findGreatest(values));
      this.faces.setColor(values[Slot.Red]!, values[Slot.Green]!, values[Slot.Blue]!, values[Slot.Alpha]!);
    }
    this.faces.addFace(size, offset, end, line);
    this.noteFaces();
  }

  /** Begins a strip: the next corner is its first. `isTurned`: its first triangle is turned round. */
  beginStrip(isTurned = false): void {
    this.strip.corners = 0;
    this.strip.turn = isTurned ? 1 : 0;
  }

  /**
   * Adds a corner to the strip, at `[offset, end)`: the third one and each after it make a triangle, which begins with
   * the first of its corners. Every other one is turned round. `left` numbers of strip `record` are left, this one
   * included.
   */
  addStripCorner(
    corner: number,
    offset: number,
    end: number,
    line: number,
    left: number,
    record: number,
  ): void {
    const { faces, strip } = this;
    const { before, last } = strip;
    if (strip.corners >= 2) {
      const { corners, used } = faces;
      const isTurned = (strip.corners + strip.turn) % 2 === 1;
      corners[used] = isTurned ? last : before;
      corners[used + 1] = isTurned ? before : last;
      corners[used + 2] = corner;
      const place = isTurned ? -left - 2 : left + 2;
      faces.addStripTriangle(strip.beforeOffset, end, strip.beforeLine, record, place);
      this.hasFaces = true;
    }
    strip.before = last;
    strip.beforeOffset = strip.lastOffset;
    strip.beforeLine = strip.lastLine;
    strip.last = corner;
    strip.lastOffset = offset;
    strip.lastLine = line;
    strip.corners++;
  }

  /** Hands over what has been collected of the element, if anything. */
  take(): IndexedVertices | IndexedFaces | undefined {
    if (this.vertices.count > 0) return this.vertices.take();
    return this.faces.count > 0 ? this.faces.take() : undefined;
  }

  /** The error for a corner that is no vertex; `shown` is how the source writes it. */
  refuseCorner(shown: string, place: Place): FormatError {
    const count = formatCount(this.vertexCount);
    return new FormatError(
      `a face refers to vertex ${shown}; expected a whole number from 0 to less than ${count}, the count of vertices`,
      { place },
    );
  }
}

/** The error for the count of a list; `shown` is how the source writes it. */
export function refuseListCount(name: string, shown: string, place: Place): FormatError {
  return new FormatError(`the count of list '${name}' is ${shown}; expected a whole number`, { place });
}

/** The error for a face of more corners than {@link FACE_CORNERS_MAX}. */
export function refuseFaceSize(size: number, place: Place): FormatError {
  const [found, limit] = [size, FACE_CORNERS_MAX].map((count) => formatCount(count));
  return new FormatError(`a face of ${found} corners; expected at most ${limit}`, { place });
}

/** More faces in a row without a corner are NUL bytes, a part of the file that was never written. */
const EMPTY_FACES_MAX = 1000;

/**
 * No program begins with such a face, or writes one without corners in binary: it follows vertices whose count is too small,
 * or the bytes are out of step.
 */
function refuseFace(size: number, isFirst: boolean, place: Place): FormatError {
  const corners = size === 0 ? 'no corner' : '1 corner';
  return new FormatError(`${isFirst ? 'the first face' : 'a face'} has ${corners}; expected three or more`, {
    place,
    hint: 'is the count of vertices in the header right?',
  });
}

function refuseEmptyFaces(place: Place): FormatError {
  return new FormatError(
    `damaged: ${formatCount(EMPTY_FACES_MAX)} faces in a row have no corner; expected faces`,
    { place, hint: 'this part of the file may never have been written: copy the file again' },
  );
}

function findGreatest(values: Float64Array): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let slot = Slot.Red; slot <= Slot.Alpha; slot++) {
    if (values[slot]! > greatest) greatest = values[slot]!;
  }
  return greatest;
}
