/**
 * Memory: the budget of a run, and the sizes that keep everything else small. What each verb shares the budget out to
 * stands in `memory/plans`. No state, no I/O.
 */

/** Bytes of a MiB. */
export const MIB = 2 ** 20;

/** The most triangles in one batch: 1.2 MiB of float64 positions. */
export const BATCH_TRIANGLES = 16_384;

/** The most corners of one face. */
export const FACE_CORNERS_MAX = 65_536;

/**
 * The first item that begins in each block of so many bytes of a source tells its place: 60 facets of an ASCII STL, 300 of
 * a binary one.
 */
export const PLACE_BYTES = 16_384;

/** Bytes asked of a source at a time. */
export const CHUNK_BYTES = MIB;

/** The memory budget of a run, whole process, in bytes. */
export const MEMORY_DEFAULT = 512 * MIB;

/** The smallest budget accepted, in bytes. */
export const MEMORY_MINIMUM = 192 * MIB;

/** The longest line or facet of a text file, in bytes: what has no end is not read into memory. */
export const LINE_BYTES_MAX = MIB;

/** The longest part name kept, in bytes of UTF-8; the rest is cut with a warning. */
export const NAME_BYTES_MAX = 4096;

/** SQLite's cache while it sorts the unique index, in bytes: more made it slower. */
export const INDEX_CACHE_BYTES = 16 * MIB;

/** The window that zstd levels below 20 use at most, in bytes: not worth counting among a run's buffers. */
export const ZSTD_WINDOW_ORDINARY = 8 * MIB;

/** What reading a source does unless told otherwise. */
export const LOAD_DEFAULTS = {
  memoryBytes: MEMORY_DEFAULT,
  batchTriangles: BATCH_TRIANGLES,
  salvage: false,
} as const;
