/**
 * Collects the records of a PLY file as vertices and faces, with the checks shared by text and binary data, and with
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

/** Returns the name of the value in a slot, for messages. */
export function nameSlot(slot: Slot): string {
  return NAMES[slot]!;
}

/** The state of a collector without a batch, as plain data. */
export interface SavedCollector {
  readonly vertices: number;
  readonly faces: number;
  readonly hasFaces: boolean;
  readonly strip: Strip;
  readonly ranges: readonly [vertex: number, face: number];
  readonly unusable: SavedUnusable;
  readonly emptyFaces: number;
}

/** The last two corners of the current strip, their places, and the number of corners so far. */
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
  /** Faces without corners since the last face with corners. */
  private emptyFaces = 0;
  /** Whether any face, or any triangle of a strip, has been read. */
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
    /** The announced number of vertices; corners are checked against it, wherever the vertices are. */
    readonly vertexCount: number,
    readonly ranges: ColorRanges,
    private readonly options: ReadOptions,
  ) {
    this.vertices = new VertexBatcher(options.batchTriangles, precision, options.placeBytes);
    this.unusable = new UnusableVertices(options);
    this.faces = new FaceBatcher(options.batchTriangles, this.unusable, options.placeBytes);
  }

  /** Starts in the middle of the source. */
  startAt({ kind, record }: ReadStart): void {
    if (kind === 'vertices') this.vertices.total = record;
    else this.faces.records = record;
  }

  /** Returns the state to resume from after the batch last taken. */
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

  /** Restores a saved state. */
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

  /** Adds a vertex; `values` are in the order of {@link Slot}. It is at `[offset, end)`, from `line` on. */
  addVertex(plan: ElementPlan, values: Float64Array, offset: number, end: number, line: number): void {
    const { vertices } = this;
    const at = 3 * vertices.count;
    vertices.positions[at] = values[Slot.X]!;
    vertices.positions[at + 1] = values[Slot.Y]!;
    vertices.positions[at + 2] = values[Slot.Z]!;
    const areFinite = Number.isFinite(values[Slot.X]! + values[Slot.Y]! + values[Slot.Z]!);
    // A sum may be too large where its terms are not.
    const strange = areFinite
      ? undefined
      : [Slot.X, Slot.Y, Slot.Z].find((slot) => !Number.isFinite(values[slot]));
    if (plan.hasColor) {
      this.ranges.vertex.see(findGreatest(values));
      vertices.setColor(values[Slot.Red]!, values[Slot.Green]!, values[Slot.Blue]!, values[Slot.Alpha]!);
    }
    if (plan.hasNormal) {
      vertices.setNormal(values[Slot.NormalX]!, values[Slot.NormalY]!, values[Slot.NormalZ]!);
    }
    if (strange !== undefined) {
      // Text may write a non-finite number differently.
      const value = line > 0 ? 'not finite' : values[strange]!;
      this.noteUnusable(0, strange, value, line > 0 ? { line } : { offset });
    }
    vertices.add(offset, end, line);
  }

  /** Records that the vertex `row` rows after the next one is unusable, and replaces it by a neighbor. */
  noteUnusable(row: number, slot: Slot, value: number | string, place: Place): void {
    const problem = `${nameSlot(slot)} is ${value}; expected a finite number`;
    this.unusable.note(this.vertices.total + row, problem, place, this.hasFaces);
    this.vertices.standIn(this.vertices.count + row);
  }

  /** Records that faces with corners have been read. */
  noteFaces(): void {
    this.hasFaces = true;
    this.emptyFaces = 0;
  }

  /**
   * Adds the face whose corners have been written after those of the last face, at `[offset, end)`, from `line` on. Skips a
   * face of fewer than three corners.
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
      const message = `${where}: a face of ${corners} is skipped; expected three or more`;
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

  /** Begins a strip; the next corner is its first. `isTurned`: its first triangle is reversed. */
  beginStrip(isTurned = false): void {
    this.strip.corners = 0;
    this.strip.turn = isTurned ? 1 : 0;
  }

  /**
   * Adds a corner to the strip, at `[offset, end)`. From the third corner on, each makes a triangle that begins with the
   * first of its three corners; every other triangle is reversed. `left` numbers of strip `record` are left, including this
   * one.
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

  /** Returns what has been collected of the element, if anything. */
  take(): IndexedVertices | IndexedFaces | undefined {
    if (this.vertices.count > 0) return this.vertices.take();
    return this.faces.count > 0 ? this.faces.take() : undefined;
  }

  /** Creates the error for a corner that is not a vertex; `shown` is its text in the source. */
  refuseCorner(shown: string, place: Place): FormatError {
    const count = formatCount(this.vertexCount);
    return new FormatError(
      `a face refers to vertex ${shown}; expected a whole number from 0 to less than ${count}, the count of vertices`,
      { place },
    );
  }
}

/** Creates the error for the count of a list; `shown` is its text in the source. */
export function refuseListCount(name: string, shown: string, place: Place): FormatError {
  return new FormatError(`the count of list '${name}' is ${shown}; expected a whole number`, { place });
}

/** Creates the error for a face of more corners than {@link FACE_CORNERS_MAX}. */
export function refuseFaceSize(size: number, place: Place): FormatError {
  const [found, limit] = [size, FACE_CORNERS_MAX].map((count) => formatCount(count));
  return new FormatError(`a face of ${found} corners; expected at most ${limit}`, { place });
}

/** More consecutive faces without corners than this are NUL bytes, a part of the file that was never written. */
const EMPTY_FACES_MAX = 1000;

/**
 * Creates the error for a first face of fewer than two corners, or a binary face without corners. No program writes these:
 * the vertex count is too small, or the bytes are misaligned.
 */
function refuseFace(size: number, isFirst: boolean, place: Place): FormatError {
  const corners = size === 0 ? 'no corner' : '1 corner';
  return new FormatError(`${isFirst ? 'the first face' : 'a face'} has ${corners}; expected three or more`, {
    place,
    hint: 'check the vertex count in the header',
  });
}

function refuseEmptyFaces(place: Place): FormatError {
  return new FormatError(
    `damaged: ${formatCount(EMPTY_FACES_MAX)} faces in a row have no corner; expected faces`,
    { place, hint: 'copy the file again; this part may never have been written' },
  );
}

function findGreatest(values: Float64Array): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let slot = Slot.Red; slot <= Slot.Alpha; slot++) {
    if (values[slot]! > greatest) greatest = values[slot]!;
  }
  return greatest;
}
