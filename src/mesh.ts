/** The vocabulary of readers, the database and the OFF writer: types and limits, no I/O. */

/** The precision of a mesh's positions: 32-bit floats (binary STL) or 64-bit floats (all text). */
export type Precision = 'float32' | 'float64';

/** The place of a batch's item in the uncompressed source. */
export interface ItemPlace {
  /** The triangle, vertex or face within the batch, from 0. */
  readonly item: number;
  /** Where it begins and ends, in bytes from 0; `line` is where it begins, from 1 (0 in binary sources). */
  readonly offset: number;
  readonly end: number;
  readonly line: number;
  /** The number of items of its kind before it in the source, including skipped faces. */
  readonly record: number;
  /** For a face whose corners may count backward from it: the number of vertices before it; else 0. */
  readonly vertices: number;
  /**
   * For a triangle of a strip: how many numbers of the strip are left, including its own three; negative if its winding
   * is reversed. `record` then counts the strips before this one.
   */
  readonly strip?: number | undefined;
}

/**
 * The corners of `count` triangles, unshared: the first 9 x count values of `positions`, ax ay az bx by bz cx cy cz
 * each, in the file's own units, all finite. Valid until the next item is requested: the reader reuses the buffers.
 */
export interface SoupBatch {
  readonly kind: 'soup';
  readonly count: number;
  readonly positions: Float32Array | Float64Array;
  /** STL attribute words, `count` of them; absent if all are 0. */
  readonly attributes?: Uint16Array | undefined;
  /** The place of the first triangle, and of some others. */
  readonly places: readonly ItemPlace[];
}

/**
 * A batch of `count` vertices of an indexed source: the first 3 x count values of `positions`, x y z each, all finite.
 * They are numbered from 0 in the order of the source. Valid until the next item is requested.
 */
export interface IndexedVertices {
  readonly kind: 'vertices';
  readonly count: number;
  readonly positions: Float32Array | Float64Array;
  /**
   * 4 x count values r g b a as the source writes them, see {@link ColorScales}. r is NaN if a vertex has no color, a
   * is NaN if a color has no alpha. Absent if none of these vertices has a color.
   */
  readonly colors?: Float64Array | undefined;
  /** 3 x count values, not always of length 1; x is NaN if a vertex has no normal. Absent if none has one. */
  readonly normals?: Float64Array | undefined;
  /** The place of the first vertex, and of some others. */
  readonly places: readonly ItemPlace[];
}

/**
 * A batch of `count` faces of an indexed source: polygons of at least three corners. Each corner is the number of a
 * vertex, which may come later. Valid until the next item is requested.
 */
export interface IndexedFaces {
  readonly kind: 'faces';
  readonly count: number;
  /** Corners of each face, at most {@link FACE_CORNERS_MAX}; absent if all have three. */
  readonly sizes?: Int32Array | undefined;
  /** Vertex numbers, as many as the sum of all sizes. */
  readonly corners: Float64Array;
  /** 4 x count values like those of {@link IndexedVertices}. Absent if none of these faces has a color. */
  readonly colors?: Float64Array | undefined;
  /** The place of the first face, and of some others. */
  readonly places: readonly ItemPlace[];
}

/** The divisors that bring colors to the range 0 to 1. */
export interface ColorScales {
  readonly vertex: number;
  readonly face: number;
}

/** The start of a new part, which ends the previous part of the same kind. */
export interface PartStart {
  readonly kind: 'part';
  /** An STL solid; or an OBJ object, group or material, which are independent of each other. */
  readonly partKind: 'solid' | 'object' | 'group' | 'material';
  /** The name as the source writes it, trimmed of blanks; '' if it has none. */
  readonly name: string;
}

/** An item that a reader yields, in file order: either soup, or vertices and faces, never both. */
export type MeshItem = SoupBatch | IndexedVertices | IndexedFaces | PartStart;

/** `count` vertices in id order: 3 x count values x y z. Valid until the next batch is requested. */
export interface VertexBatch {
  readonly count: number;
  /** The index of the first vertex in the selection; absent if no reader needs it. */
  readonly first?: number | undefined;
  readonly positions: Float64Array;
  /** 4 x count values r g b a, each from 0 to 1; r is NaN if a vertex has no color. Absent if none has one. */
  readonly colors?: Float64Array | undefined;
  /** 3 x count values, not always of length 1; x is NaN if a vertex has no normal. Absent if none has one. */
  readonly normals?: Float64Array | undefined;
}

