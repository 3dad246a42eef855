/** The memory budget of a run, its shares, and the sizes that bound everything else. No state, no I/O. */

const MIB = 2 ** 20;

/** The most triangles in one batch: 1.2 MiB of float64 positions. */
export const BATCH_TRIANGLES = 16_384;

/** The most corners of one face. */
export const FACE_CORNERS_MAX = 65_536;

/**
 * Each block of this many bytes of a source records the place of the first item that begins in it: one of 60 facets in
 * ASCII STL, one of 300 in binary STL.
 */
export const PLACE_BYTES = 16_384;

/** Bytes read from a source at a time. */
export const CHUNK_BYTES = MIB;

/** The default memory budget of a run, for the process as a whole, in bytes. */
export const MEMORY_DEFAULT = 512 * MIB;

/** The smallest budget accepted, in bytes. */
export const MEMORY_MINIMUM = 192 * MIB;

/** The longest line or facet of a text file, in bytes; endless input is not read into memory. */
export const LINE_BYTES_MAX = MIB;

/** The longest part name kept, in bytes of UTF-8; the rest is cut off with a warning. */
export const NAME_BYTES_MAX = 4096;

/**
 * Memory of a run besides the welder's tables, the index and the threads, in bytes: Node itself, code, buffers of one
 * chunk or batch each, and garbage not yet collected. With 20 M triangles from a pipe and a budget of 201 MB, Node 22,
 * 24 and 26 take 145 to 168 MB.
 */
const MEMORY_RESERVE = 120 * MIB;

/** Memory of one thread by role, in bytes: its code and what it shares with the main thread. */
const THREAD_BYTES = { parse: 16 * MIB, weld: 12 * MIB, complete: 24 * MIB, format: 12 * MIB } as const;

/** The share of the free memory that threads of one kind may take while the welder needs the rest. */
const THREADS_SHARE = 0.5;

/** SQLite's cache while it sorts the unique index, in bytes. A larger one was slower. */
export const INDEX_CACHE_BYTES = 16 * MIB;

/** The number of threads for each kind of work; 0 if the main thread does it. */
export interface ThreadPlan {
  readonly parse: number;
  readonly weld: number;
  readonly format: number;
}

/** Returns how many of `threads` threads of each kind fit a process budget. */
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
 * Returns the bytes of a process budget left for the welder's tables. Sets aside the larger of two needs: threads and
 * `otherBytes` while a source is read, or the thread that completes the database afterwards.
 */
export function planWelding(
  memoryBytes: number,
  threads: Pick<ThreadPlan, 'parse' | 'weld'>,
  otherBytes = 0,
): number {
  const readingBytes = otherBytes + threads.parse * THREAD_BYTES.parse + threads.weld * THREAD_BYTES.weld;
  return memoryBytes - MEMORY_RESERVE - INDEX_CACHE_BYTES - Math.max(readingBytes, THREAD_BYTES.complete);
}

/** Returns the bytes of a process budget left for a filter's sets and tables, besides this many threads. */
export function planFiltering(memoryBytes: number, threads: number): number {
  return memoryBytes - MEMORY_RESERVE - threads * THREAD_BYTES.format;
}

/** The defaults for reading a source. */
export const LOAD_DEFAULTS = {
  memoryBytes: MEMORY_DEFAULT,
  batchTriangles: BATCH_TRIANGLES,
  salvage: false,
} as const;
