/**
 * Divides the memory budget of each verb. A plan lists the verb's allocations, in bytes.
 *
 * The budget is for the entire process, so a plan divides what remains after Node itself and the threads. Allocations
 * held at different times may add up to more. Shares within one data structure are defined in its own file.
 */
import { MEMORY_DEFAULT, MEMORY_MINIMUM, ZSTD_WINDOW_ORDINARY } from '../memory.js';

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
  hash: 12 * MIB,
  deal: 16 * MIB,
} as const;

/** Memory for the meshes of tiles that wait to be combined, in bytes. */
const TILES_BYTES = 40 * MIB;

/** The most bytes that a welder's table takes for a vertex. */
const WELDED_VERTEX_BYTES = 64;

/** The least memory for sorting positions, in bytes. */
const SORTING_BYTES_MIN = 12 * MIB;

/** The least memory for positions with which a thread measures, in bytes. */
const MEASURING_BYTES_MIN = 8 * MIB;

/** The maximum share of the free memory for threads of one kind while tables or sets need the rest. */
const THREADS_SHARE = 0.5;

/** The most threads that hash: the main thread has no triangles for more. */
const HASH_THREADS_MAX = 3;

/** Measured: bytes of the decoder and of decompressed pieces that are not yet garbage-collected. */
const UNPACKING_BYTES = 40 * MIB;

/** Memory for what a reader keeps of its source with the smallest budget, in bytes. */
const HOLDING_BYTES = 32 * MIB;

/** The budget among the options of a verb. */
export interface MemoryOptions {
  /** Memory of the whole process, in bytes; {@link MEMORY_DEFAULT} if undefined. */
  readonly memoryBytes?: number | undefined;
}

/** The number of threads that parse and weld; 0 of a kind if the main thread does its work. */
export interface LoadThreads {
  readonly parse: number;
  readonly weld: number;
}

/** The facts about a source that its memory plan depends on. */
export interface LoadNeeds {
  /** Whether its reader yields pieces for parse threads. */
  readonly hasPieces: boolean;
  /** Memory for decompressing it, in bytes: see {@link planUnpacking}. */
  readonly unpackingBytes: number;
  /** The minimum for the welder's tables, in bytes: those of a resumed import must not shrink. */
  readonly leastWeldBytes: number;
}

/** The memory limit for a verb's sets, which are never spilled. */
export interface SetsPlan {
  /** The maximum size of the sets, in bytes. */
  readonly mostBytes: number;
  /** The budget required for sets of `setsBytes`, in bytes. */
  readonly memoryFor: (setsBytes: number) => number;
}

/** Memory for finding and judging shells, in bytes. */
export interface ShellsPlan {
  /** Stars of vertices, then positions. */
  readonly starsBytes: number;
  /** Links between ids, then the table of shells. */
  readonly linksBytes: number;
  /** The nesting of shells. */
  readonly nestingBytes: number;
}

/** Plans the decompression of a source; `windowBytes` is the size of the decoder's window (0 for gzip). */
export function planUnpacking(windowBytes: number) {
  const bytes = UNPACKING_BYTES + windowBytes;
  return {
    /** Memory for decompression. */
    bytes,
    /** The minimum budget to decompress and load the source. */
    leastMemoryBytes: bytes + MEMORY_MINIMUM - UNPACKING_BYTES - ZSTD_WINDOW_ORDINARY,
  };
}

/** Returns the memory for what a reader keeps of its source, in bytes: a share of the smallest budget, and all beyond it. */
export function planHolding(memoryBytes: number): number {
  return memoryBytes - MEMORY_MINIMUM + HOLDING_BYTES;
}

/** Returns the number of parse threads, for {@link planLoading} or for a source that is not welded. */
export function planParsing(memoryBytes: number, threads: number): number {
  return fitThreads(THREADS_SHARE * loadingBytes(memoryBytes), threads, THREAD_BYTES.parse);
}

/**
 * Plans the loading of a source with up to `threads` threads. The welder's tables get the memory that threads and
 * decompression leave while the source is read, or the thread that completes the database later if it leaves less. Fewer
 * threads are used if `leastWeldBytes` require it. Even with a single thread, the tables may get less than that.
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
    const besideBytes = Math.max(unpackingBytes + threadsBytes, THREAD_BYTES.complete + SORTING_BYTES_MIN);
    return {
      threads: some,
      /** Memory for the welder's tables. */
      weldBytes: loadingBytes(memoryBytes) - besideBytes,
    };
  });
  return plans.find(({ weldBytes }) => weldBytes >= leastWeldBytes) ?? plans.at(-1)!;
}

