/** The options of every welder, and the arena of its tables. */
export interface WelderOptions {
  /** Bytes of one input coordinate: 4 (float32) or 8 (float64). */
  readonly bytesPerValue: 4 | 8;
  /** Memory for the tables, in bytes. */
  readonly budgetBytes: number;
  /** The approximate number of vertices, if known; it decides the initial size of the tables. */
  readonly expectedVertices?: number | undefined;
  /** Vertices that the sink has from the beginning: the welder must remember them first, and their ids come before all. */
  readonly known?: number | undefined;
  /** The path prefix of spill files. */
  readonly spillPath: string;
  /** Never removes the spill files, so that the import can be resumed. */
  readonly keepsFiles?: boolean | undefined;
}

/** The largest arena that one ArrayBuffer may hold in every supported Node. */
const ARENA_BYTES_MAX = 4 * 2 ** 30 - 65_536;

/** Allocates memory for tables, up to the largest possible arena. */
export function allocateArena(bytes: number): ArrayBuffer {
  return new ArrayBuffer(16 * Math.floor(Math.min(bytes, ARENA_BYTES_MAX) / 16));
}

/** Returns the bytes of each of the two tables. */
export function tableBytes(budgetBytes: number): number {
  return 8 * Math.floor(Math.min(budgetBytes, ARENA_BYTES_MAX) / 16);
}
