/** The sinks that receive rows from welders, and the record of an indexed source. Types only. */
import type { Positions } from './positions.js';

/** Receives finished rows, in id order. The arrays are only lent. */
export interface RowSink {
  /** Receives `count` new vertices, 3 x count values. */
  addVertices(positions: Positions, count: number): void;
  /** Receives `count` triangles, 3 x count vertex ids, all of vertices added before. */
  addTriangles(corners: Float64Array, count: number): void;
}

/** Receives triangles in order. The array is only lent. */
export interface TriangleSink {
  addTriangles(corners: Float64Array, count: number): void;
  addTriangleColor(triangle: number, color: Float64Array): void;
}

/** Receives finished vertices, in id order. The array is only lent. */
export interface VertexSink extends Pick<RowSink, 'addVertices'> {
  /** Receives, if present, that vertex `id` is vertex `number` of the source: for the first one, then occasionally. */
  addAppearance?(id: number, number: number): void;
}

/** Receives rows and their attributes. The arrays are only lent. */
export interface MeshSink extends RowSink, TriangleSink, VertexSink {
  addVertexColor(id: number, color: Float64Array): void;
  addVertexNormal(id: number, normal: Float64Array): void;
}

/**
 * Facts about vertices that the sink had from the beginning: colors and normals, a row for each vertex, NaN for none, and
 * the ids of those that no triangle uses.
 */
export type KnownRowKind = 'colors' | 'normals' | 'unused';

/** Counts that are known only when everything is welded. */
export interface IndexedTally {
  /** Vertices that no triangle uses. */
  readonly unreferenced: number;
  /** Vertices of the source whose color, or normal, differs from the one kept for their position. */
  readonly colorConflicts: number;
  readonly normalConflicts: number;
}

/** The counts of an indexed source: faces, vertices, and the results of welding. */
export interface IndexedRecord extends IndexedTally {
  readonly faces: number;
  readonly fileVertices: number;
}