/** `count` triangles in id order: 3 x count vertex ids a b c. Valid until the next batch is requested. */
export interface TriangleBatch {
  readonly count: number;
  readonly corners: Float64Array;
  /** 4 x count values like those of {@link VertexBatch}. Absent if none of these triangles has a color. */
  readonly colors?: Float64Array | undefined;
}

/** `count` triangles in id order: 9 x count values ax ay az bx by bz cx cy cz. Valid until the next batch is requested. */
export interface CornerBatch {
  readonly count: number;
  readonly positions: Float64Array;
  /** 4 x count values like those of {@link VertexBatch}. Absent if none of these triangles has a color. */
  readonly colors?: Float64Array | undefined;
  /** 12 x count values, the colors of the corners as in {@link VertexBatch}. Absent if no vertex has one. */
  readonly vertexColors?: Float64Array | undefined;
  /** 9 x count values, the normals of the corners as in {@link VertexBatch}. Absent if no vertex has one. */
  readonly vertexNormals?: Float64Array | undefined;
  /** The attribute words of a binary STL, 0 for a triangle without one. Absent if they were not requested. */
  readonly attributes?: Uint16Array | undefined;
  /** The requested measures of each triangle in turn, NaN for none. Absent if none were requested. */
  readonly measures?: Float64Array | undefined;
}

/** What triangles come with besides positions, colors and normals. */
export interface SoupOptions {
  /** The attribute words of a binary STL. */
  readonly attributes?: boolean | undefined;
  /** Measures of each triangle as it is written, by the names of columns: `area`. */
  readonly measures?: readonly string[] | undefined;
}

/** Attributes to read in addition to positions and corners. */
export interface MeshSelectionOptions {
  /** Colors of vertices and triangles. */
  readonly colors?: boolean | undefined;
  /** Normals of vertices. */
  readonly normals?: boolean | undefined;
  /** Decodes the attribute words of a binary STL (default: no colors). */
  readonly decodeAttribute?: AttributeDecoder | undefined;
}

/**
 * Writes the color of a facet with this attribute word: r g b a from 0 to 1, r NaN if it has none. The same word may mean
 * another color in another source, which the id of the triangle tells.
 */
export type AttributeDecoder = (word: number, target: Float64Array, at: number, triangle: number) => void;

/** The mesh to export: counts known in advance, vertex ids dense from 0, both streams in id order. */
export interface MeshSelection {
  readonly precision: Precision;
  readonly vertexCount: number;
  readonly triangleCount: number;
  /** Whether colors were requested and any vertex has one. */
  readonly hasVertexColors: boolean;
  /** Whether normals were requested and any vertex has one. */
  readonly hasVertexNormals: boolean;
  /** Whether colors were requested and any triangle has one. */
  readonly hasTriangleColors: boolean;
  vertices(): Iterable<VertexBatch>;
  triangles(): Iterable<TriangleBatch>;
}

/** From triangle `at` of a selection on, the part of a kind is another one. */
export interface PartChange {
  /** The index of the first triangle after the change, in the order of the selection. */
  readonly at: number;
  /** No selected triangle before the change has this id or a larger one; absent if triangles have no ids. */
  readonly id?: number | undefined;
  readonly partKind: PartStart['partKind'] | 'source';
  /** The name of the part or source, '' if it has none; undefined if the triangles are in no part of this kind. */
  readonly name: string | undefined;
}

/** A selection for any format: its triangles are also available with positions. */
export interface SoupSelection extends MeshSelection {
  /**
   * The first 80 bytes of each binary STL with attribute words whose triangles are selected, equal ones once, empty if they
   * are not known; undefined if the mesh has no words.
   */
  readonly attributeHeaders: readonly Uint8Array[] | undefined;
  /** Whether the mesh has parts, selected or not. */
  readonly hasParts: boolean;
  /**
   * The parts of the triangles and, with `sources`, the names of their source files, in the order of triangles; at most one
   * change of each kind at a triangle.
   */
  parts(options?: { readonly sources?: boolean }): Iterable<PartChange>;
  /** The triangles with the positions of their corners, for formats without shared vertices. */
  soup(options?: SoupOptions): Iterable<CornerBatch>;
}

/** The bounding box of all vertices, in the file's own units. */
export interface Bounds {
  readonly min: readonly [number, number, number];
  readonly max: readonly [number, number, number];
}

/** A recoverable problem in a source. `kind` is stable: equal kinds are shown once, with a total. */
export interface Warning {
  readonly kind: string;
  readonly message: string;
}
