/**
 * What each verb shares the memory budget out to. A plan names what a verb holds, in bytes.
 *
 * The budget is for the whole process, so a plan begins with what Node itself and the threads leave. Parts that are held
 * at different times may add up to more than that. Shares within one data structure stand where it is.
 */
import { INDEX_CACHE_BYTES, MEMORY_DEFAULT, MEMORY_MINIMUM, ZSTD_WINDOW_ORDINARY } from '../memory.js';

const MIB = 2 ** 20;

/**
 * Memory of a run besides the welder's tables, the index and the threads, in bytes: Node itself, code, buffers of one
 * chunk or batch each, and garbage not yet collected. With 20 M triangles from a pipe and a budget of 201 MB, Node 22,
 * 24 and 26 take 145 to 168 MB.
 */
export const MEMORY_RESERVE = 120 * MIB;

/** Memory of one thread by role, in bytes: its code and what it shares with the main thread. */
export const THREAD_BYTES = {
  parse: 16 * MIB,
  weld: 12 * MIB,
  complete: 24 * MIB,
  format: 12 * MIB,
} as const;

/** The share of the free memory that threads of one kind may take while the welder needs the rest. */
const THREADS_SHARE = 0.5;

/** Measured: bytes of the decoder and of decompressed pieces that are not yet garbage-collected. */
const UNPACKING_BYTES = 40 * MIB;

/** The budget among the options of a verb. */
export interface MemoryOptions {
  /** Memory of the whole process, in bytes; {@link MEMORY_DEFAULT} if undefined. */
  readonly memoryBytes?: number | undefined;
}

/** How many threads parse and weld; 0 of a kind if the main thread does its work. */
export interface LoadThreads {
  readonly parse: number;
  readonly weld: number;
}

/** What is known of a source before its memory is planned. */
export interface LoadNeeds {
  /** Whether its reader hands out pieces for parse threads. */
  readonly hasPieces: boolean;
  /** What unpacking it takes, in bytes: see {@link planUnpacking}. */
  readonly unpackingBytes: number;
  /** The least for the welder's tables, in bytes: those of a resumed import must not become smaller. */
  readonly leastWeldBytes: number;
}

/** The limit of a verb's sets, which stay in memory. */
export interface SetsPlan {
  /** The most bytes that sets may take. */
  readonly mostBytes: number;
  /** The budget that sets of so many bytes need, in bytes. */
  readonly memoryFor: (setsBytes: number) => number;
}

/** Memory for finding and judging shells, in bytes. */
export interface ShellsPlan {
  /** Stars of vertices, then positions. */
  readonly starsBytes: number;
  /** Links between ids, then the table of shells. */
  readonly linksBytes: number;
  /** Which shell lies in which. */
  readonly nestingBytes: number;
}

/** Plans the unpacking of a compressed source, whose decoder has a window of so many bytes (0 for gzip). */
export function planUnpacking(windowBytes: number) {
  const bytes = UNPACKING_BYTES + windowBytes;
  return {
    /** What unpacking takes. */
    bytes,
    /** The least budget with which a source can be unpacked and loaded. */
    leastMemoryBytes: bytes + MEMORY_MINIMUM - UNPACKING_BYTES - ZSTD_WINDOW_ORDINARY,
  };
}

/** Plans the threads that parse a source for {@link planLoading}, or where nothing is welded; returns their number. */
export function planParsing(memoryBytes: number, threads: number): number {
  return fitThreads(THREADS_SHARE * loadingBytes(memoryBytes), threads, THREAD_BYTES.parse);
}

/**
 * Plans the loading of a source with up to so many threads. The welder's tables get what is left beside them and
 * unpacking while the source is read, and beside the thread that completes the database afterwards. There are fewer
 * threads if `leastWeldBytes` require it. The tables get less than that if even a single thread does not leave it.
 */
export function planLoading(memoryBytes: number, threads: number, needs: LoadNeeds) {
  const { hasPieces, unpackingBytes, leastWeldBytes } = needs;
  const forThreads = THREADS_SHARE * loadingBytes(memoryBytes - unpackingBytes);
  const weld = Math.min(1, fitThreads(forThreads, threads, THREAD_BYTES.weld));
  const parse = hasPieces ? planParsing(memoryBytes - unpackingBytes, threads) : 0;
  const plans = [
    { parse, weld },
    { parse: 0, weld },
    { parse: 0, weld: 0 },
  ].map((some: LoadThreads) => {
    const threadsBytes = some.parse * THREAD_BYTES.parse + some.weld * THREAD_BYTES.weld;
    const besideBytes = Math.max(unpackingBytes + threadsBytes, THREAD_BYTES.complete);
    return {
      threads: some,
      /** For the welder's tables. */
      weldBytes: loadingBytes(memoryBytes) - besideBytes,
    };
  });
  return plans.find(({ weldBytes }) => weldBytes >= leastWeldBytes) ?? plans.at(-1)!;
}

