/**
 * The tables from which rows find their places in the source: checkpoints of triangles and vertices, first appearances of
 * vertices, and attribute words.
 */
import { PLACE_BYTES } from '../../memory.js';
import type { IndexedFaces, IndexedVertices, SoupBatch } from '../../mesh.js';
import { APPEARANCE_VERTICES } from '../../weld/vertex-welder.js';
import type { TableWriter } from '../pages/table-writer.js';

/** The saved state of places. Plain data. */
export interface SavedPlaces {
  readonly placeDue: number;
  readonly vertexPlaceDue: number;
  readonly appearanceDue: number;
  readonly seen: number;
}

export class PlaceTables {
  /** Offsets from which the next place is recorded. A batch may begin anywhere, but always gives its first place. */
  private placeDue = 0;
  private vertexPlaceDue = 0;
  /** Vertices used by the triangles of a soup so far, and the number at which the next appearance is recorded. */
  private seen = 0;
  private appearanceDue = 0;

  constructor(
    private readonly tables: Readonly<
      Record<'checkpoints' | 'vertex_checkpoints' | 'appearances' | 'stl_attributes', TableWriter>
    >,
  ) {}

  /** Returns the state for {@link restore}. */
  save(): SavedPlaces {
    const { placeDue, vertexPlaceDue, appearanceDue, seen } = this;
    return { placeDue, vertexPlaceDue, appearanceDue, seen };
  }

  restore({ placeDue, vertexPlaceDue, appearanceDue, seen }: SavedPlaces): void {
    this.placeDue = placeDue;
    this.vertexPlaceDue = vertexPlaceDue;
    this.appearanceDue = appearanceDue;
    this.seen = seen;
  }

  /** Begins after `vertices` vertices that are there already; the next appearance is due at vertex `due`. */
  beginAfter(vertices: number, due: number): void {
    this.seen = vertices;
    this.appearanceDue = due;
  }

  /** Ends a source: the next one has its own places. */
  endSource(): void {
    this.placeDue = 0;
    this.vertexPlaceDue = 0;
  }

  /** Records the places of vertices; `first` is the number of the first vertex of their source. */
  addVertices({ places }: IndexedVertices, first: number): void {
    for (const { record, offset, line } of places) {
      if (isInBlock(offset, this.vertexPlaceDue)) continue;
      this.vertexPlaceDue = nextBlock(offset);
      this.tables.vertex_checkpoints.appendRow(first + record, [null, offset, line]);
    }
  }

  /** Records the places of triangles from number `first` on, and their attribute words other than 0. */
  addTriangles(batch: SoupBatch | IndexedFaces, first: number): void {
    if (batch.kind === 'faces') {
      this.addFaces(batch, first);
      return;
    }
    for (const { item, offset, line } of batch.places) {
      if (offset < this.placeDue) continue;
      this.placeDue = nextBlock(offset);
      this.tables.checkpoints.appendRow(first + item, [null, offset, line, null, null, null]);
    }
    if (batch.attributes === undefined) return;
    for (let k = 0; k < batch.count; k++) {
      const word = batch.attributes[k]!;
      if (word !== 0) this.tables.stl_attributes.appendRow(first + k, [null, word]);
    }
  }

  /**
   * Records first appearances in the triangles of a soup from number `first` on. New ids are consecutive, so the count gives
   * the first one of a triangle.
   */
  addAppearances(corners: Float64Array, count: number, first: number): void {
    let { seen } = this;
    for (let k = 0; k < 3 * count; k += 3) {
      const a = corners[k]!;
      const b = corners[k + 1]!;
      const c = corners[k + 2]!;
      if (a < seen && b < seen && c < seen) continue;
      if (seen >= this.appearanceDue) {
        this.tables.appearances.appendRow(seen, [null, first + k / 3]);
        this.appearanceDue = seen + APPEARANCE_VERTICES;
      }
      seen = Math.max(a, b, c) + 1;
    }
    this.seen = seen;
  }

  private addFaces({ sizes, places }: IndexedFaces, first: number): void {
    let face = 0;
    let triangle = first;
    for (const { item, offset, line, record, vertices, strip = null } of places) {
      if (sizes === undefined) triangle = first + item;
      for (; sizes !== undefined && face < item; face++) triangle += sizes[face]! - 2;
      if (isInBlock(offset, this.placeDue)) continue;
      this.placeDue = nextBlock(offset);
      this.tables.checkpoints.appendRow(triangle, [null, offset, line, record, vertices, strip]);
    }
  }
}

/** Returns the start of the next block after a byte. */
function nextBlock(offset: number): number {
  return PLACE_BYTES * (Math.floor(offset / PLACE_BYTES) + 1);
}

/** Whether a byte is in the block that ends at `due`. Sources with instances go back to earlier blocks. */
function isInBlock(offset: number, due: number): boolean {
  return offset >= due - PLACE_BYTES && offset < due;
}
