/** The options of every welder, and the arena of its tables. */
import { ARENA_BYTES_MAX } from './weld-memory.js';

export interface WelderOptions {
  /** Bytes of one input coordinate: 4 (float32) or 8 (float64). */
  readonly bytesPerValue: 4 | 8;
  /** Memory for the tables, in bytes. */
  readonly budgetBytes: number;
  /** The approximate number of vertices, if known; it decides the initial size of the tables. */
  readonly expectedVertices?: number | undefined;
  /** About the most vertices that can come, if known: the tables take no more memory than they need. */
  readonly mostVertices?: number | undefined;
  /** Vertices that the sink has from the beginning: the welder must remember them first, and their ids come before all. */
  readonly known?: number | undefined;
  /** The path prefix of spill files. */
  readonly spillPath: string;
  /** Never removes the spill files, so that the import can be resumed. */
  readonly keepsFiles?: boolean | undefined;
}

/** The smallest arena, unless the budget is smaller. */
const ARENA_BYTES_MIN = 4 * 2 ** 20;
/** Memory for a vertex, more than two slots of float64 in each of two tables. */
const VERTEX_BYTES = 160;

/**
 * Returns how much of its budget a welder uses. A large arena costs nothing until it is touched, but Node then collects
 * garbage for it: 10 ms of a conversion of 4,000 triangles.
 */
export function usedBytes({ budgetBytes, mostVertices = Number.POSITIVE_INFINITY }: WelderOptions): number {
  return Math.min(budgetBytes, Math.max(ARENA_BYTES_MIN, VERTEX_BYTES * mostVertices));
}

/** Returns the bytes of an arena within a budget, up to the largest possible one. */
export function arenaBytes(budgetBytes: number): number {
  return 16 * Math.floor(Math.min(budgetBytes, ARENA_BYTES_MAX) / 16);
}

/** Returns the bytes of each of the two tables, a multiple of the size of a cache line. */
export function tableBytes(budgetBytes: number): number {
  return 64 * Math.floor(arenaBytes(budgetBytes) / 128);
}
