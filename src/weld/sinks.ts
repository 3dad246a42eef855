/** The sinks that welders hand rows to, and the record of an indexed source. Types only. */
import type { Positions } from './weld-table.js';

/** Takes finished rows, in id order. The arrays are only lent. */
export interface RowSink {
  /** `count` new vertices, 3 x count values. */
  addVertices(positions: Positions, count: number): void;
  /** `count` triangles, 3 x count vertex ids, all of vertices added before. */
  addTriangles(corners: Float64Array, count: number): void;
}

/** Takes triangles in order. The array is only lent. */
export interface TriangleSink {
  addTriangles(corners: Float64Array, count: number): void;
  addTriangleColor(triangle: number, color: Float64Array): void;
}

/** Takes finished vertices, in id order. The array is only lent. */
export interface VertexSink extends Pick<RowSink, 'addVertices'> {
  /** Vertex `id` is vertex `number` of the source: told, where wanted, of the first one and now and then. */
  addAppearance?(id: number, number: number): void;
}

/** Takes rows and what belongs to them. The arrays are only lent. */
export interface MeshSink extends RowSink, TriangleSink, VertexSink {
  addVertexColor(id: number, color: Float64Array): void;
  addVertexNormal(id: number, normal: Float64Array): void;
}

/** What only shows when all is welded. */
export interface IndexedTally {
  /** Vertices that no triangle has. */
  readonly unreferenced: number;
  /** Vertices of the source whose colour, or normal, is not the one that was kept for their position. */
  readonly colorConflicts: number;
  readonly normalConflicts: number;
}

/** The faces and vertices of an indexed source, and what became of them. */
export interface IndexedRecord extends IndexedTally {
  readonly faces: number;
  readonly fileVertices: number;
}
