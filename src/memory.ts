/**
 * The memory budget of a run, and the sizes that bound everything else. `memory/plans` divides the budget. No state, no
 * I/O.
 */

/** Bytes of a MiB. */
export const MIB = 2 ** 20;

/** The most triangles in one batch: 1.2 MiB of float64 positions. */
export const BATCH_TRIANGLES = 16_384;

/** The most corners of one face. */
export const FACE_CORNERS_MAX = 65_536;

/**
 * For each block of this many bytes of a source, the place of the first item that begins in it is recorded: one of 60
 * facets in ASCII STL, one of 300 in binary STL.
 */
export const PLACE_BYTES = 16_384;

/** Bytes read from a source, or written to an output, at a time. */
export const CHUNK_BYTES = MIB;

/** The most rows in a row group of Parquet: readers divide their work by row groups. */
export const ROW_GROUP_ROWS = 131_072;

/** The most bytes of numbers in a row group of Parquet, which its columns hold in memory. */
export const ROW_GROUP_BYTES = 8 * MIB;

/** The default memory budget of a run, for the entire process, in bytes. */
export const MEMORY_DEFAULT = 512 * MIB;

/** The smallest budget accepted, in bytes. */
export const MEMORY_MINIMUM = 192 * MIB;

/** The longest line or facet of a text file, in bytes; endless input is not read into memory. */
export const LINE_BYTES_MAX = MIB;

/** The longest part name kept, in bytes of UTF-8; the rest is cut off with a warning. */
export const NAME_BYTES_MAX = 4096;

/** The most input files of one run. */
export const INPUTS_MAX = 100_000;

/** The largest window of zstd levels below 20, in bytes: too small to count among a run's buffers. */
export const ZSTD_WINDOW_ORDINARY = 8 * MIB;

/** The defaults for reading a source. */
export const LOAD_DEFAULTS = {
  memoryBytes: MEMORY_DEFAULT,
  batchTriangles: BATCH_TRIANGLES,
  salvage: false,
} as const;
