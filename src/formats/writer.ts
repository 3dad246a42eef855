/**
 * The interface of a writer: a plain object that turns a selection of a mesh into the bytes of a file. Writers know
 * nothing of databases, files and threads.
 *
 * Bytes are only appended, so any output can go to a pipe or be compressed. The counts are known before the rows.
 */

import type { CompressionChoice } from '../io/compression/compression.js';
import type { CornerBatch, PartChange, SoupSelection, TriangleBatch, VertexBatch, Warning } from '../mesh.js';
import type { Rules } from '../options.js';

/** The options of all writers; each writer supports some of them. */
export interface WriteOptions {
  /** Write colors of vertices and triangles. */
  readonly colors?: boolean | undefined;
  /** Write normals of vertices. */
  readonly normals?: boolean | undefined;
  /** How colors are written: one of the writer's `dialects`. */
  readonly dialect?: string | undefined;
  /** Write the binary variant of the format. */
  readonly binary?: boolean | undefined;
  /** Write the text variant of a format that is binary by default. */
  readonly ascii?: boolean | undefined;
  /** The maximum number of significant digits of positions and normals. */
  readonly precision?: number | undefined;
  /** Give each triangle vertices of its own instead of sharing them. */
  readonly soup?: boolean | undefined;
  /** More columns of triangles, by name. */
  readonly columns?: readonly string[] | undefined;
  /** The compression, for a format that {@link Writer.compresses} its content by itself. */
  readonly compress?: CompressionChoice | undefined;
}

/** A piece of an output. */
export interface OutputChunk {
  /** Bytes to append; valid until the chunk after the next is requested. */
  readonly bytes: Uint8Array;
  /** The number of rows in this and all previous chunks, see {@link Writer.layout}. */
  readonly rows: number;
  /** The table that the bytes belong to, if each table is a file of a folder; vertices come first. */
  readonly table?: 'vertices' | 'triangles' | undefined;
}

/** A selection without its streams: plain data, for threads. */
export type SelectionFacts = Omit<SoupSelection, 'vertices' | 'triangles' | 'soup' | 'parts'>;

/** Numbers of rows that a writer had to change: gaps that were filled, rounded numbers, colors without their alpha. */
export interface Tally {
  colors?: number;
  normals?: number;
  faceColors?: number;
  rounded?: number;
  translucent?: number;
}

/** Text between the triangles of an output. */
export interface PlacedText {
  /** The index of the triangle that it precedes; infinite for text at the end. */
  readonly at: number;
  /** As in {@link PartChange}. */
  readonly id: number | undefined;
  readonly text: string;
}

/** What all writers of rows have. */
export interface AnyRowWriter {
  readonly header: Uint8Array;
  /** The maximum size of a vertex or a triangle, in bytes. */
  readonly rowBytes: number;
  /** The rows so far that were changed. Writers in several threads add theirs to that of the main thread. */
  readonly tally?: Tally;
  /** Yields text that stands between the triangles, in their order; absent if there is none. */
  texts?(changes: Iterable<PartChange>): Iterable<PlacedText>;
  /** Warns of the changes in the tally, after all rows are written. */
  conclude?(): void;
}

/**
 * Writes vertices and triangles one by one, so that several threads can share the work. The file consists of the header,
 * all vertices and all triangles.
 */
export interface RowWriter extends AnyRowWriter {
  /** Writes vertices `[from, to)` of a batch to `target` from `at` on; returns where they end. */
  vertices(batch: VertexBatch, from: number, to: number, target: Uint8Array, at: number): number;
  /** Writes triangles in the same way. */
  triangles(batch: TriangleBatch, from: number, to: number, target: Uint8Array, at: number): number;
}

/** Writes triangles with their positions one by one. The file consists of the header and all triangles. */
export interface SoupRowWriter extends AnyRowWriter {
  /** Whether it writes the attribute words of a binary STL. */
  readonly hasWords: boolean;
  /** Writes triangles in the way of {@link RowWriter}. */
  soup(batch: CornerBatch, from: number, to: number, target: Uint8Array, at: number): number;
}

export interface Writer {
  /** The id of the format that reads its files back, if there is one. */
  readonly id: string;
  /** Its name in a list of formats. */
  readonly name: string;
  /** The name of its files in messages: `OFF`. */
  readonly title: string;
  /** File name extensions in lower case, without the dot; the first one is used for new names. */
  readonly extensions: readonly string[];
  /** A rule for each supported option; any other option is a UsageError. */
  readonly options: Partial<Rules<WriteOptions>>;
  /** Ways to write colors, the default first; absent if there is only one. */
  readonly dialects?: readonly string[];
  /** What its files cannot have, of colors; it is left out with a warning `<id>-<lack>`. Absent if nothing. */
  readonly lacks?: readonly ('face-colors' | 'alpha')[];
  /**
   * The default compression of a format that compresses its content by itself, see {@link WriteOptions.compress}; its files
   * are not compressed as a whole. Absent for other formats.
   */
  readonly compresses?: CompressionChoice;
  /** Measured on 10 M triangles of a closed surface: bytes per triangle, for forecasts before the counts are known. */
  readonly bytesPerTriangle: { readonly plain: number; readonly compressed: number };
  /** Throws UsageError if options are wrong or contradict each other. */
  check(options: WriteOptions): void;
  /**
   * Returns the rows of the output: the vertices and then the triangles of a selection, or only triangles with their
   * positions. With {@link WriteOptions.soup}, an indexed writer gets a selection with three vertices for each triangle.
   */
  layout(options: WriteOptions): 'indexed' | 'soup';
  /** Whether output with these options is a folder with a file for each table; absent if it never is. */
  isFolder?(options: WriteOptions): boolean;
  /** Whether output with these options is binary, which a terminal cannot show. */
  isBinary(options: WriteOptions): boolean;
  /** Estimates the bytes written before compression; undefined if they cannot be predicted. */
  expectBytes(facts: SelectionFacts, options: WriteOptions): number | undefined;
  /**
   * Yields the selection, chunk by chunk. Warns of requested content that the mesh lacks. Throws UsageError if the
   * format cannot hold the mesh.
   */
  write(
    selection: SoupSelection,
    options: WriteOptions,
    warn: (warning: Warning) => void,
  ): Iterable<OutputChunk>;
  /**
   * Returns a writer of the same bytes row by row; absent if rows depend on each other. Warns like {@link write}, of changed
   * rows at the end.
   */
  rows?(
    facts: SelectionFacts,
    options: WriteOptions,
    warn: (warning: Warning) => void,
  ): RowWriter | SoupRowWriter;
}