/**
 * Returns the memory for sorting the positions of a mesh of `vertices` vertices, when its load is over. Memory of a welder in
 * the main thread, of up to `weldBytes`, may not be free yet.
 */
export function planCompleting(memoryBytes: number, vertices: number, weldBytes: number): number {
  const heldBytes = Math.min(weldBytes, WELDED_VERTEX_BYTES * vertices);
  return loadingBytes(memoryBytes) - THREAD_BYTES.complete - heldBytes;
}

/**
 * Returns how many threads that write can start while a source is read: as many as fit into the memory that is free for
 * the thread that completes a database.
 */
export function planEarlyFormatting({ parse, weld }: LoadThreads): number {
  const usedBytes = parse * THREAD_BYTES.parse + weld * THREAD_BYTES.weld;
  return Math.max(0, Math.floor((THREAD_BYTES.complete - usedBytes) / THREAD_BYTES.format));
}

/**
 * Plans a selection with sets of `setsBytes`, scanned and written by up to `threads` threads. Fewer threads are used if the
 * sets require it.
 */
export function planSelecting(options: MemoryOptions, threads: number, setsBytes: number) {
  const setsShare = 0.75;
  const scanThreads = planFormatting(options, threads, setsBytes / setsShare);
  const freeBytes = freeOf(options, scanThreads);
  return {
    /** Threads that scan, and then write; 0 if the main thread does it. */
    threads: scanThreads,
    /** Memory that all steps share in turn, including the initial orienting of shells. */
    freeBytes,
    sets: planSets(options, setsShare, freeBytes),
    /** Positions of corners, while triangles are scanned. */
    positionsBytes: 0.9 * (freeBytes - setsBytes),
    /** Links between vertices during welding, and the same for vertices by cell; by then, half of the sets is freed. */
    weldBytes: Math.floor((1 - setsShare / 2) * freeBytes * 0.5),
    /** Labels of welded vertices, while triangles are thinned and written. */
    labelsBytes: 0.4 * freeBytes,
    /** The search for duplicates, in addition to the labels. */
    duplicatesBytes: Math.floor(0.2 * freeBytes),
  };
}

/** Plans the orienting of shells within the free memory of a selection, with `setsBytes` for its own sets. */
export function planOrienting(options: MemoryOptions, freeBytes: number, setsBytes: number) {
  return {
    sets: planSets(options, 0.5, freeBytes),
    shells: planShells(freeBytes - setsBytes),
  };
}

/**
 * Plans the writing of a selection by up to `threads` threads, and no more than `mostThreads` of {@link planSelecting},
 * while its sets are held.
 */
export function planExporting(options: MemoryOptions, threads: number, mostThreads = threads) {
  const formatThreads = Math.min(planFormatting(options, threads), mostThreads);
  return {
    /** Threads that write lines; 0 if the main thread does it. */
    threads: formatThreads,
    /** Rows that threads look up to write others, for all threads together. */
    rowsBytes: 0.6 * freeOf(options, formatThreads),
  };
}

/** Plans a split, which writes one file after another. */
export function planSplitting(options: MemoryOptions) {
  const freeBytes = freeOf(options);
  return {
    sets: planSets(options, 0.75, freeBytes),
    /** Positions to find cells, then labels of welded vertices. */
    rowsBytes: 0.2 * freeBytes,
  };
}

/** Plans a check with sets of `setsBytes`. */
export function planChecking(options: MemoryOptions, setsBytes: number) {
  const freeBytes = freeOf(options);
  const shells = planShells(freeBytes - setsBytes);
  const measuringBytes = shells.nestingBytes - THREAD_BYTES.deal;
  return {
    sets: planSets(options, 0.5, freeBytes),
    shells,
    /** Whether a thread fits that distributes triangles before memory for stars is used. */
    canDeal: shells.starsBytes >= THREAD_BYTES.deal,
    /** Positions for a thread that measures before shells are nested; 0 if there is too little memory for it. */
    measuringBytes: measuringBytes < MEASURING_BYTES_MIN ? 0 : measuringBytes,
  };
}

