/**
 * Joins the batches of several sources into those of one: vertices are numbered on from source to source, all positions
 * have one precision, and soup beside indexed sources becomes vertices and faces.
 */
import type { IndexedFaces, SoupBatch } from '../../../mesh.js';
import type { Batch, Layout } from '../../../weld/welding.js';
import { countCorners } from './batch-counts.js';

export class SourceJoiner {
  /** Vertices of all sources before the current one. */
  firstVertex: number;
  /** Vertices and faces of the current source; three vertices for each triangle of a soup beside indexed sources. */
  vertices = 0;
  faces = 0;
  private wide = new Float64Array(0);
  private corners = new Float64Array(0);

  constructor(
    private readonly layout: Layout,
    private readonly bytesPerValue: 4 | 8,
    /** Vertices of sources that are stored already: the welder numbers those after them from 0. */
    private readonly stored = 0,
  ) {
    this.firstVertex = stored;
  }

  /** Begins the next source, or resumes one after some of its vertices and faces. */
  begin(firstVertex = this.firstVertex + this.vertices, vertices = 0, faces = 0): void {
    this.firstVertex = firstVertex;
    this.vertices = vertices;
    this.faces = faces;
  }

  /** Returns the joined batches of a batch of the current source, valid as long as that and until the next call. */
  join(batch: Batch): readonly Batch[] {
    if (batch.kind === 'faces') {
      this.faces += batch.count;
      return [this.firstVertex === this.stored ? batch : this.renumber(batch)];
    }
    const widened = { ...batch, positions: this.widen(batch) } as Exclude<Batch, IndexedFaces>;
    if (widened.kind === 'soup' && this.layout === 'indexed') return this.index(widened);
    if (widened.kind === 'vertices') this.vertices += batch.count;
    return [widened];
  }

  private renumber(batch: IndexedFaces): IndexedFaces {
    const size = countCorners(batch);
    const corners = this.room(size);
    const added = this.firstVertex - this.stored;
    for (let k = 0; k < size; k++) corners[k] = batch.corners[k]! + added;
    return { ...batch, corners };
  }

  private index({ count, positions }: SoupBatch): readonly Batch[] {
    const size = 3 * count;
    const corners = this.room(size);
    const first = this.firstVertex - this.stored + this.vertices;
    for (let k = 0; k < size; k++) corners[k] = first + k;
    this.vertices += size;
    this.faces += count;
    return [
      { kind: 'vertices', count: size, positions, places: [] },
      { kind: 'faces', count, corners, places: [] },
    ];
  }

  private room(size: number): Float64Array {
    if (this.corners.length < size) this.corners = new Float64Array(size);
    return this.corners;
  }

  private widen({ positions }: Exclude<Batch, IndexedFaces>): Float32Array | Float64Array {
    if (this.bytesPerValue === 4 || positions instanceof Float64Array) return positions;
    if (this.wide.length < positions.length) this.wide = new Float64Array(positions.length);
    this.wide.set(positions);
    return this.wide;
  }
}