/** Plans a selection whose sets take so many bytes, and which up to so many threads scan and write. */
export function planSelecting(options: MemoryOptions, threads: number, setsBytes: number) {
  const setsShare = 0.75;
  const scanThreads = planFormatting(options, threads);
  const freeBytes = freeOf(options, scanThreads);
  return {
    /** Threads that scan, and then write; 0 if the main one does it. */
    threads: scanThreads,
    /** What all of this has in turn, the shells that are oriented first included. */
    freeBytes,
    sets: planSets(options, setsShare, freeBytes),
    /** Positions of corners, while triangles are scanned. */
    positionsBytes: 0.9 * (freeBytes - setsBytes),
    /** Links between vertices while they are welded, and as much for vertices by cell: half of the sets is left then. */
    weldBytes: Math.floor((1 - setsShare / 2) * freeBytes * 0.5),
    /** Labels of welded vertices, while triangles are thinned and written. */
    labelsBytes: 0.4 * freeBytes,
    /** The search for duplicates, beside the labels. */
    duplicatesBytes: Math.floor(0.2 * freeBytes),
  };
}

/** Plans to orient shells within the free memory of a selection, with sets of so many bytes of its own. */
export function planOrienting(options: MemoryOptions, freeBytes: number, setsBytes: number) {
  return {
    sets: planSets(options, 0.5, freeBytes),
    shells: planShells(freeBytes - setsBytes),
  };
}

/** Plans the writing of a selection by up to so many threads, beside its sets. */
export function planExporting(options: MemoryOptions, threads: number) {
  const formatThreads = planFormatting(options, threads);
  return {
    /** Threads that write lines; 0 if the main one does it. */
    threads: formatThreads,
    /** Rows that all threads look up while others are written. */
    rowsBytes: 0.6 * freeOf(options, formatThreads),
  };
}

/** Plans a split, in which the files are written one after the other. */
export function planSplitting(options: MemoryOptions) {
  const freeBytes = freeOf(options);
  return {
    sets: planSets(options, 0.75, freeBytes),
    /** Positions while cells are found, then labels of welded vertices. */
    rowsBytes: 0.2 * freeBytes,
  };
}

/** Plans a check with sets of so many bytes. */
export function planChecking(options: MemoryOptions, setsBytes: number) {
  const freeBytes = freeOf(options);
  return {
    sets: planSets(options, 0.5, freeBytes),
    shells: planShells(freeBytes - setsBytes),
  };
}

/** Plans a survey. */
export function planSurveying(options: MemoryOptions) {
  const freeBytes = freeOf(options);
  return {
    /** Positions of corners, which are given back before stars are gathered. */
    positionsBytes: 0.5 * freeBytes,
    /** Stars of vertices. */
    starsBytes: wholeWords(0.5 * freeBytes),
  };
}

/** Plans the search for connected components. */
export function planComponents(options: MemoryOptions) {
  const freeBytes = freeOf(options);
  return {
    /** Links between vertices. */
    linksBytes: Math.floor(0.5 * freeBytes),
    /** Labels of vertices, beside the links. */
    labelsBytes: 0.2 * freeBytes,
  };
}

/** Plans the building of the R*Tree. */
export function planIndexing(options: MemoryOptions) {
  return {
    /** Positions of corners. */
    positionsBytes: 0.5 * freeOf(options),
  };
}

/** Plans a comparison of two meshes, of which unpacking takes so many bytes together. */
export function planVerifying({ memoryBytes = MEMORY_DEFAULT }: MemoryOptions, unpackingBytes: number) {
  const leftBytes = memoryBytes - unpackingBytes;
  return {
    /** The budget of the process beside unpacking. */
    memoryBytes: leftBytes,
    /** Positions of vertices in databases, 8 MiB at the least; what is found and parse threads need the rest. */
    positionsBytes: Math.max(8 * MIB, 0.4 * freeOf({ memoryBytes: leftBytes })),
  };
}

/** Plans the queries of `offload sql`. */
export function planQuerying(options: MemoryOptions) {
  return {
    /**
     * SQLite's page cache. SQLite takes as much for each sort, and keeps that until the query ends: of the queries in
     * docs/cookbook.md, Euler's characteristic took most, 4.7 times the cache and 95 MB.
     */
    cacheBytes: (1 / 5) * freeOf(options),
  };
}

/** The bytes that a budget leaves for sets and tables, beside so many threads that scan or write. */
function freeOf({ memoryBytes = MEMORY_DEFAULT }: MemoryOptions, threads = 0): number {
  return memoryBytes - MEMORY_RESERVE - threads * THREAD_BYTES.format;
}

/** The bytes that a budget leaves for loading. */
function loadingBytes(memoryBytes: number): number {
  return memoryBytes - MEMORY_RESERVE - INDEX_CACHE_BYTES;
}

/** How many of `threads` threads scan or write. */
function planFormatting(options: MemoryOptions, threads: number): number {
  return fitThreads(freeOf(options), threads, THREAD_BYTES.format);
}

/** How many of `threads` threads fit so many bytes; 0 of a single one, whose work the main one does. */
function fitThreads(bytes: number, threads: number, eachBytes: number): number {
  return threads === 1 ? 0 : Math.max(0, Math.min(threads, Math.floor(bytes / eachBytes)));
}

function planSets(
  { memoryBytes = MEMORY_DEFAULT }: MemoryOptions,
  share: number,
  freeBytes: number,
): SetsPlan {
  return {
    mostBytes: share * freeBytes,
    memoryFor: (setsBytes) => setsBytes / share - freeBytes + memoryBytes,
  };
}

function planShells(freeBytes: number): ShellsPlan {
  return {
    starsBytes: wholeWords(0.4 * freeBytes),
    linksBytes: wholeWords(0.3 * freeBytes),
    nestingBytes: 0.3 * freeBytes,
  };
}

/** So many bytes in words of eight, for an arena. */
function wholeWords(bytes: number): number {
  return 8 * Math.floor(bytes / 8);
}
