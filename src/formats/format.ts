/**
 * What a format is: a plain object that tells its files and reads them. Formats know no database.
 */
import type { ByteSource } from '../io/input/byte-source.js';
import type { ColorScales, ItemPlace, MeshItem, Precision, Warning } from '../mesh.js';
import type { PieceParsers } from './pieces.js';

export interface ReadOptions {
  /** The most triangles, vertices or faces in one batch. */
  readonly batchTriangles: number;
  /** Take what is whole before a truncation, with a warning, instead of refusing the source. */
  readonly salvage: boolean;
  /** Told of everything that is put up with. */
  readonly warn: (warning: Warning) => void;
  /** Bytes between the places in a batch, 0 for those of all items; {@link PLACE_BYTES} unless given. */
  readonly placeBytes?: number | undefined;
}

/** Where a reader is to begin that knows nothing of what stands before: a place that a batch of such items has told, or the place of a record computed from it. */
export interface ReadStart extends Omit<ItemPlace, 'item' | 'end'> {
  readonly kind: 'soup' | 'vertices' | 'faces';
}

/** A reader between two items, as plain data: one of the same source and options goes on with it. */
export interface SavedReader {
  /** Where it goes on, in bytes of the source. */
  readonly offset: number;
  /** What it knows of what stands before. */
  readonly memory: object;
}

/** A number or more in the bytes of a binary record. */
export interface BinaryField {
  readonly name: string;
  /** Where it stands in the record: `[from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly values: readonly number[];
}

/** A source whose head has been understood. */
export interface MeshReader {
  readonly encoding: 'ascii' | 'binary';
  readonly precision: Precision;
  /** Whether corners come as coordinates, or as numbers of vertices that come once. */
  readonly layout: 'soup' | 'indexed';
  /** Whether its text can be parsed in pieces beside the reader, see {@link items}. */
  readonly hasPieces?: boolean;
  /** Bytes before the mesh that may be of use later: a binary STL's header. */
  readonly header?: Uint8Array | undefined;
  /** About how many triangles will come, for forecasts alone; undefined where the size is not known. */
  readonly expectedTriangles: number | undefined;
  /**
   * The mesh, in file order; `parsers` help where that can be done in pieces. Throws FormatError with line or
   * byte, without the source's name. From `start` on, where one is given.
   */
  items(parsers?: PieceParsers, start?: ReadStart | SavedReader): AsyncIterable<MeshItem>;
  /** What it takes to go on behind the item last handed out; undefined while some of what has been read waits. */
  save(): SavedReader | undefined;
  /** Size of a triangle's record in bytes, where it is the same for all. */
  readonly recordBytes?: number;
  /** Of soup: where corner 0, 1 or 2 stands in the bytes of a triangle, `[from, to)`. */
  findCorner?(bytes: Uint8Array, corner: number): readonly [from: number, to: number];
  /** Of a binary source: what the bytes of a triangle, vertex or face are, or of a strip's three corners. */
  readonly dissect?:
    | ((kind: ReadStart['kind'], bytes: Uint8Array, isOfStrip: boolean) => readonly BinaryField[])
    | undefined;
  /** Of a source with colours; known when all items have been read. */
  colorScales?(): ColorScales;
}

/** What tells a format to people. */
export interface MeshFormat {
  readonly id: string;
  readonly name: string;
  /** Endings of file names in lower case, without the dot. */
  readonly extensions: readonly string[];
}

export interface Format extends MeshFormat {
  /**
   * Why these first bytes are this format, as a clause after "is stl: ", or undefined where they do not say.
   * `size` is the whole source's, in bytes, where it is known.
   */
  sniff(head: Uint8Array, size: number | undefined): string | undefined;
  /** The same where nothing is sure: asked when no format has recognized the bytes. */
  guess?(head: Uint8Array): string | undefined;
  /** Looks at the source's head and throws FormatError where it is damaged. Nothing is read yet. */
  open(source: ByteSource, options: ReadOptions): MeshReader;
}
