/**
 * Memory: the budget of a run and how it is shared out, and the sizes that keep everything else small. No state, no I/O.
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

/**
 * Memory that a run needs beside the welder's tables, the index and its threads, in bytes: Node itself, code,
 * buffers of one chunk or batch each, and what the collector has not yet taken back. With 20 M triangles from a pipe and a
 * budget of 201 MB, Node 22, 24 and 26 take 145 to 168 MB.
 */
const MEMORY_RESERVE = 120 * MIB;

/** Memory of a thread, its code and what it shares with the main one, in bytes, by what it does. */
const THREAD_BYTES = { parse: 16 * MIB, weld: 12 * MIB, complete: 24 * MIB, format: 12 * MIB } as const;

/** The part of the free memory that the threads of one kind may take while the welder needs the rest. */
const THREADS_SHARE = 0.5;

/** SQLite's cache while it sorts the unique index, in bytes: more made it slower. */
export const INDEX_CACHE_BYTES = 16 * MIB;

/** How many threads there are for each kind of work; 0 where the main one does it. */
export interface ThreadPlan {
  readonly parse: number;
  readonly weld: number;
  readonly format: number;
}

/** How many of `threads` threads a budget for the whole process has room for, by what they do. */
export function planThreads(memoryBytes: number, threads: number): ThreadPlan {
  if (threads === 1) return { parse: 0, weld: 0, format: 0 };
  const fit = (bytes: number, each: number) => Math.max(0, Math.min(threads, Math.floor(bytes / each)));
  const forLoading = THREADS_SHARE * (memoryBytes - MEMORY_RESERVE - INDEX_CACHE_BYTES);
  return {
    parse: fit(forLoading, THREAD_BYTES.parse),
    weld: Math.min(1, fit(forLoading, THREAD_BYTES.weld)),
    format: fit(memoryBytes - MEMORY_RESERVE, THREAD_BYTES.format),
  };
}

/**
 * The bytes of a budget for the whole process that are left for the welder's tables, beside its threads and `otherBytes`
 * while a source is read, and beside the thread that completes the database afterwards.
 */
export function planWelding(
  memoryBytes: number,
  threads: Pick<ThreadPlan, 'parse' | 'weld'>,
  otherBytes = 0,
): number {
  const readingBytes = otherBytes + threads.parse * THREAD_BYTES.parse + threads.weld * THREAD_BYTES.weld;
  return memoryBytes - MEMORY_RESERVE - INDEX_CACHE_BYTES - Math.max(readingBytes, THREAD_BYTES.complete);
}

/** The bytes of a budget for the whole process that are left for a filter's sets and tables, beside so many threads. */
export function planFiltering(memoryBytes: number, threads: number): number {
  return memoryBytes - MEMORY_RESERVE - threads * THREAD_BYTES.format;
}

/** What reading a source does unless told otherwise. */
export const LOAD_DEFAULTS = {
  memoryBytes: MEMORY_DEFAULT,
  batchTriangles: BATCH_TRIANGLES,
  salvage: false,
} as const;
