/**
 * What a writer is: a plain object that turns a selection of a mesh into the bytes of a file. Writers know no database,
 * no files and no threads.
 *
 * Bytes are only ever appended, so any output can go to a pipe or be compressed. The counts are known before the rows.
 */
import type { MeshSelection, SoupSelection, TriangleBatch, VertexBatch, Warning } from '../mesh.js';
import type { Rules } from '../options.js';

/** The options that writers know; each takes some of them. */
export interface WriteOptions {
  /** Write colors of vertices and triangles. */
  readonly colors?: boolean | undefined;
  /** Write normals of vertices. */
  readonly normals?: boolean | undefined;
  /** How colors are written: one of the writer's `dialects`. */
  readonly dialect?: string | undefined;
  /** Write the binary variant of the format. */
  readonly binary?: boolean | undefined;
  /** The most significant digits of positions and normals. */
  readonly precision?: number | undefined;
}

/** A piece of an output. */
export interface OutputChunk {
  /** Bytes to append; valid until the chunk after the next is requested. */
  readonly bytes: Uint8Array;
  /** Rows in it and all chunks before, see {@link Writer.layout}. */
  readonly rows: number;
}

/** A selection without its streams: plain data, for threads. */
export type SelectionFacts = Omit<SoupSelection, 'vertices' | 'triangles' | 'soup' | 'parts'>;

/**
 * Writes vertices and triangles one by one, so that several threads can share them. The file is the header, all vertices,
 * all triangles.
 */
export interface RowWriter {
  readonly header: Uint8Array;
  /** The most bytes that a vertex or a triangle takes. */
  readonly rowBytes: number;
  /** Writes vertices `[from, to)` of a batch to `target` from `at` on; returns where they end. */
  vertices(batch: VertexBatch, from: number, to: number, target: Uint8Array, at: number): number;
  /** Writes triangles likewise. */
  triangles(batch: TriangleBatch, from: number, to: number, target: Uint8Array, at: number): number;
}

export interface Writer {
  /** The id of the format that reads its files back, if there is one. */
  readonly id: string;
  /** What a list of formats calls it. */
  readonly name: string;
  /** What messages call its files: `OFF`. */
  readonly title: string;
  /** Endings of file names in lower case, without the dot; the first is that of new names. */
  readonly extensions: readonly string[];
  /** What its rows are: the vertices and then the triangles of a selection, or only triangles with their positions. */
  readonly layout: 'indexed' | 'soup';
  /** A rule for each option that it takes; any other option is a UsageError. */
  readonly options: Partial<Rules<WriteOptions>>;
  /** Ways to write colors, the default first; absent if there is only one. */
  readonly dialects?: readonly string[];
  /** Measured on 10 M triangles of a closed surface: bytes a triangle, for forecasts before the counts are known. */
  readonly bytesPerTriangle: { readonly plain: number; readonly compressed: number };
  /** Throws UsageError if options are wrong or contradict each other. */
  check(options: WriteOptions): void;
  /** Whether a terminal cannot show what these options ask for. */
  isBinary(options: WriteOptions): boolean;
  /** About how many bytes it writes before compression; undefined if that cannot be told. */
  expectBytes(
    counts: Pick<MeshSelection, 'vertexCount' | 'triangleCount'>,
    options: WriteOptions,
  ): number | undefined;
  /**
   * The selection, chunk by chunk. Warns of what was asked for and the mesh does not have. Throws UsageError if the
   * format cannot hold the mesh.
   */
  write(
    selection: SoupSelection,
    options: WriteOptions,
    warn: (warning: Warning) => void,
  ): Iterable<OutputChunk>;
  /**
   * The same bytes row by row, if the layout is indexed and rows depend on nothing else; undefined if the main thread has
   * to write them. Warns as {@link write} does.
   */
  rows?(
    facts: SelectionFacts,
    options: WriteOptions,
    warn: (warning: Warning) => void,
  ): RowWriter | undefined;
}
