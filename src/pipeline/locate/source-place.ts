/** What a search in a source finds: a place, its content, and the face of a triangle. */
import type { BinaryField, MeshReader } from '../../formats/format.js';
import type { CompressionId } from '../../io/compression/compression.js';
import type { ItemPlace, Precision } from '../../mesh.js';

/** A place in a source, and its content. */
export interface SourcePlace {
  readonly file: string;
  readonly format: string;
  readonly encoding: string;
  readonly precision: Precision;
  readonly compression: CompressionId | undefined;
  /** For an archive: the name of the file in it that has the place, and to which offset and line refer. */
  readonly member: string | undefined;
  /** Offset in the content, which is the file unless it is compressed, and size, in bytes. */
  readonly offset: number;
  readonly size: number;
  /** For text: the line where it begins, from 1, and the number of lines of {@link bytes}. */
  readonly line: number | undefined;
  readonly lines: number | undefined;
  /** The bytes there, at most a mebibyte. */
  readonly bytes: Uint8Array;
  /** For a binary source: the names and values of these bytes. */
  readonly fields: readonly BinaryField[];
  /** Bytes of the file that were read to find it, not counting digests. */
  readonly bytesRead: number;
}

/** The face that a triangle was cut from. */
export interface FaceOfTriangle {
  /** Index among the faces of the source, from 0, including skipped ones. */
  readonly number: number;
  readonly corners: number;
  /** Index among the triangles of the face, from 0. */
  readonly triangle: number;
}

/** What was found, before it is described: its place and content, and the reader that found it. */
export interface Found {
  readonly place: ItemPlace;
  readonly bytes: Uint8Array;
  readonly fields: readonly BinaryField[];
  readonly reader: MeshReader;
}
