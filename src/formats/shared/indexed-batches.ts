/**
 * Collects the vertices and faces of indexed formats until a batch is full. The arrays are allocated once for batches of a
 * fixed size; those of colors, normals and sizes on first use.
 */
import { FACE_CORNERS_MAX } from '../../memory.js';
import type { IndexedFaces, IndexedVertices, Precision } from '../../mesh.js';
import { PlaceNotes } from './place-notes.js';
import type { UnusableVertices } from './unusable-vertices.js';

export class VertexBatcher {
  /** Vertices in this batch, and in all batches. */
  count = 0;
  total = 0;
  /** The next vertex goes to index `3 x count` and the two after. */
  readonly positions: Float32Array | Float64Array;
  private readonly colors: LazyRows;
  private readonly normals: LazyRows;
  private readonly places: PlaceNotes;
  /**
   * The last position of the previous batch, and how many vertices at the start of this one are unusable and have no
   * position to copy yet.
   */
  private readonly before = new Float64Array(3).fill(Number.NaN);
  private homeless = 0;

  /** Records places every `placeBytes` bytes. */
  constructor(
    private readonly capacity: number,
    precision: Precision,
    placeBytes?: number,
  ) {
    this.places = new PlaceNotes(placeBytes);
    this.positions = new (precision === 'float32' ? Float32Array : Float64Array)(3 * capacity);
    this.colors = new LazyRows(4, capacity);
    this.normals = new LazyRows(3, capacity);
  }

  get isFull(): boolean {
    return this.count === this.capacity;
  }

  /** The number of vertices that still fit in the batch. */
  get room(): number {
    return this.capacity - this.count;
  }

  /** Returns the colors of all vertices of the batch for writing: 4 values each, NaN if not set. */
  openColors(): Float64Array {
    return this.colors.open();
  }

  /** Returns the normals of all vertices of the batch for writing: 3 values each. */
  openNormals(): Float64Array {
    return this.normals.open();
  }

  /** Sets the color of the next vertex, not yet counted; NaN means no alpha. */
  setColor(r: number, g: number, b: number, a: number): void {
    this.colors.set(this.count, r, g, b, a);
  }

  /** Sets the normal of the next vertex, not yet counted. */
  setNormal(x: number, y: number, z: number): void {
    this.normals.set(this.count, x, y, z);
  }

  /** Counts the vertex just written; it is at `[offset, end)` of the source, from `line` on. */
  add(offset: number, end: number, line: number): void {
    if (this.places.isDue(offset)) {
      this.places.add({ item: this.count, offset, end, line, record: this.total, vertices: 0 });
    }
    this.count++;
    this.total++;
  }

  /**
   * Replaces the unusable vertex `row` of the batch by a copy of a usable neighbor, so that welding removes it. Call it
   * with ascending rows.
   */
  standIn(row: number): void {
    const { positions, before } = this;
    if (row > this.homeless) positions.copyWithin(3 * row, 3 * row - 3, 3 * row);
    else if (Number.isNaN(before[0])) this.homeless++;
    else positions.set(before, 3 * row);
    this.colors.unset(row);
    this.normals.unset(row);
  }

  /** Counts `count` vertices just written: equal records from `offset` on. */
  addRecords(count: number, offset: number, recordBytes: number): void {
    this.places.addRecords(this.count, count, offset, recordBytes, this.total);
    this.count += count;
    this.total += count;
  }

  /** Returns the batch and begins the next one in the same arrays. */
  take(): IndexedVertices {
    const { count, positions } = this;
    this.settle();
    this.count = 0;
    return {
      kind: 'vertices',
      count,
      positions,
      colors: this.colors.take(),
      normals: this.normals.take(),
      places: this.places.take(),
    };
  }

  /**
   * Copies the first usable position to the unusable vertices before it, and keeps the last position for the next batch.
   */
  private settle(): void {
    const { count, positions, before, homeless } = this;
    const hasPoint = homeless < count;
    for (let row = homeless - 1; row >= 0; row--) {
      if (hasPoint) positions.copyWithin(3 * row, 3 * homeless, 3 * homeless + 3);
      else positions.fill(0, 3 * row, 3 * row + 3);
    }
    this.homeless = 0;
    if (hasPoint) before.set(positions.subarray(3 * count - 3, 3 * count));
  }
}

export class FaceBatcher {
  /** Faces in the batch. */
  count = 0;
  /** Faces of the source so far, including skipped ones. */
  records = 0;
  /** The next face's corners go to index `used` and up; there is room for {@link FACE_CORNERS_MAX}. */
  readonly corners: Float64Array;
  used = 0;
  private readonly colors: LazyRows;
  private readonly sizes: Int32Array;
  private allThree = true;
  private readonly places: PlaceNotes;