/** Plans a survey. */
export function planSurveying(options: MemoryOptions) {
  const freeBytes = freeOf(options);
  return {
    /** Positions of corners, freed before stars are gathered. */
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
    /** Labels of vertices, in addition to the links. */
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

/** Plans the building of tiles. */
export function planTiling(options: MemoryOptions) {
  const freeBytes = freeOf(options) - TILES_BYTES;
  return {
    /** Positions of corners, while triangles are collected. */
    positionsBytes: 0.15 * freeBytes,
    /** Keys of corners, in addition to the positions. */
    keysBytes: 0.1 * freeBytes,
    /** Records of triangles, which are sorted. */
    trianglesBytes: 0.45 * freeBytes,
    /** Keys of vertices, which are sorted. */
    verticesBytes: 0.2 * freeBytes,
    /** Representatives of cells, after the vertices are freed. */
    cellsBytes: 0.1 * freeBytes,
  };
}

/** Plans a comparison of two meshes whose decompression takes `unpackingBytes` in total. */
export function planVerifying({ memoryBytes = MEMORY_DEFAULT }: MemoryOptions, unpackingBytes: number) {
  const leftBytes = memoryBytes - unpackingBytes;
  return {
    /** The budget of the process without decompression. */
    memoryBytes: leftBytes,
    /** Positions of vertices in databases, at least 8 MiB; the rest is for differences and threads. */
    positionsBytes: verifyingPositions(leftBytes),
  };
}

/**
 * Returns the number of threads that hash triangles, within what positions and parse threads leave of the `memoryBytes` of
 * {@link planVerifying}; 0 if the main thread hashes.
 */
export function planHashing(memoryBytes: number, threads: number): number {
  const parseBytes = planParsing(memoryBytes, threads) * THREAD_BYTES.parse;
  const leftBytes = freeOf({ memoryBytes }) - verifyingPositions(memoryBytes) - parseBytes;
  return Math.max(0, Math.min(threads - 1, HASH_THREADS_MAX, Math.floor(leftBytes / THREAD_BYTES.hash)));
}

function verifyingPositions(memoryBytes: number): number {
  return Math.max(8 * MIB, 0.4 * freeOf({ memoryBytes }));
}

/**
 * Plans up to `threads` conversions side by side. Each counts as a process of its own, although they share the memory of
 * Node itself: no fewer bytes than {@link MEMORY_MINIMUM} are known to suffice.
 */
export function planSideBySide(
  { memoryBytes = MEMORY_DEFAULT }: MemoryOptions,
  threads: number,
  files: number,
) {
  const jobs = Math.max(1, Math.min(threads, files, Math.floor(memoryBytes / MEMORY_MINIMUM)));
  return {
    /** The number of conversions at a time. */
    jobs,
    /** The budget of each conversion. */
    memoryBytes: Math.floor(memoryBytes / jobs),
    /** The threads of each conversion. */
    threads: Math.max(1, Math.floor(threads / jobs)),
  };
}

/** Plans the writing of a shard. */
export function planSharding(options: MemoryOptions) {
  return {
    /** The ids that its vertices have in the joined mesh, or as many of them as fit. */
    idsBytes: wholeWords(0.6 * freeOf(options)),
  };
}

/** Plans the queries of `offload sql`. */
export function planQuerying(options: MemoryOptions) {
  return {
    /**
     * SQLite's page cache. SQLite takes the same amount for each sort and keeps it until the query ends. Of the queries
     * in docs/cookbook.md, Euler's characteristic takes the most: 4.7 times the cache and 95 MB.
     */
    cacheBytes: (1 / 5) * freeOf(options),
  };
}

/** The bytes that a budget leaves for sets and tables if `threads` threads scan or write. */
function freeOf({ memoryBytes = MEMORY_DEFAULT }: MemoryOptions, threads = 0): number {
  return memoryBytes - MEMORY_RESERVE - threads * THREAD_BYTES.format;
}

/** The bytes that a budget leaves for loading. */
function loadingBytes(memoryBytes: number): number {
  return memoryBytes - MEMORY_RESERVE;
}

/** Returns how many of `threads` threads can scan or write beside `leastBytes` of free memory. */
function planFormatting(options: MemoryOptions, threads: number, leastBytes = 0): number {
  const freeBytes = freeOf(options);
  const bytes = Math.min(THREADS_SHARE * freeBytes, freeBytes - leastBytes);
  return fitThreads(bytes, threads, THREAD_BYTES.format);
}

/** Returns how many of `threads` threads fit `bytes`; 0 for a single one, as the main thread does its work. */
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

/** Rounds down to a multiple of 8 bytes, for an arena. */
function wholeWords(bytes: number): number {
  return 8 * Math.floor(bytes / 8);
}
