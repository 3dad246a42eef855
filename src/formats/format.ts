/**
 * The interface of a format: a plain object that recognizes its files and reads them. Formats know nothing of the database.
 */
import type { ByteSource } from '../io/input/byte-source.js';
import type { ColorScales, ItemPlace, MeshItem, Precision, Warning } from '../mesh.js';
import type { PieceParsers } from './pieces.js';

export interface ReadOptions {
  /** The maximum number of triangles, vertices or faces in one batch. */
  readonly batchTriangles: number;
  /** Recover the complete items before a truncation, with a warning, instead of refusing the source. */
  readonly salvage: boolean;
  /** Called for every recoverable problem. */
  readonly warn: (warning: Warning) => void;
  /** Bytes between the places in a batch; 0 records the place of every item (default: {@link PLACE_BYTES}). */
  readonly placeBytes?: number | undefined;
  /** The most memory for what is kept of a description, such as that of a scene, in bytes (default: 512 MiB). */
  readonly heldBytes?: number | undefined;
}

/**
 * The start of a reader without knowledge of preceding bytes: a place reported by a batch of such items, or the computed
 * place of a record.
 */
export interface ReadStart extends Omit<ItemPlace, 'item' | 'end'> {
  readonly kind: 'soup' | 'vertices' | 'faces';
}

/** A reader between two items, as plain data. A reader of the same source and options can resume from it. */
export interface SavedReader {
  /** Where it resumes, in bytes of the source. */
  readonly offset: number;
  /** Its state from the preceding bytes. */
  readonly memory: object;
}

/** One or more numbers in the bytes of a binary record. */
export interface BinaryField {
  readonly name: string;
  /** Its position in the record: `[from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly values: readonly number[];
}

/** A file in an archive, and a byte of it. */
export interface SourceMember {
  readonly name: string;
  readonly offset: number;
}

/** Reads the mesh of a source whose head has been parsed. */
export interface MeshReader {
  readonly encoding: 'ascii' | 'binary';
  readonly precision: Precision;
  /** Whether corners come as coordinates, or as indices of vertices that come once each. */
  readonly layout: 'soup' | 'indexed';
  /** Whether its text can be parsed in pieces in parallel to the reader; see {@link items}. */
  readonly hasPieces?: boolean;
  /** Bytes before the mesh that may be useful later, such as the header of a binary STL. */
  readonly header?: Uint8Array | undefined;
  /** The approximate number of triangles, used only for forecasts; undefined if the size is not known. */
  readonly expectedTriangles: number | undefined;
  /** Memory that it keeps as long as it lives, in bytes, if that depends on the source (default: 0). */
  readonly heldBytes?: number | undefined;
  /** The unit of length of its positions, as transforms name it; undefined if the source does not state one. */
  readonly unit?: string | undefined;
  /** Bytes of the source that it may keep in a temporary file (default: 0). */
  readonly keptBytes?: number | undefined;
  /**
   * Yields the mesh in file order, from `start` on if given. `parsers` help if the text can be parsed in pieces. Throws
   * FormatError with a line or byte, without the source's name.
   */
  items(parsers?: PieceParsers, start?: ReadStart | SavedReader): AsyncIterable<MeshItem>;
  /**
   * Returns the state to resume from after the last item yielded; undefined while some of what has been read is pending.
   */
  save(): SavedReader | undefined;
  /** Size of a triangle record in bytes, if it is the same for all. */
  readonly recordBytes?: number;
  /** For soup: the position of corner 0, 1 or 2 in the bytes of a triangle, `[from, to)`. */
  findCorner?(bytes: Uint8Array, corner: number): readonly [from: number, to: number];
  /** For a binary source: names the bytes of a triangle, vertex or face, or of a strip's three corners. */
  readonly dissect?:
    | ((kind: ReadStart['kind'], bytes: Uint8Array, isOfStrip: boolean) => readonly BinaryField[])
    | undefined;
  /** For an archive, whose places are in its files: the file at byte `offset`, and that byte in it. */
  findMember?(offset: number): SourceMember;
  /** For an archive: reads the bytes `[offset, end)` of its files. Throws FormatError. */
  readMember?(offset: number, end: number): Promise<Uint8Array>;
  /** For a source with colors; known after all items have been read. */
  colorScales?(): ColorScales;
}

/** The name of a format for people. */
export interface MeshFormat {
  readonly id: string;
  readonly name: string;
  /** File name extensions in lower case, without the dot. */
  readonly extensions: readonly string[];
}

export interface Format extends MeshFormat {
  /**
   * Returns why these first bytes are in this format, as a clause after "is stl: ", or undefined if they are inconclusive.
   * `size` is the size of the complete source in bytes, if known.
   */
  sniff(head: Uint8Array, size: number | undefined): string | undefined;
  /** Like {@link sniff}, for weaker evidence: called if no format has recognized the bytes. */
  guess?(head: Uint8Array): string | undefined;
  /**
   * Parses the head of a source, or its description of a scene, wherever that is. Throws FormatError if it is damaged.
   * Reads nothing further yet.
   */
  open(source: ByteSource, options: ReadOptions): MeshReader | Promise<MeshReader>;
}
