/**
 * The vocabulary: what readers, the database and the OFF writer hand to each other. Types and limits, no I/O.
 */

/** Whether a mesh's positions came as 32-bit floats (binary STL) or as 64-bit ones (all text). */
export type Precision = 'float32' | 'float64';

/** Where an item of a batch stands in its source, as it is when it is unpacked. */
export interface ItemPlace {
  /** The triangle, vertex or face of the batch, from 0. */
  readonly item: number;
  /** Where it begins and ends: bytes from 0; and the line where it begins, from 1 (0 in binary sources). */
  readonly offset: number;
  readonly end: number;
  readonly line: number;
  /** Items of its kind that come before it in the source; of faces, those that are passed over as well. */
  readonly record: number;
  /** Of a face whose corners may count back from it: vertices that come before it; else 0. */
  readonly vertices: number;
  /**
   * Of a triangle of a strip: numbers of the strip that are left, its own three included, negative where it is turned
   * round. Then it is the strips before this one that `record` counts.
   */
  readonly strip?: number | undefined;
}

/**
 * Corners of `count` triangles, nothing shared: the first 9 x count values of `positions`, ax ay az bx by bz
 * cx cy cz each, in the file's own units, all finite. Valid until the next item is asked for: the reader
 * reuses the buffers.
 */
export interface SoupBatch {
  readonly kind: 'soup';
  readonly count: number;
  readonly positions: Float32Array | Float64Array;
  /** STL attribute words, `count` of them; absent when all are 0. */
  readonly attributes?: Uint16Array | undefined;
  /** Where the first triangle stands, and others now and then. */
  readonly places: readonly ItemPlace[];
}

/**
 * The next `count` vertices of an indexed source: the first 3 x count values of `positions`, x y z each, all finite.
 * They are numbered from 0 in the order of the source. Valid until the next item is asked for.
 */
export interface IndexedVertices {
  readonly kind: 'vertices';
  readonly count: number;
  readonly positions: Float32Array | Float64Array;
  /**
   * 4 x count values r g b a as the source writes them, see {@link ColorScales}; r is NaN where a vertex has no
   * colour, a is NaN where a colour has no alpha. Absent when none of these vertices has a colour.
   */
  readonly colors?: Float64Array | undefined;
  /** 3 x count values, not always of length 1; x is NaN where a vertex has none. Absent when none has one. */
  readonly normals?: Float64Array | undefined;
  /** Where the first vertex stands, and others now and then. */
  readonly places: readonly ItemPlace[];
}

/**
 * The next `count` faces of an indexed source: polygons of at least three corners, each corner the number of a
 * vertex, which may come later. Valid until the next item is asked for.
 */
export interface IndexedFaces {
  readonly kind: 'faces';
  readonly count: number;
  /** Corners of each face, {@link FACE_CORNERS_MAX} at the most; absent when all have three. */
  readonly sizes?: Int32Array | undefined;
  /** Vertex numbers, as many as all sizes together. */
  readonly corners: Float64Array;
  /** 4 x count values like those of {@link IndexedVertices}. Absent when none of these faces has a colour. */
  readonly colors?: Float64Array | undefined;
  /** Where the first face stands, and others now and then. */
  readonly places: readonly ItemPlace[];
}

/** What colours are divided by to lie between 0 and 1. */
export interface ColorScales {
  readonly vertex: number;
  readonly face: number;
}

/** The triangles from here on belong to a new part, which ends the part of the same kind before. */
export interface PartStart {
  readonly kind: 'part';
  /** An STL solid; an OBJ object, group or material: these three go side by side. */
  readonly partKind: 'solid' | 'object' | 'group' | 'material';
  /** Name as the source writes it, blanks at the ends cut; '' where it has none. */
  readonly name: string;
}

/** What a reader yields, in file order: soup or vertices and faces, never both. */
export type MeshItem = SoupBatch | IndexedVertices | IndexedFaces | PartStart;

/** `count` vertices in id order: 3 x count values x y z. Valid until the next batch is asked for. */
export interface VertexBatch {
  readonly count: number;
  readonly positions: Float64Array;
  /** 4 x count values r g b a, each from 0 to 1; r is NaN where a vertex has no colour. Absent when none has one. */
  readonly colors?: Float64Array | undefined;
  /** 3 x count values, not always of length 1; x is NaN where a vertex has none. Absent when none has one. */
  readonly normals?: Float64Array | undefined;
}

/** `count` triangles in id order: 3 x count vertex ids a b c. Valid until the next batch is asked for. */
export interface TriangleBatch {
  readonly count: number;
  readonly corners: Float64Array;
  /** 4 x count values like those of {@link VertexBatch}. Absent when none of these triangles has a colour. */
  readonly colors?: Float64Array | undefined;
}

/** `count` triangles in id order: 9 x count values ax ay az bx by bz cx cy cz. Valid until the next batch is asked for. */
export interface CornerBatch {
  readonly count: number;
  readonly positions: Float64Array;
  /** 4 x count values like those of {@link VertexBatch}. Absent when none of these triangles has a color. */
  readonly colors?: Float64Array | undefined;
}

/** What of a mesh is wanted beside positions and corners. */
export interface MeshSelectionOptions {
  /** Colours of vertices and triangles. */
  readonly colors?: boolean | undefined;
  /** Normals of vertices. */
  readonly normals?: boolean | undefined;
  /** What the attribute words of a binary STL mean; no colours unless given. */
  readonly decodeAttribute?: AttributeDecoder | undefined;
}

/** Writes the colour of a facet with this attribute word: r g b a from 0 to 1, r NaN where it has none. */
export type AttributeDecoder = (word: number, target: Float64Array, at: number) => void;

/** What is exported: counts known beforehand, vertex ids dense from 0, both streams in id order. */
export interface MeshSelection {
  readonly precision: Precision;
  readonly vertexCount: number;
  readonly triangleCount: number;
  /** Whether any vertex has a colour, and colours were asked for. */
  readonly hasVertexColors: boolean;
  /** Whether any vertex has a normal, and normals were asked for. */
  readonly hasVertexNormals: boolean;
  /** Whether any triangle has a colour, and colours were asked for. */
  readonly hasTriangleColors: boolean;
  vertices(): Iterable<VertexBatch>;
  triangles(): Iterable<TriangleBatch>;
}

/** A selection for any format: its triangles can be had with positions, too. */
export interface SoupSelection extends MeshSelection {
  /** The triangles with the positions of their corners, for formats without shared vertices. */
  soup(): Iterable<CornerBatch>;
}

/** The box around all vertices, in the file's own units. */
export interface Bounds {
  readonly min: readonly [number, number, number];
  readonly max: readonly [number, number, number];
}

/** Something in a source that was put up with. `kind` is stable: equal kinds are shown once, with a total. */
export interface Warning {
  readonly kind: string;
  readonly message: string;
}