  /** Records places every `placeBytes` bytes; `unusable` are the vertices that faces must not use. */
  constructor(
    private readonly capacity: number,
    private readonly unusable: UnusableVertices,
    placeBytes?: number,
  ) {
    this.places = new PlaceNotes(placeBytes);
    this.corners = new Float64Array(3 * capacity + FACE_CORNERS_MAX);
    this.sizes = new Int32Array(capacity);
    this.colors = new LazyRows(4, capacity);
  }

  get isFull(): boolean {
    return this.count === this.capacity || this.used > 3 * this.capacity;
  }

  /** Sets the color of the next face, not yet added; NaN means no alpha. */
  setColor(r: number, g: number, b: number, a: number): void {
    this.colors.set(this.count, r, g, b, a);
  }

  /** The number of triangles that fit in the batch before it is full. */
  get triangleRoom(): number {
    return Math.min(this.capacity - this.count, this.capacity - Math.ceil(this.used / 3) + 1);
  }

  /** Adds `count` triangles whose corners are at index `used` and up: equal records from `offset` on. */
  addTriangles(count: number, offset: number, recordBytes: number): void {
    this.places.addRecords(this.count, count, offset, recordBytes, this.records);
    this.sizes.fill(3, this.count, this.count + count);
    this.count += count;
    this.records += count;
    this.used += 3 * count;
  }

  /**
   * Adds the face whose `size` corners are at index `used` and up. It is at `[offset, end)` of the source, from `line` on,
   * and may count back from the `vertices` before it. Skips a face that uses an unusable vertex.
   */
  addFace(size: number, offset: number, end: number, line: number, vertices = 0): void {
    if (this.leavesOut(size, offset, line)) {
      this.passOver();
      return;
    }
    if (this.places.isDue(offset)) {
      this.places.add({ item: this.count, offset, end, line, record: this.records, vertices });
    }
    if (size !== 3) this.allThree = false;
    this.sizes[this.count++] = size;
    this.records++;
    this.used += size;
  }

  /** Adds a triangle of a strip; see {@link ItemPlace} for `record` and `strip`. */
  addStripTriangle(offset: number, end: number, line: number, record: number, strip: number): void {
    if (this.leavesOut(3, offset, line)) return;
    if (this.places.isDue(offset)) {
      this.places.add({ item: this.count, offset, end, line, record, vertices: 0, strip });
    }
    this.sizes[this.count++] = 3;
    this.used += 3;
  }

  /** Adds the triangles whose corners are at index `used` and up, and whose places in the source are not known. */
  addUnplaced(count = 1): void {
    this.sizes.fill(3, this.count, this.count + count);
    this.count += count;
    this.records += count;
    this.used += 3 * count;
  }

  private leavesOut(size: number, offset: number, line: number): boolean {
    const { unusable, corners, used } = this;
    return unusable.hasSome && unusable.leavesOut(corners, used, size, line > 0 ? { line } : { offset });
  }

  /** Counts a face that is skipped. */
  passOver(): void {
    this.records++;
  }

  /** Returns the batch and begins the next one in the same arrays. */
  take(): IndexedFaces {
    const { count, corners, sizes, allThree } = this;
    this.count = 0;
    this.used = 0;
    this.allThree = true;
    return {
      kind: 'faces',
      count,
      sizes: allThree ? undefined : sizes,
      corners,
      colors: this.colors.take(),
      places: this.places.take(),
    };
  }
}

/** Rows that few batches have. The array is allocated on first use and holds NaN where no row was set. */
class LazyRows {
  private values: Float64Array | undefined;
  private isSet = false;

  constructor(
    private readonly width: 3 | 4,
    private readonly capacity: number,
  ) {}

  /** Sets the values of a row; `d` only if rows have four. */
  set(row: number, a: number, b: number, c: number, d = Number.NaN): void {
    const values = this.open();
    const at = this.width * row;
    values[at] = a;
    values[at + 1] = b;
    values[at + 2] = c;
    if (this.width === 4) values[at + 3] = d;
  }

  /** Clears the values of a row. */
  unset(row: number): void {
    if (this.isSet) this.values?.fill(Number.NaN, this.width * row, this.width * (row + 1));
  }

  /** Returns all rows of the batch for writing. */
  open(): Float64Array {
    this.values ??= new Float64Array(this.width * this.capacity);
    if (!this.isSet) this.values.fill(Number.NaN);
    this.isSet = true;
    return this.values;
  }

  /** Returns the rows if any was set since the last call; valid until the next row is set. */
  take(): Float64Array | undefined {
    const { values, isSet } = this;
    this.isSet = false;
    return isSet ? values : undefined;
  }
}
